"""When a role must be confirmed: once a quarter, or it stops counting (pure; days are calendar days at the hub's place)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

REMIND_AFTER = timedelta(days=14)
SUSPEND_AFTER = timedelta(days=30)


class Due(StrEnum):
    """What a role needs today."""

    NOTHING = "NOTHING"
    CONFIRM = "CONFIRM"
    REMIND = "REMIND"
    SUSPEND = "SUSPEND"


def quarter_of(day: date) -> date:
    """The first day of the quarter in which `day` lies."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def due_of(*, since: date, confirmed_on: date | None, today: date) -> Due:
    """What is due today for a role given on `since` and last confirmed on `confirmed_on` (None: never).

    A role that was given or confirmed in the running quarter needs nothing.
    """
    start = quarter_of(today)
    if max(since, confirmed_on or since) >= start:
        return Due.NOTHING
    waited = today - start
    if waited >= SUSPEND_AFTER:
        return Due.SUSPEND
    return Due.REMIND if waited >= REMIND_AFTER else Due.CONFIRM


def suspended_on(today: date) -> date:
    """The day on which what is not confirmed in the running quarter stops counting."""
    return quarter_of(today) + SUSPEND_AFTER
