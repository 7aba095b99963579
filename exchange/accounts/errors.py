"""Refusals of this room; each says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, HubError, Invalid, Missing, NotAllowed

__all__ = [
    "BoundElsewhere",
    "BoundToAnother",
    "CodeOver",
    "Conflict",
    "DeputyOver",
    "Invalid",
    "InvitationOver",
    "LastAdministrator",
    "Missing",
    "NotAllowed",
    "NotProved",
    "NotYourOwn",
    "RoleNeeded",
    "RolesApart",
    "TooManyTries",
    "UnknownPerson",
    "WrongCode",
    "WrongDepartmentForRole",
]


class RoleNeeded(NotAllowed):
    """The person does not play the role that this needs."""

    code = "ROLE_NEEDED"
    title = _("You do not have the role that this needs")


class NotYourOwn(NotAllowed):
    """A change to one's own roles, or to those of somebody with whom one counts as one."""

    code = "NOT_YOUR_OWN"
    title = _("Nobody changes their own roles")


class DeputyOver(NotAllowed):
    """The caller wanted to act in somebody's place and may not, or no longer."""

    code = "DEPUTY_OVER"
    title = _("You are not the deputy now")


class RolesApart(Invalid):
    """Roles that one person must not play together: whoever checks the log does nothing that it records."""

    code = "ROLES_APART"
    title = _("These roles do not go together")


class LastAdministrator(Conflict):
    """The department would be left without an administrator."""

    code = "LAST_ADMINISTRATOR"
    title = _("The last administrator stays until there is another")


class InvitationOver(Conflict):
    """The invitation was used, withdrawn, or is too old."""

    code = "INVITATION_OVER"
    title = _("This invitation is over")


class UnknownPerson(Missing):
    """No such person, or not one that the caller may know of."""

    code = "PERSON_NOT_FOUND"
    title = _("No such person")


class WrongDepartmentForRole(Invalid):
    """A role that only exists elsewhere."""

    code = "ROLE_NOT_HERE"
    title = _("This department does not have that role")


class BoundToAnother(Conflict):
    """The account has a subject already, and it is another one."""

    code = "BOUND_TO_ANOTHER"
    title = _("This account belongs to another person")


class BoundElsewhere(Conflict):
    """The subject has another account, whose proof is stronger."""

    code = "BOUND_ELSEWHERE"
    title = _("These records belong to another account")


class WrongCode(Invalid):
    """The code is not the one that was sent, or none was sent: both look the same."""

    code = "WRONG_CODE"
    title = _("This code does not fit")


class CodeOver(Conflict):
    """The code is too old, was used, or was tried too often."""

    code = "CODE_OVER"
    title = _("This code is over")


class TooManyTries(HubError):
    """Too often in too short a time; the same for everybody, whatever is true."""

    code = "TOO_MANY_TRIES"
    status = 429
    title = _("Too often")


class NotProved(NotAllowed):
    """A proof of who somebody is did not hold."""

    code = "NOT_PROVED"
    title = _("We could not make sure who you are")
