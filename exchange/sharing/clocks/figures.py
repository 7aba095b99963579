"""How departments keep their clocks: counted from the steps of requests, corrections and disputes, which the log bears out.

Departments are no people: nothing here is left out because a number is small (docs/decisions/0079).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from django.utils import timezone

from catalog.clocks import History, Pause, days_left, due_by
from exchange.sharing import jurisdiction
from exchange.sharing.clocks.parts import RUNNING, history_from, limit_of
from exchange.sharing.corrections.clock import due_since
from exchange.sharing.lifecycle import HOLDER, PartEvent, PartState, Side
from exchange.sharing.lifecycle.clocks import ExtensionState
from exchange.sharing.models import ClockKind, ClockPause, CorrectionRequest, Dispute, Extension, Move, RequestPart

ANSWERS = frozenset({PartEvent.APPROVE, PartEvent.CONFIRM, PartEvent.GRANT_UNDER_OFFER, PartEvent.REFUSE})


@dataclass
class Kept:
    """What one department did with what was asked of it. `days` are working days from receipt to answer, pauses left out."""

    code: str
    received: int = 0
    answered: int = 0
    in_time: int = 0
    overdue: int = 0
    extensions: int = 0
    days: list[int] = field(default_factory=list)
    corrections_received: int = 0
    corrections_answered: int = 0
    corrections_in_time: int = 0
    corrections_overdue: int = 0
    disputes: int = 0
    rulings: int = 0

    @property
    def late(self) -> int:
        """Answers that came after their day."""
        return self.answered - self.in_time

    @property
    def share_in_time(self) -> int | None:
        """Of a hundred answers, those in time; None before the first."""
        return round(100 * self.in_time / self.answered) if self.answered else None

    @property
    def median_days(self) -> float | None:
        """The middle of `days`; None before the first answer."""
        return median(self.days) if self.days else None


def kept_clocks(today: date, authority: str) -> list[Kept]:
    """One line for each department that was asked anything, by its code. A request is the owner's, but overdue with whom it lies."""
    found: dict[str, Kept] = {}

    def of(code: str) -> Kept:
        return found.setdefault(code, Kept(code))

    for told in _parts():
        _count_part(told, of(told.part.dataset.provider_id), of, today=today, authority=authority)
    for correction in CorrectionRequest.objects.exclude(state="WITHDRAWN").select_related("dataset"):
        _count_correction(correction, of(correction.provider_id), today)
    for dispute in Dispute.objects.exclude(state="WITHDRAWN"):
        for code in {dispute.requester_id, dispute.provider_id}:
            of(code).disputes += 1
            of(code).rulings += dispute.state == "RULED"
    return sorted(found.values(), key=lambda line: line.code)


@dataclass(frozen=True)
class _Told:
    """A part with everything that its clock rests on."""

    part: RequestPart
    moves: Sequence[Move]
    history: History
    is_extended: bool
    is_paused: bool


def _parts() -> Iterator[_Told]:
    """All parts that were ever handed in, in a fixed number of queries."""
    pauses, added = _pauses(), _added()
    rows = RequestPart.objects.exclude(state=PartState.DRAFT).select_related("dataset__current_version").prefetch_related("moves")
    for part in rows.order_by("pk"):
        key = str(part.pk)
        moves = sorted(part.moves.all(), key=lambda move: (move.at, move.pk))
        history = history_from(moves, tuple(pauses.get(key, ())), added.get(key, 0))
        if history is not None:
            is_paused = any(pause.until is None for pause in history.pauses)
            yield _Told(part, moves, history, key in added, is_paused)


def _count_part(told: _Told, line: Kept, of: Any, *, today: date, authority: str) -> None:
    line.received += 1
    line.extensions += told.is_extended
    limit, calendar, state = limit_of(told.part), jurisdiction.calendar(), PartState(told.part.state)
    due = due_by(limit, told.history, calendar=calendar, today=today)
    if state in RUNNING:
        holder = authority if HOLDER[state] is Side.AUTHORITY else told.part.dataset.provider_id
        of(holder).overdue += due.on < today and not told.is_paused
        return
    answered = next((move for move in reversed(told.moves) if move.event in ANSWERS), None)
    if answered is None or state not in {PartState.APPROVED, PartState.REFUSED}:
        return
    on = timezone.localdate(answered.at)
    line.answered += 1
    line.in_time += on <= due.on
    line.days.append(_counted_days(told.history, on))


def _counted_days(history: History, answered_on: date) -> int:
    """Working days from the first receipt to the answer, without those on which the clock stood."""
    calendar = jurisdiction.calendar()
    whole = max(days_left(answered_on, today=history.stays[0].since, calendar=calendar), 0)
    begin = history.stays[0].since.toordinal() + 1
    days = (date.fromordinal(number) for number in range(begin, answered_on.toordinal() + 1))
    stood = sum(calendar.is_working_day(day) and any(pause.covers(day) for pause in history.pauses) for day in days)
    return max(whole - stood, 0)


def _count_correction(correction: CorrectionRequest, line: Kept, today: date) -> None:
    line.corrections_received += 1
    if correction.answered_at is None:
        line.corrections_overdue += correction.due_on < today
        return
    due = due_since(correction.running_since, today)
    line.corrections_answered += 1
    line.corrections_in_time += timezone.localdate(correction.answered_at) <= max(due.on, correction.due_on)


def _pauses() -> Mapping[str, list[Pause]]:
    found: dict[str, list[Pause]] = defaultdict(list)
    for row in ClockPause.objects.filter(kind=ClockKind.PART).order_by("since", "id"):
        found[row.target].append(Pause(row.since, row.until, row.reason))
    return found


def _added() -> Mapping[str, int]:
    rows = Extension.objects.filter(kind=ClockKind.PART, state=ExtensionState.GRANTED)
    return dict(rows.values_list("target", "days"))
