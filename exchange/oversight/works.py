"""The background work of this room, by name: a handler takes a row's id, and is safe to run twice."""

from __future__ import annotations

from catalog import work


def register_work() -> None:
    """Register every handler with catalog.work."""
    work.register("oversight.count_case", _count_case)


def _count_case(target: str, _renew: work.Renew) -> None:
    """Count one decided case. Imported when it is done: an application that starts has no models yet."""
    from exchange.oversight.figures import count_case

    count_case(target)
