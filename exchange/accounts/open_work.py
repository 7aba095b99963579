"""What hangs on one person and must not be lost when that person leaves: told and handed over by the rooms above, which register here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from catalog.models import Department


@dataclass(frozen=True)
class Piece:
    """One open thing, as the page lists it: what it is about, and the name and arguments of its page (empty: it has none)."""

    about: str
    page: str = ""
    arguments: tuple[str, ...] = ()


class OpenWork(Protocol):
    """One kind of open work. Names of people stand in none of it."""

    title: Any

    @property
    def role(self) -> str:
        """Whoever takes it over plays this role in the department."""

    def pieces(self, person: Any, department: Department) -> list[Piece]:
        """What of it hangs on `person` in `department`."""

    def hand_over(self, person: Any, to: Any, department: Department) -> int:
        """Give all of it to `to`, in the caller's transaction; how many pieces."""


CloseAppointments = Callable[[Any, Department, Any], int]

_works: dict[str, OpenWork] = {}
_appointments: dict[str, CloseAppointments] = {}


def register(name: str, work: OpenWork) -> None:
    """Let a room above name its open work (called in its AppConfig.ready)."""
    _works[name] = work


def register_appointments(name: str, close: CloseAppointments) -> None:
    """Let a room above end what it appointed a person for: `close(person, department, acting_user)` says how many ended."""
    _appointments[name] = close


def works_of(person: Any, department: Department) -> list[tuple[OpenWork, list[Piece]]]:
    """Every kind of which something is open, with the pieces, by name of the kind."""
    found = ((work, work.pieces(person, department)) for _name, work in sorted(_works.items()))
    return [(work, pieces) for work, pieces in found if pieces]


def close_appointments(person: Any, department: Department, acting_user: Any) -> int:
    """End all that the person was appointed for in the rooms above."""
    return sum(close(person, department, acting_user) for _name, close in sorted(_appointments.items()))
