"""Changes to people and their roles. Each is one transaction and one entry in the log, which names no person."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.models import Dataset, Department
from exchange.accounts.acting import STEWARD, roles_in
from exchange.accounts.errors import Conflict, Invalid
from exchange.accounts.managing import (
    require_apart,
    require_end_ahead,
    require_manager,
    require_other,
    require_owner,
    require_successor,
)
from exchange.accounts.models import DatasetUserObjectPermission, Membership, PeopleEvent, Person, Role
from exchange.accounts.recording import record_change


@transaction.atomic
def add_person(
    username: str,
    *,
    names: dict[str, str],
    department: Department,
    role: Role,
    acting_user: Person | None,
    password: str | None = None,
) -> Person:
    """Enter an officer of `department` with a first role; `names` is `{"en": …, "zh": …}`.

    Without `password` the account cannot sign in until an invitation is accepted (actions/inviting.py). `acting_user` None
    is the program itself, at a command line: the first administrator, the demonstration. Raises NotAllowed, Invalid.
    """
    require_manager(acting_user, department, role)
    require_good(username, password)
    try:
        with transaction.atomic():
            person: Person = Person.objects.create(
                username=username,
                name_en=names.get("en", ""),
                name_zh=names.get("zh", ""),
                password=make_password(password),
            )
    except IntegrityError as error:
        raise Invalid(_("This sign-in name is taken."), faults=[Fault("username", "unique", _("Choose another one."))]) from error
    record_change(PeopleEvent.PERSON_ADDED, person, department=department, acting_user=acting_user)
    grant_role(person, department=department, role=role, acting_user=acting_user)
    return person


@transaction.atomic
def grant_role(
    person: Person, *, department: Department, role: Role, acting_user: Person | None, valid_until: datetime | None = None
) -> Membership:
    """Give `person` a role in `department` from now on. Raises NotAllowed, WrongDepartmentForRole, RolesApart, Invalid, Conflict."""
    require_manager(acting_user, department, role)
    require_other(acting_user, person)
    require_end_ahead(valid_until)
    now = timezone.now()
    if Membership.objects.not_ended(now).filter(person=person, department=department, role=role).exists():
        raise Conflict(_("This person has that role already."))
    require_apart(person, role)
    membership = Membership.objects.create(
        person=person, department=department, role=role, valid_from=now, valid_until=valid_until, granted_by=acting_user
    )
    record_change(PeopleEvent.ROLE_GRANTED, person, department=department, acting_user=acting_user, about=role, role=role)
    return membership


@transaction.atomic
def end_role(membership: Membership, *, acting_user: Person | None) -> None:
    """End a role now; the row stays as history. Raises NotAllowed, LastAdministrator, and Conflict when it has ended already."""
    require_manager(acting_user, membership.department, Role(membership.role))
    require_other(acting_user, membership.person)
    close_role(membership, acting_user=acting_user)


def close_role(membership: Membership, *, acting_user: Person | None) -> None:
    """End a role in the caller's transaction, who has judged whether it may be. Raises LastAdministrator, Conflict."""
    Department.objects.select_for_update().get(pk=membership.department_id)  # two administrators do not leave at once
    now = timezone.now()
    require_successor(membership)
    stands = Q(valid_until__isnull=True) | Q(valid_until__gt=now)
    if not Membership.objects.filter(stands, pk=membership.pk).update(valid_until=now):
        raise Conflict(_("This role has ended already."))
    what = {"department": membership.department, "acting_user": acting_user, "about": membership.role}
    record_change(PeopleEvent.ROLE_ENDED, membership.person, **what, role=membership.role)  # type: ignore[arg-type]


@transaction.atomic
def appoint_steward(dataset: Dataset, *, person: Person, acting_user: Person | None) -> None:
    """Make `person`, who works for the provider, steward of `dataset`. Raises NotAllowed, Invalid."""
    require_owner(acting_user, dataset.provider)
    require_other(acting_user, person)
    if not roles_in(person, dataset.provider):
        raise Invalid(_("A steward works for the department that owns the dataset: give a role there first."), code="NOT_OF_THE_OWNER")
    DatasetUserObjectPermission.objects.assign_perm(STEWARD, person, obj=dataset)
    _record(PeopleEvent.STEWARD_APPOINTED, dataset, person, acting_user)


@transaction.atomic
def dismiss_steward(dataset: Dataset, *, person: Person, acting_user: Person | None) -> None:
    """End a stewardship. Raises NotAllowed, and Conflict when there is none."""
    require_owner(acting_user, dataset.provider)
    close_stewardship(dataset, person=person, acting_user=acting_user)


def close_stewardship(dataset: Dataset, *, person: Person, acting_user: Person | None) -> None:
    """End a stewardship in the caller's transaction, who has judged whether it may be. Raises Conflict when there is none."""
    permission = Permission.objects.get(codename=STEWARD, content_type__app_label="catalog")
    rows = DatasetUserObjectPermission.objects.filter(user=person, content_object=dataset, permission=permission)
    if not rows.delete()[0]:
        raise Conflict(_("This person is not a steward of the dataset."))
    _record(PeopleEvent.STEWARD_DISMISSED, dataset, person, acting_user)


def require_good(username: str, password: str | None) -> None:
    """Return when an account may be called so, with this password. Raises Invalid with every fault."""
    faults = [] if username.strip() == username and username else [Fault("username", "format", _("Write a name without spaces around it."))]
    if password is not None:
        try:
            validate_password(password)
        except ValidationError as error:
            faults += [Fault("password", "strength", message) for message in error.messages]
    if faults:
        raise Invalid(_("The account cannot be made like this."), faults=faults)


def _record(event: PeopleEvent, dataset: Dataset, person: Person, acting_user: Person | None) -> None:
    record_change(event, person, department=dataset.provider, acting_user=acting_user, about=dataset.code, dataset=dataset.code)
