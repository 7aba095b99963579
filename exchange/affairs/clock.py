"""By when a case must be decided: the committed days of its matter, and the days on which its clock stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from catalog import clocks
from exchange.affairs.models import Case, Pause
from exchange.sharing import jurisdiction

PROVIDER_DOWN, SUPPLEMENT = "PROVIDER_DOWN", "SUPPLEMENT"


@dataclass(frozen=True)
class Clock:
    """What the citizen and the officer read. `due_on` None: the case waits for the citizen, no office owes an answer yet."""

    due_on: date | None
    days_left: int | None
    pauses: tuple[Pause, ...]
    is_paused: bool
    is_provisional: bool


def clock_of(case: Case) -> Clock:
    """The clock of a case now. An open pause counts until today: each further day moves the date by one more."""
    pauses = tuple(case.pauses.all())
    stands = any(pause.until is None for pause in pauses)
    if case.submitted_at is None or case.due_on is None:
        return Clock(None, None, pauses, stands, is_provisional=False)
    due = due_of(case, pauses)
    left = clocks.days_left(due.on, today=timezone.localdate(), calendar=jurisdiction.calendar())
    return Clock(due.on, left, pauses, stands, due.is_provisional)


def due_of(case: Case, pauses: Sequence[Pause]) -> clocks.Due:
    """When the case must be decided, counted from the day on which it was handed in."""
    received = timezone.localdate(case.submitted_at)
    return due_after(received, limit_of(case.version.content), pauses)


def due_after(received: date, limit: clocks.TimeLimit, pauses: Sequence[Pause] = ()) -> clocks.Due:
    """The last day of `limit` from `received`, without the days of `pauses`."""
    today = timezone.localdate()
    standing = [clocks.Pause(pause.since, pause.until or today, pause.reason) for pause in pauses]
    return clocks.due(limit, received=received, calendar=jurisdiction.calendar(), pauses=standing)


def limit_of(content: dict[str, Any]) -> clocks.TimeLimit:
    """Working days for an officer's decision: the committed ones; the statutory ones where the promise is "at once".

    A promise of 0 days speaks of what the published rule decides; no person can keep it.
    """
    days = content.get("days") or {}
    working = int(days.get("committed") or days.get("statutory") or 0)
    return clocks.TimeLimit("case", working, 0, _article(content), None)


def review_limit(content: dict[str, Any]) -> clocks.TimeLimit:
    """Working days for another look at a decision."""
    return clocks.TimeLimit("review", int(content.get("review_days") or 0), 0, _article(content), None)


def open_pause(case: Case, reason: str, requirement: str = "") -> bool:
    """Stop the clock from today on, if it does not stand for this already; whether it was running."""
    same = {"case": case, "reason": reason, "requirement": requirement, "until": None}
    if Pause.objects.filter(**same).exists():
        return False
    Pause.objects.create(**same, since=timezone.localdate())
    return True


def close_pause(case: Case, reason: str, requirement: str = "") -> bool:
    """Let the clock go on from today, which counts again; writes the new due date. Whether it stood."""
    yesterday = timezone.localdate() - timedelta(days=1)
    waiting = Pause.objects.filter(case=case, reason=reason, requirement=requirement, until__isnull=True)
    if not waiting.update(until=yesterday):
        return False
    if case.submitted_at is not None:
        due = due_of(case, tuple(case.pauses.all()))
        Case.objects.filter(pk=case.pk).update(due_on=due.on, due_is_provisional=due.is_provisional)
        case.refresh_from_db()
    return True


def _article(content: dict[str, Any]) -> dict[str, str]:
    """The article of the matter's legal basis, in both languages where the file has both."""
    article = (content.get("legal_basis") or {}).get("article", "")
    return dict(article) if isinstance(article, dict) else {"en": str(article), "zh": str(article)}
