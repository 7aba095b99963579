"""The end of a person's service for a department: one transaction after which nothing is open and nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.models import Department
from exchange.accounts import open_work
from exchange.accounts.actions.deputies import close_deputyship
from exchange.accounts.actions.inviting import close_invitation
from exchange.accounts.actions.people import close_role, close_stewardship
from exchange.accounts.errors import Invalid, NotAllowed
from exchange.accounts.handled_keys import keys_handled_by
from exchange.accounts.managing import require_manager, require_other
from exchange.accounts.models import DatasetUserObjectPermission, Deputyship, Invitation, Membership, PeopleEvent, Person, Role
from exchange.accounts.recording import record_change


@dataclass(frozen=True)
class Left:
    """What ended with a person's service: how many of each, and the ids of the keys that should be replaced."""

    roles: int
    appointments: int
    deputyships: int
    invitations: int
    handed_over: int
    keys: tuple[str, ...]
    may_sign_in: bool


@transaction.atomic
def end_service(person: Person, *, department: Department, to: Person | None, acting_user: Person) -> Left:
    """End everything that `person` is in `department`: sessions, roles, appointments, deputyships, invitations by them.

    Open work goes to `to`, which may be None where there is none. Somebody who has a role elsewhere keeps that one and signs
    in anew; everybody else cannot sign in any more. Raises NotAllowed, LastAdministrator, Invalid where `to` is missing.
    """
    memberships = _require_may_end(person, department, acting_user)
    handed_over = _hand_over(person, department, to)
    keys = tuple(keys_handled_by(person, department))
    appointments = _end_appointments(person, department, acting_user)
    for membership in memberships:
        close_role(membership, acting_user=acting_user)
    deputyships = _end_deputyships(person, department, acting_user)
    invitations = _withdraw_invitations(person, department, acting_user)
    may_sign_in = _end_sessions(person)
    left = Left(len(memberships), appointments, deputyships, invitations, handed_over, keys, may_sign_in)
    _record(person, department, acting_user, left)
    return left


def _require_may_end(person: Person, department: Department, acting_user: Person) -> list[Membership]:
    """The roles that end: all that stand in the department, each of which `acting_user` manages."""
    require_other(acting_user, person)
    rows = person.memberships.not_ended(timezone.now()).filter(department=department)
    memberships = list(rows.select_related("department", "person"))
    if not memberships:
        raise NotAllowed(_("This person has no role in this department."))
    for membership in memberships:
        require_manager(acting_user, department, Role(membership.role))
    return memberships


def _hand_over(person: Person, department: Department, to: Person | None) -> int:
    works = open_work.works_of(person, department)
    if not works:
        return 0
    if to is None:
        fault = Fault("to", "required", _("Choose who goes on with it."))
        raise Invalid(_("There is open work: it must go to somebody."), faults=[fault])
    here = Membership.objects.in_force(timezone.now()).filter(person=to, department=department).values_list("role", flat=True)
    needed = {str(work.role) for work, _pieces in works}
    if to.pk == person.pk or not needed <= set(here):
        fault = Fault("to", "role", _("Choose a colleague with the roles: %(roles)s.") % {"roles": ", ".join(sorted(needed))})
        raise Invalid(_("This person cannot go on with it."), faults=[fault])
    return sum(work.hand_over(person, to, department) for work, _pieces in works)


def _end_appointments(person: Person, department: Department, acting_user: Person) -> int:
    rows = DatasetUserObjectPermission.objects.filter(user=person, content_object__provider=department).select_related("content_object")
    stewarded = {row.content_object for row in rows}
    for dataset in stewarded:
        close_stewardship(dataset, person=person, acting_user=acting_user)
    return len(stewarded) + open_work.close_appointments(person, department, acting_user)


def _end_deputyships(person: Person, department: Department, acting_user: Person) -> int:
    rows = Deputyship.objects.not_over(timezone.now()).filter(Q(holder=person) | Q(deputy=person), department=department)
    found = list(rows.select_related("holder", "deputy", "department"))
    for deputyship in found:
        close_deputyship(deputyship, acting_user=acting_user)
    return len(found)


def _withdraw_invitations(person: Person, department: Department, acting_user: Person) -> int:
    rows = Invitation.objects.open().filter(invited_by=person, department=department).exclude(person=person)
    found = [row for row in rows.select_related("person", "department") if not row.person.has_usable_password()]
    for invitation in found:
        close_invitation(invitation, acting_user=acting_user)
    return len(found)


def _end_sessions(person: Person) -> bool:
    """End every session of the account; without a role anywhere it is closed for good. Whether the person may sign in still."""
    works_elsewhere = person.memberships.not_ended(timezone.now()).exists()
    rows = Person.objects.filter(pk=person.pk)
    rows.update(sign_outs=F("sign_outs") + 1)
    if not works_elsewhere:
        from allauth.mfa.models import Authenticator

        rows.update(is_active=False, password=make_password(None))
        Authenticator.objects.filter(user=person).delete()
        Invitation.objects.open().filter(person=person).update(withdrawn_at=timezone.now())
    person.refresh_from_db()
    return bool(works_elsewhere)


def _record(person: Person, department: Department, acting_user: Person, left: Left) -> None:
    counts: dict[str, Any] = {"roles": left.roles, "appointments": left.appointments, "deputies": left.deputyships}
    counts |= {"invitations": left.invitations, "handed_over": left.handed_over, "keys": len(left.keys)}
    record_change(PeopleEvent.SERVICE_ENDED, person, department=department, acting_user=acting_user, **counts)
