"""The quarterly confirmation: an administrator keeps or ends each role; the calendar suspends what nobody confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Department
from exchange.accounts.acting import roles_in
from exchange.accounts.actions.people import close_role
from exchange.accounts.confirming import Due, due_of
from exchange.accounts.errors import Invalid, NotAllowed
from exchange.accounts.managing import OF_THE_AUTHORITY, has_other_administrator, require_manager, require_other
from exchange.accounts.models import Membership, PeopleEvent, Person, Role
from exchange.accounts.recording import record_change

CALENDAR = "calendar"


def due_for(membership: Membership, *, now: datetime) -> Due:
    """What this role needs at `now`."""
    confirmed = timezone.localdate(membership.confirmed_at) if membership.confirmed_at else None
    since = timezone.localdate(membership.valid_from)
    return due_of(since=since, confirmed_on=confirmed, today=timezone.localdate(now))


def may_confirm(membership: Membership, person: Person) -> bool:
    """Whether this person may confirm the role: administrators' roles are the authority's to confirm, nobody's their own."""
    try:
        _require_may_confirm(membership, person)
    except NotAllowed:
        return False
    return True


@transaction.atomic
def confirm_roles(*, keep: Iterable[Membership], end: Iterable[Membership], acting_user: Person) -> int:
    """Confirm the roles in `keep`, suspended ones count again, and end those in `end`: how many. All or none.

    Raises NotAllowed, Invalid where a role is in both, LastAdministrator, Conflict for one that has ended meanwhile.
    """
    kept, ended = list(keep), list(end)
    if {row.pk for row in kept} & {row.pk for row in ended}:
        raise Invalid(_("A role is kept or taken away, not both."))
    now = timezone.now()
    for membership in [*kept, *ended]:
        _require_may_confirm(membership, acting_user)
    for membership in kept:
        Membership.objects.filter(pk=membership.pk).update(confirmed_at=now, confirmed_by=acting_user, suspended_at=None)
        _record(PeopleEvent.ROLE_CONFIRMED, membership, acting_user)
    for membership in ended:
        close_role(membership, acting_user=acting_user)
    return len(kept) + len(ended)


@transaction.atomic
def suspend_unconfirmed(*, now: datetime) -> int:
    """Suspend every role whose time to be confirmed is over: how many. Nothing is deleted, and confirming brings them back.

    The authority's last administrator stays: nobody could confirm anything any more.
    """
    done = 0
    for membership in Membership.objects.in_force(now).select_related("department", "person"):
        if due_for(membership, now=now) is not Due.SUSPEND or _holds_the_hub(membership):
            continue
        Membership.objects.filter(pk=membership.pk).update(suspended_at=now)
        _record(PeopleEvent.ROLE_SUSPENDED, membership, None)
        done += 1
    return done


def departments_to_remind(*, now: datetime) -> list[Department]:
    """Departments whose administrators are reminded of roles that wait to be confirmed, by code."""
    rows = Membership.objects.in_force(now)
    late = {confirmed_by_code(row) for row in rows if due_for(row, now=now) in (Due.REMIND, Due.SUSPEND)}
    return list(Department.objects.filter(code__in=late).order_by("code"))


def confirmed_by_code(membership: Membership) -> str:
    """The code of the department whose administrators confirm this role."""
    is_above = membership.role == Role.ADMINISTRATOR or Role(membership.role) in OF_THE_AUTHORITY
    return str(settings.AUTHORITY_DEPARTMENT) if is_above else membership.department_id


def _require_may_confirm(membership: Membership, person: Person) -> None:
    require_other(person, membership.person)
    authority = str(settings.AUTHORITY_DEPARTMENT)
    if membership.role == Role.ADMINISTRATOR and Role.ADMINISTRATOR not in roles_in(person, authority):
        raise NotAllowed(_("Administrators are confirmed by the sharing authority."), code="AUTHORITY_CONFIRMS")
    require_manager(person, membership.department, Role(membership.role))


def _holds_the_hub(membership: Membership) -> bool:
    is_theirs = membership.department_id == settings.AUTHORITY_DEPARTMENT and membership.role == Role.ADMINISTRATOR
    return is_theirs and not has_other_administrator(membership)


def _record(event: PeopleEvent, membership: Membership, acting_user: Person | None) -> None:
    record_change(
        event,
        membership.person,
        department=membership.department,
        acting_user=acting_user,
        about=membership.role,
        acting_system=CALENDAR,
        role=membership.role,
    )
