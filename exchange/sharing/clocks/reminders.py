"""Reminders: one row for each thing and day, shown on the console and told through the outbox. Made by a tick, safe to run twice.

Rooms say what they would remind of by `register`; the tick calls each with today's date, inside a piece of leased work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog import work
from catalog.models import Department, Work
from exchange.accounts import outbox
from exchange.accounts.models import Membership, Person, Role
from exchange.sharing.models.clocks import Reminder, ReminderKind

WORK = "sharing.remind"
DueReminders = Callable[[date], object]

logger = logging.getLogger(__name__)
_rooms: dict[str, DueReminders] = {}

_DOERS = frozenset({Role.OFFICER, Role.REVIEWER})
_HEADS = frozenset({Role.ADMINISTRATOR})
# Who of the department is told; whoever is not of the kind does not read it on the console either.
TOLD: Mapping[str, frozenset[Role]] = {
    ReminderKind.AGREEMENT_ENDS: frozenset({Role.OFFICER}),
    ReminderKind.ALARM_RAISED: _DOERS,
    ReminderKind.CORRECTION_DUE: _DOERS,
    ReminderKind.CORRECTION_ESCALATED: frozenset({Role.REVIEWER}),
    ReminderKind.CORRECTION_OVERDUE: _HEADS,
    ReminderKind.DISPUTE_DUE: _DOERS,
    ReminderKind.DISPUTE_ESCALATED: _HEADS,
    ReminderKind.DISPUTE_OVERDUE: _DOERS,
    ReminderKind.REQUEST_DUE: _DOERS,
    ReminderKind.REQUEST_ESCALATED: frozenset({Role.REVIEWER}),
    ReminderKind.REQUEST_OVERDUE: _HEADS,
    ReminderKind.ROLES_UNCONFIRMED: _HEADS,
}


def register(name: str, due_reminders: DueReminders) -> None:
    """Say what else is to be reminded of: called with today's date, it calls `remind` for each. In AppConfig.ready."""
    _rooms[name] = due_reminders


@transaction.atomic
def remind(kind: str, target: str, *, department: Department, on: date) -> bool:
    """Remind `department` of one thing; `on` is the day for which, so that it is done once. Whether it is new.

    `target` is an id that a page can lead to, never a person's identifier. Raises ValueError for an unknown kind.
    """
    known = ReminderKind(kind)
    given = {"department": department, "made_at": timezone.now()}
    _made, is_new = Reminder.objects.get_or_create(kind=known.value, target=target, on=on, defaults=given)
    if is_new:
        for person in _told(known, department):
            outbox.send(person, f"remind_{known.value.lower()}", context={"day": on.isoformat()})
    return is_new


def settle(target: str, *kinds: str) -> int:
    """What was reminded of is done: its reminders (of `kinds`, or all) leave the console. How many."""
    rows = Reminder.objects.filter(target=target, settled_at__isnull=True)
    return (rows.filter(kind__in=kinds) if kinds else rows).update(settled_at=timezone.now())


def open_reminders(department: Department, roles: frozenset[str]) -> QuerySet[Reminder]:
    """What still waits, for somebody who plays `roles` in the department; the newest of each thing stands first."""
    kinds = [kind for kind, told in TOLD.items() if told & roles]
    return Reminder.objects.filter(department=department, kind__in=kinds, settled_at__isnull=True)


def authority() -> Department | None:
    """The sharing authority's department, once it is registered."""
    return Department.objects.filter(code=settings.AUTHORITY_DEPARTMENT).first()


def enqueue(now: datetime) -> bool:
    """Write the work of this hour, if nobody has; whether it is new."""
    target = f"{timezone.localtime(now):%Y-%m-%dT%H}"
    if Work.objects.filter(name=WORK, target=target).exists():
        return False
    work.enqueue(WORK, target)
    return True


def run(_target: str, renew: work.Renew) -> None:
    """Handler of the work: ask every room. One that fails does not silence the others; the work is then tried again."""
    today, failed = timezone.localdate(), []
    for number, (name, due_reminders) in enumerate(sorted(_rooms.items())):
        renew(number * 100 // len(_rooms))
        try:
            due_reminders(today)
        except Exception as error:
            logger.exception("Reminders of %s failed", name)
            failed.append(type(error).__name__)
    if failed:
        raise RemindersFailed(", ".join(failed))


class RemindersFailed(Exception):
    """Some rooms could not say what is due; the kinds of their errors, no text."""


def _told(kind: ReminderKind, department: Department) -> QuerySet[Person]:
    members = Membership.objects.in_force(timezone.now()).filter(department=department, role__in=TOLD[kind])
    found: QuerySet[Person] = Person.objects.filter(pk__in=members.values("person"), is_active=True).order_by("pk")
    return found
