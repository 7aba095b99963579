"""Deputies: named for a time by whoever is away, or by an administrator for them; ended early by either."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.models import Department
from exchange.accounts import standing_in
from exchange.accounts.acting import acting_as
from exchange.accounts.errors import Conflict, Invalid, NotAllowed, RolesApart
from exchange.accounts.managing import require_administrator
from exchange.accounts.models import Deputyship, Membership, PeopleEvent, Person, Role
from exchange.accounts.recording import record_change
from exchange.accounts.separation import conflicting

LONGEST = timedelta(days=180)


@transaction.atomic
def name_deputy(
    holder: Person, *, deputy: Person, department: Department, valid_from: datetime, valid_until: datetime, acting_user: Person
) -> Deputyship:
    """Let `deputy` act with the rights of `holder` in `department` from `valid_from` to before `valid_until`.

    Both work there, and nobody's deputy is away too: there is no chain. `holder` may, or an administrator who is neither.
    Raises NotAllowed, Invalid, RolesApart.
    """
    _require_may_name(acting_user, holder, deputy, department)
    _require_period(valid_from, valid_until)
    Department.objects.select_for_update().get(pk=department.pk)  # two namings at once would make a chain
    _require_both_work_here(holder, deputy, department)
    _require_no_chain(holder, deputy, valid_from, valid_until)
    clash = conflicting(_roles(holder) | _roles(deputy))
    if clash:
        text = _("Whoever reads and checks the log does nothing that it records: %(roles)s cannot come together.")
        raise RolesApart(text % {"roles": ", ".join(sorted(clash))}, roles=", ".join(sorted(clash)))
    made = Deputyship.objects.create(
        holder=holder, deputy=deputy, department=department, valid_from=valid_from, valid_until=valid_until, named_by=acting_user
    )
    _record(PeopleEvent.DEPUTY_NAMED, made, acting_user)
    return made


@transaction.atomic
def end_deputyship(deputyship: Deputyship, *, acting_user: Person) -> None:
    """End it now: by either of the two, or by an administrator. Raises NotAllowed, Conflict when it is over."""
    if acting_user.pk not in {deputyship.holder_id, deputyship.deputy_id}:
        require_administrator(acting_user, deputyship.department)
    close_deputyship(deputyship, acting_user=acting_user)


def close_deputyship(deputyship: Deputyship, *, acting_user: Person | None) -> None:
    """The same in the caller's transaction, who has judged whether it may be. One that has not begun never begins."""
    now = timezone.now()
    end = max(now, deputyship.valid_from)
    if not Deputyship.objects.not_over(now).filter(pk=deputyship.pk).update(valid_until=end):
        raise Conflict(_("This is over already."))
    _record(PeopleEvent.DEPUTY_ENDED, deputyship, acting_user)


def _require_may_name(acting_user: Person, holder: Person, deputy: Person, department: Department) -> None:
    if standing_in.holder() is not None:
        raise NotAllowed(_("Whoever stands in for somebody names no deputy: do it for yourself, or ask an administrator."))
    if acting_user.pk == holder.pk:
        acting_as(acting_user, department, *Role)
        return
    require_administrator(acting_user, department)
    if acting_user.pk == deputy.pk:
        raise NotAllowed(_("Nobody makes themselves somebody's deputy: ask another administrator."))


def _require_period(valid_from: datetime, valid_until: datetime) -> None:
    now = timezone.now()
    faults = []
    if valid_from < now - timedelta(days=1):
        faults.append(Fault("valid_from", "past", _("Choose today or a day to come.")))
    if valid_until <= max(now, valid_from):
        faults.append(Fault("valid_until", "order", _("It ends before it begins.")))
    elif valid_until - valid_from > LONGEST:
        faults.append(Fault("valid_until", "longest", _("At most 180 days; for longer, give the role itself.")))
    if faults:
        raise Invalid(_("These dates do not fit."), faults=faults)


def _require_both_work_here(holder: Person, deputy: Person, department: Department) -> None:
    here = Membership.objects.in_force(timezone.now()).filter(department=department)
    if holder.pk == deputy.pk:
        raise Invalid(_("Choose a colleague."), faults=[Fault("deputy", "self", _("Nobody is their own deputy."))])
    for person in (holder, deputy):
        if not here.filter(person=person).exists():
            fault = Fault("deputy", "department", _("Choose somebody with a role in this department."))
            raise Invalid(_("A deputy works for the same department."), faults=[fault])


def _require_no_chain(holder: Person, deputy: Person, start: datetime, end: datetime) -> None:
    meanwhile = Deputyship.objects.within(start, end)
    if meanwhile.filter(holder=holder).exists():
        raise Invalid(
            _("There is a deputy in this time already: end that first."), faults=[Fault("valid_from", "overlap", _("Choose other days."))]
        )
    if meanwhile.filter(holder=deputy).exists():
        fault = Fault("deputy", "away", _("Choose somebody who is there: this person has a deputy in that time."))
        raise Invalid(_("Deputies do not form a chain."), faults=[fault])
    if meanwhile.filter(deputy=holder).exists():
        fault = Fault("valid_from", "stands_in", _("End that first: deputies do not form a chain."))
        raise Invalid(_("This person stands in for somebody in that time."), faults=[fault])


def _roles(person: Person) -> set[str]:
    return set(Membership.objects.not_ended(timezone.now()).filter(person=person).values_list("role", flat=True))


def _record(event: PeopleEvent, deputyship: Deputyship, acting_user: Person | None) -> None:
    who = {"department": deputyship.department, "acting_user": acting_user, "about": str(deputyship.deputy_id)}
    until = {"from": f"{deputyship.valid_from:%Y-%m-%d}", "until": f"{deputyship.valid_until:%Y-%m-%d}"}
    record_change(event, deputyship.holder, **who, deputy=str(deputyship.deputy_id), **until)  # type: ignore[arg-type]
