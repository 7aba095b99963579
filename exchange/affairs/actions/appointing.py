"""Which officers decide the cases of a matter: appointed and dismissed by the lead department's administrator."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Department
from exchange.accounts.acting import acting_as, departments_as, in_place_of, roles_in
from exchange.accounts.errors import Conflict, Invalid
from exchange.accounts.managing import require_other
from exchange.accounts.models import PeopleEvent, Person, Role
from exchange.accounts.recording import record_change
from exchange.affairs.models import Matter, MatterUserObjectPermission

PERMISSION = "officer_of_matter"


@transaction.atomic
def appoint_officer(matter: Matter, *, person: Person, acting_user: Person | None) -> None:
    """Let `person`, an officer of the lead department, decide the matter's cases. `acting_user` None: the program itself.

    Raises NotAllowed, Invalid.
    """
    _may_appoint(matter, acting_user)
    require_other(acting_user, person)
    if Role.OFFICER not in roles_in(person, matter.lead_id):
        raise Invalid(_("Only an officer of the lead department decides its cases: give the role there first."), code="NOT_AN_OFFICER")
    MatterUserObjectPermission.objects.assign_perm(PERMISSION, person, obj=matter)
    _record(PeopleEvent.OFFICER_APPOINTED, matter, person, acting_user)


@transaction.atomic
def dismiss_officer(matter: Matter, *, person: Person, acting_user: Person | None) -> None:
    """End that. Raises NotAllowed, and Conflict where the person decides no cases of the matter."""
    _may_appoint(matter, acting_user)
    _close(matter, person, acting_user)


def close_appointments(person: Person, department: Department, acting_user: Person | None) -> int:
    """End all appointments of a person who leaves the department, in the caller's transaction: how many."""
    rows = MatterUserObjectPermission.objects.filter(user=person, content_object__lead=department, permission__codename=PERMISSION)
    matters = [row.content_object for row in rows.select_related("content_object__lead")]
    for matter in matters:
        _close(matter, person, acting_user)
    return len(matters)


def _close(matter: Matter, person: Person, acting_user: Person | None) -> None:
    held = MatterUserObjectPermission.objects.filter(user=person, content_object=matter, permission__codename=PERMISSION)
    if not held.delete()[0]:
        raise Conflict(_("This person does not decide cases of this matter."))
    _record(PeopleEvent.OFFICER_DISMISSED, matter, person, acting_user)


def decides_matter(person: Any, matter: Matter) -> bool:
    """Whether `person` was appointed for the matter and is still an officer of its lead department.

    Reads guardian's own table directly: its shortcuts let superusers and groups through, we let neither.
    """
    if Role.OFFICER not in roles_in(person, matter.lead_id):
        return False
    rows = MatterUserObjectPermission.objects.filter(user=in_place_of(person), permission__codename=PERMISSION)
    return rows.filter(content_object=matter).exists()


def matters_decided_by(person: Any) -> frozenset[str]:
    """Codes of the matters whose cases `person` decides."""
    led = departments_as(person, Role.OFFICER)
    if not led:
        return frozenset()
    rows = MatterUserObjectPermission.objects.filter(
        user=in_place_of(person), permission__codename=PERMISSION, content_object__lead__in=led
    )
    return frozenset(rows.values_list("content_object_id", flat=True))


def _may_appoint(matter: Matter, acting_user: Person | None) -> None:
    if acting_user is not None:
        acting_as(acting_user, matter.lead, Role.ADMINISTRATOR)


def _record(event: PeopleEvent, matter: Matter, person: Person, acting_user: Person | None) -> None:
    record_change(event, person, department=matter.lead, acting_user=acting_user, about=matter.code, matter=matter.code)
