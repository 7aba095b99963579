"""The background work of this room, by name: each handler takes a row's id, and is safe to run twice."""

from __future__ import annotations

from catalog import work


def register_work() -> None:
    """Register every handler with catalog.work."""
    work.register("affairs.gather", _gather)
    work.register("affairs.ask_registered_phone", _ask_registered_phone)


def _gather(target: str, renew: work.Renew) -> None:
    """Ask the offices of one case. Imported when it is done: an application that starts has no models yet."""
    from exchange.affairs.gathering import gather

    gather(target, renew)


def _ask_registered_phone(target: str, renew: work.Renew) -> None:
    """Ask the registers for whoever wants to prove who they are."""
    from exchange.affairs.binding import ask_registers

    ask_registers(target, renew)
