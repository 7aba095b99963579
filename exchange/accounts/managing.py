"""Who may change whose roles: asked by every action about people before it does anything."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.models import Department
from exchange.accounts.acting import acting_as, roles_in
from exchange.accounts.errors import Invalid, LastAdministrator, NotAllowed, NotYourOwn, RolesApart, WrongDepartmentForRole
from exchange.accounts.hands import hands_of
from exchange.accounts.models import Deputyship, Invitation, Membership, Person, Role
from exchange.accounts.separation import conflicting

# Roles that reach beyond one department: only an administrator of the sharing authority gives them.
OF_THE_AUTHORITY = frozenset({Role.REVIEWER, Role.AUDITOR})


def require_manager(acting_user: Person | None, department: Department, role: Role) -> None:
    """Who gives and ends a role: the department's administrator, or the authority's where the role or department needs it.

    `acting_user` None is the program itself. Raises RoleNeeded, WrongDepartmentForRole.
    """
    if role is Role.REVIEWER and department.code != settings.AUTHORITY_DEPARTMENT:
        raise WrongDepartmentForRole(_("Reviewers work for the sharing authority only."))
    if acting_user is None:
        return
    authority = str(settings.AUTHORITY_DEPARTMENT)  # from outside the database, not from its column
    if role in OF_THE_AUTHORITY or department.code == authority:
        acting_as(acting_user, authority, Role.ADMINISTRATOR)
    else:
        require_administrator(acting_user, department)


def require_administrator(acting_user: Person | None, department: Department) -> None:
    """An administrator of the department, or of the authority. Raises RoleNeeded."""
    if acting_user is not None and Role.ADMINISTRATOR not in roles_in(acting_user, str(settings.AUTHORITY_DEPARTMENT)):
        acting_as(acting_user, department, Role.ADMINISTRATOR)


def require_owner(acting_user: Person | None, department: Department) -> None:
    """An administrator of this very department: who decides about its data and services is its own affair. Raises RoleNeeded."""
    if acting_user is not None:
        acting_as(acting_user, department, Role.ADMINISTRATOR)


def require_all_managed(acting_user: Person, person: Person) -> list[Membership]:
    """The roles of `person` that stand, all of which `acting_user` manages. Raises NotAllowed.

    Else an administrator could take over, or lock out, a person who also works elsewhere.
    """
    memberships = list(person.memberships.not_ended(timezone.now()).select_related("department"))
    if not memberships:
        raise NotAllowed(_("Ask an administrator of every department in which this person has a role."))
    for membership in memberships:
        require_manager(acting_user, membership.department, Role(membership.role))
    return memberships


def require_other(acting_user: Person | None, person: Person) -> None:
    """Return when these are two people: not the same, and neither the other's deputy now. Raises NotYourOwn."""
    if acting_user is not None and hands_of(acting_user).did(person.pk, timezone.now()):
        raise NotYourOwn(_("Nobody changes their own roles, or those of whom they stand in for: ask another administrator."))


def require_apart(person: Person, *roles: str) -> None:
    """Return when `person` may have `roles` beside all that the person, and whoever counts as one with them, has. Raises RolesApart."""
    now = timezone.now()
    linked = Deputyship.objects.not_over(now).filter(Q(holder=person) | Q(deputy=person))
    others = {one for pair in linked.values_list("holder", "deputy") for one in pair} - {person.pk}
    own = {*roles, *_standing_roles(person.pk)}
    for beside in (set(), *map(_standing_roles, others)):
        clash = conflicting(own | beside)
        if clash:
            text = _("Whoever reads and checks the log does nothing that it records: %(roles)s cannot come together.")
            raise RolesApart(text % {"roles": ", ".join(sorted(clash))}, roles=", ".join(sorted(clash)))


def require_successor(membership: Membership) -> None:
    """Return when the department keeps an administrator without this role. Raises LastAdministrator.

    Somebody who has not accepted the invitation yet cannot take over.
    """
    if membership.role == Role.ADMINISTRATOR and not has_other_administrator(membership):
        raise LastAdministrator(_("Give the role to another person first; an invitation counts once it is accepted."))


def has_other_administrator(membership: Membership) -> bool:
    """Whether somebody else administers the department of this role now."""
    others = Membership.objects.in_force(timezone.now()).filter(department=membership.department_id, role=Role.ADMINISTRATOR)
    return others.exclude(person=membership.person_id).exclude(person__in=Invitation.objects.open().values("person")).exists()


def require_end_ahead(valid_until: Any) -> None:
    """Return when an end, where there is one, lies ahead. Raises Invalid."""
    if valid_until is not None and valid_until <= timezone.now():
        raise Invalid(_("The role ends before it begins."), faults=[Fault("valid_until", "past", _("Choose a day to come."))])


def _standing_roles(person_id: Any) -> set[str]:
    return set(Membership.objects.not_ended(timezone.now()).filter(person=person_id).values_list("role", flat=True))
