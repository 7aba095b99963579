"""The background work of this room, by name: a handler takes a row's id, and is safe to run twice."""

from __future__ import annotations

from catalog import work
from exchange.accounts import doors


def register_work() -> None:
    """Register every handler with catalog.work."""
    work.register("oversight.count_case", _count_case)
    work.register(doors.WORK, _alarm_about_door)


def _count_case(target: str, _renew: work.Renew) -> None:
    """Count one decided case. Imported when it is done: an application that starts has no models yet."""
    from exchange.oversight.figures import count_case

    count_case(target)


def _alarm_about_door(target: str, _renew: work.Renew) -> None:
    """Too many wrong guesses at a public door; `target` is its name."""
    from exchange.oversight.harvesting.alarms import raise_about_door

    raise_about_door(target)
