"""Who may act for a department: asked here, answered by the room of the people, which lies above this one.

Nobody registered means nobody may: the catalogue fails closed.
"""

from typing import Any, Protocol

from django.utils.translation import gettext as _

from audit.errors import NotAllowed
from catalog.models import Department

PUBLISHER = "PUBLISHER"
OFFICER = "OFFICER"
ADMINISTRATOR = "ADMINISTRATOR"


class Checker(Protocol):
    """What the room of the people registers when the program starts."""

    def require(self, person: Any, department: Department, role: str) -> None:
        """Return when `person` plays `role` for `department` today; else raise NotAllowed."""

    def departments(self, person: Any, role: str) -> frozenset[str]:
        """Codes of the departments for which `person` plays `role` today."""


class RefuseEverybody:
    """The checker of a hub that knows no people."""

    def require(self, person: Any, department: Department, role: str) -> None:
        """Refuse."""
        raise NotAllowed(_("Nobody may act for a department here: the hub's people are not set up."))

    def departments(self, person: Any, role: str) -> frozenset[str]:
        """None."""
        return frozenset()


checker: Checker = RefuseEverybody()


def register(new_checker: Checker) -> None:
    """Let the room of the people answer from now on (called in its AppConfig.ready)."""
    global checker
    checker = new_checker


def require(person: Any, department: Department, role: str) -> None:
    """Return when `person` plays `role` for `department` today; else raise NotAllowed."""
    checker.require(person, department, role)


def departments(person: Any, role: str) -> frozenset[str]:
    """Codes of the departments for which `person` plays `role` today."""
    return checker.departments(person, role)
