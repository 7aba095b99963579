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
KEY_CERTIFIED = "key_certified"
KEY_REVOKED = "key_revoked"


class Checker(Protocol):
    """What the room of the people registers when the program starts."""

    def require(self, person: Any, department: Department, role: str) -> None:
        """Return when `person` plays `role` for `department` today; else raise NotAllowed."""

    def departments(self, person: Any, role: str) -> frozenset[str]:
        """Codes of the departments for which `person` plays `role` today."""

    def handled_key(self, person: Any, department: Department, keyid: str, event: str) -> None:
        """Note, in the caller's transaction, that `person` certified or revoked a key (`event`: KEY_CERTIFIED, KEY_REVOKED)."""


class RefuseEverybody:
    """The checker of a hub that knows no people."""

    def require(self, person: Any, department: Department, role: str) -> None:
        """Refuse."""
        raise NotAllowed(_("Nobody may act for a department here: the hub's people are not set up."))

    def departments(self, person: Any, role: str) -> frozenset[str]:
        """None."""
        return frozenset()

    def handled_key(self, person: Any, department: Department, keyid: str, event: str) -> None:
        """Nobody is known, so nothing is noted."""


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


def handled_key(person: Any, department: Department, keyid: str, event: str) -> None:
    """Note who certified or revoked a key, so that it can be replaced when that person leaves; nothing where no person acted."""
    if person is not None:
        checker.handled_key(person, department, keyid, event)
