"""Days on which a clock stands. A clock stands once for each reason; the day on which it goes on counts again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.clocks import Pause
from exchange.sharing.models.clocks import ClockKind, ClockPause, PauseReason


@dataclass(frozen=True)
class ClockOf:
    """Whose clock: the kind of thing, and its id as text."""

    kind: ClockKind
    target: str

    @property
    def columns(self) -> dict[str, str]:
        """As the tables have it."""
        return {"kind": self.kind.value, "target": self.target}


@transaction.atomic
def open_pause(clock: ClockOf, reason: PauseReason, *, acting_user: Any = None) -> bool:
    """Stop the clock from today on, if it does not stand for this reason already; whether it is new."""
    given = {"since": timezone.localdate(), "paused_by": acting_user}
    _made, is_new = ClockPause.objects.get_or_create(**clock.columns, reason=reason.value, until=None, defaults=given)
    return is_new


def close_pause(clock: ClockOf, reason: PauseReason) -> bool:
    """Let the clock go on from today, as far as this reason goes; whether it stood for it."""
    standing = ClockPause.objects.filter(**clock.columns, reason=reason.value, until__isnull=True)
    return bool(standing.update(until=timezone.localdate() - timedelta(days=1)))


def pauses_of(clock: ClockOf) -> tuple[Pause, ...]:
    """Every pause of the clock, the oldest first."""
    return tuple(Pause(row.since, row.until, row.reason) for row in ClockPause.objects.filter(**clock.columns))


def stands(clock: ClockOf) -> bool:
    """Whether the clock stands now."""
    return ClockPause.objects.filter(**clock.columns, until__isnull=True).exists()
