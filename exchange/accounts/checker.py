"""Answers the catalogue's question "may this person do that for this department?" from the memberships."""

from __future__ import annotations

from typing import Any

from catalog.models import Department
from exchange.accounts import acting
from exchange.accounts.models import PeopleEvent
from exchange.accounts.recording import record_change


class PeopleChecker:
    """The catalogue's Checker, as this room answers it (see catalog/permission.py)."""

    def require(self, person: Any, department: Department, role: str) -> None:
        """Return when `person` plays `role` for `department` now; else raise RoleNeeded."""
        acting.acting_as(person, department, role)

    def departments(self, person: Any, role: str) -> frozenset[str]:
        """Codes of the departments for which `person` plays `role` now."""
        return acting.departments_as(person, role)

    def handled_key(self, person: Any, department: Department, keyid: str, event: str) -> None:
        """Write it into the person's history, and into the log."""
        record_change(PeopleEvent(event), person, department=department, acting_user=person, about=keyid, keyid=keyid)
