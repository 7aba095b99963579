"""What the calendar says about roles that nobody confirmed: a reminder first, then they stop counting."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from catalog.models import Department
from exchange.accounts.actions import departments_to_remind, suspend_unconfirmed
from exchange.accounts.confirming import REMIND_AFTER, quarter_of
from exchange.sharing.clocks.reminders import remind, settle
from exchange.sharing.models.clocks import ReminderKind


def due_reminders(today: date) -> None:
    """Remind once a quarter those who are to confirm roles, suspend what is over, and settle what is done. Safe to run twice."""
    now = datetime.combine(today, timezone.localtime().time(), tzinfo=timezone.get_current_timezone())
    late = departments_to_remind(now=now)
    for department in late:
        remind(ReminderKind.ROLES_UNCONFIRMED, department.code, department=department, on=quarter_of(today) + REMIND_AFTER)
    suspend_unconfirmed(now=now)
    for code in Department.objects.exclude(code__in=[one.code for one in late]).values_list("code", flat=True):
        settle(code, ReminderKind.ROLES_UNCONFIRMED)
