"""Refusals of this room; each says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, Invalid, Missing, NotAllowed

__all__ = ["Conflict", "Invalid", "Missing", "NotAllowed", "RoleNeeded", "UnknownPerson", "WrongDepartmentForRole"]


class RoleNeeded(NotAllowed):
    """The person does not play the role that this needs."""

    code = "ROLE_NEEDED"
    title = _("You do not have the role that this needs")


class UnknownPerson(Missing):
    """No such person, or not one that the caller may know of."""

    code = "PERSON_NOT_FOUND"
    title = _("No such person")


class WrongDepartmentForRole(Invalid):
    """A role that only exists elsewhere."""

    code = "ROLE_NOT_HERE"
    title = _("This department does not have that role")
