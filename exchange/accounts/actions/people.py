"""Changes to people and their roles. Each is one transaction and one entry in the log, which names no person.

The entry holds the digest of what was done by whom to whom; the rows hold the same in clear, for those who may look.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from audit.proof.canonical import document_hash
from catalog.models import Dataset, Department
from exchange.accounts.acting import STEWARD, acting_as, roles_in
from exchange.accounts.errors import Conflict, Invalid, NotAllowed, WrongDepartmentForRole
from exchange.accounts.models import DatasetUserObjectPermission, Membership, Person, Role

# Roles that reach beyond one department: only an administrator of the sharing authority gives them.
OF_THE_AUTHORITY = frozenset({Role.REVIEWER, Role.AUDITOR})


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
    """Invite an officer into `department` with a first role; `names` is `{"en": …, "zh": …}`.

    Without `password` the account cannot sign in until its invitation is accepted (invitations.py). `acting_user` None
    is the program itself, at a command line: the first administrator, the demonstration. Raises NotAllowed, Invalid.
    """
    _may_manage(acting_user, department, role)
    _require_good(username, password)
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
    _record("person_added", department, person=person, acting_user=acting_user)
    grant_role(person, department=department, role=role, acting_user=acting_user)
    return person


@transaction.atomic
def grant_role(
    person: Person, *, department: Department, role: Role, acting_user: Person | None, valid_until: datetime | None = None
) -> Membership:
    """Give `person` a role in `department` from now on. Raises NotAllowed, WrongDepartmentForRole, Conflict."""
    _may_manage(acting_user, department, role)
    if acting_user is not None and acting_user.pk == person.pk:
        raise NotAllowed(_("Nobody gives roles to themselves: ask another administrator."))
    if role in roles_in(person, department):
        raise Conflict(_("This person has that role already."))
    membership = Membership.objects.create(
        person=person, department=department, role=role, valid_from=timezone.now(), valid_until=valid_until, granted_by=acting_user
    )
    _record("role_granted", department, person=person, acting_user=acting_user, role=role)
    return membership


@transaction.atomic
def end_role(membership: Membership, *, acting_user: Person | None) -> None:
    """End a role now; the row stays as history. Raises NotAllowed, and Conflict when it has ended already."""
    _may_manage(acting_user, membership.department, Role(membership.role))
    now = timezone.now()
    open_rows = Membership.objects.filter(pk=membership.pk, valid_until__isnull=True)
    if not open_rows.update(valid_until=now):
        raise Conflict(_("This role has ended already."))
    _record("role_ended", membership.department, person=membership.person, acting_user=acting_user, role=Role(membership.role))


@transaction.atomic
def appoint_steward(dataset: Dataset, *, person: Person, acting_user: Person | None) -> None:
    """Make `person`, who works for the provider, steward of `dataset`. Raises NotAllowed, Invalid."""
    _may_administer(acting_user, dataset.provider)
    if not roles_in(person, dataset.provider):
        raise Invalid(_("A steward works for the department that owns the dataset: give a role there first."), code="NOT_OF_THE_OWNER")
    DatasetUserObjectPermission.objects.assign_perm(STEWARD, person, obj=dataset)
    _record("steward_appointed", dataset.provider, person=person, acting_user=acting_user, dataset=dataset.code)


@transaction.atomic
def dismiss_steward(dataset: Dataset, *, person: Person, acting_user: Person | None) -> None:
    """End a stewardship. Raises NotAllowed, and Conflict when there is none."""
    _may_administer(acting_user, dataset.provider)
    permission = Permission.objects.get(codename=STEWARD, content_type__app_label="catalog")
    rows = DatasetUserObjectPermission.objects.filter(user=person, content_object=dataset, permission=permission)
    if not rows.delete()[0]:
        raise Conflict(_("This person is not a steward of the dataset."))
    _record("steward_dismissed", dataset.provider, person=person, acting_user=acting_user, dataset=dataset.code)


@transaction.atomic
def set_first_password(person: Person, *, password: str) -> None:
    """Accept an invitation: the invited person chooses a password. Raises Invalid; Conflict when it was accepted before."""
    _require_good(person.username or "", password)
    waiting = Person.objects.filter(pk=person.pk, password=person.password, is_active=True)
    if person.has_usable_password() or not waiting.update(password=make_password(password)):
        raise Conflict(_("This invitation was accepted already: sign in."))
    trail.record({"type": "people", "event": "invitation_accepted"}, message={"change": document_hash(_change(person, person))})


@transaction.atomic
def invite_again(person: Person, *, acting_user: Person) -> None:
    """Take a person's password away, which ends their sessions, so that a new invitation can be handed over.

    Only by somebody who manages every role that the person plays: else an administrator could take over a person who
    also works elsewhere. Raises NotAllowed.
    """
    memberships = list(person.memberships.in_force(timezone.now()).select_related("department"))
    if not memberships or acting_user.pk == person.pk:
        raise NotAllowed(_("Ask an administrator of every department in which this person has a role."))
    for membership in memberships:
        _may_manage(acting_user, membership.department, Role(membership.role))
    Person.objects.filter(pk=person.pk).update(password=make_password(None))
    person.refresh_from_db()
    _record("invited_again", memberships[0].department, person=person, acting_user=acting_user)


def _may_manage(acting_user: Person | None, department: Department, role: Role) -> None:
    """Who gives and ends a role: the department's administrator, or the authority's where the role or department needs it."""
    if role is Role.REVIEWER and department.code != settings.AUTHORITY_DEPARTMENT:
        raise WrongDepartmentForRole(_("Reviewers work for the sharing authority only."))
    if acting_user is None:
        return
    authority = str(settings.AUTHORITY_DEPARTMENT)  # from outside the database, not from its column
    if role in OF_THE_AUTHORITY or department.code == authority:
        acting_as(acting_user, authority, Role.ADMINISTRATOR)
    elif Role.ADMINISTRATOR not in roles_in(acting_user, authority):
        acting_as(acting_user, department, Role.ADMINISTRATOR)


def _may_administer(acting_user: Person | None, department: Department) -> None:
    if acting_user is not None:
        acting_as(acting_user, department, Role.ADMINISTRATOR)


def _require_good(username: str, password: str | None) -> None:
    faults = [] if username.strip() == username and username else [Fault("username", "format", _("Write a name without spaces around it."))]
    if password is not None:
        try:
            validate_password(password)
        except ValidationError as error:
            faults += [Fault("password", "strength", message) for message in error.messages]
    if faults:
        raise Invalid(_("The account cannot be made like this."), faults=faults)


def _record(event: str, department: Department, *, person: Person, acting_user: Person | None, **what: str) -> None:
    route: dict[str, Any] = {"type": "people", "event": event, "department": department.code, "acting": _acting(acting_user), "count": 1}
    route.update({name: str(value) for name, value in what.items()})
    trail.record(route, message={"change": document_hash({**_change(person, acting_user), "event": event})})


def _change(person: Person, acting_user: Person | None) -> dict[str, Any]:
    """Who changed whom. The ids are random, so the digest tells nothing to whoever does not have the rows."""
    return {"person": str(person.pk), "by": _acting(acting_user)}


def _acting(acting_user: Person | None) -> str:
    return str(acting_user.pk) if acting_user else "program"
