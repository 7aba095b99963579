"""The background work of exports, by name: each handler takes an export's number, and is safe to run twice."""

from __future__ import annotations

from catalog import work


def register_work() -> None:
    """Register every handler with catalog.work."""
    work.register("delivery.prepare_export", _prepare)
    work.register("delivery.end_export", _end)


def _prepare(target: str, renew: work.Renew) -> None:
    """Make the rows. Imported when it is done: an application that starts has no models yet."""
    from exchange.delivery.exports.preparing import prepare

    prepare(target, renew)


def _end(target: str, renew: work.Renew) -> None:
    """Its day is over, or it was collected some minutes ago."""
    from exchange.delivery.exports.preparing import end_when_due

    end_when_due(target, renew)
