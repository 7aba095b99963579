"""What is said when: two working days ahead and on the day to those who do it, then to the heads, then to the authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog.clocks import stages_of
from catalog.models import Department
from exchange.sharing import jurisdiction
from exchange.sharing.clocks.reminders import authority, remind, settle
from exchange.sharing.models.clocks import ReminderKind


@dataclass(frozen=True)
class Kinds:
    """The three kinds of reminders of one sort of thing."""

    due: ReminderKind
    overdue: ReminderKind
    escalated: ReminderKind

    def all(self) -> tuple[str, ...]:
        """Their names."""
        return (self.due.value, self.overdue.value, self.escalated.value)


@dataclass(frozen=True)
class DueThing:
    """What waits with whom until when."""

    target: str
    holder: Department
    due_on: date


def remind_of(thing: DueThing, kinds: Kinds, today: date) -> bool:
    """Say what is to be said by today about this thing, each once; whether it has just become overdue.

    A tick that was missed is made up for: what it would have said is said now, only the newest of what was to be said before.
    """
    stages = stages_of(thing.due_on, jurisdiction.calendar())
    if today < stages.ahead:
        return False
    if today < stages.overdue:
        on = stages.on if today >= stages.on else stages.ahead
        remind(kinds.due.value, thing.target, department=thing.holder, on=on)
        return False
    is_new = remind(kinds.overdue.value, thing.target, department=thing.holder, on=stages.overdue)
    above = authority()
    if today >= stages.escalated and above is not None:
        remind(kinds.escalated.value, thing.target, department=above, on=stages.escalated)
    return is_new


def forget_stages(target: str, kinds: Kinds) -> None:
    """The thing is done, or its date has moved: nothing said so far stands on the console any more."""
    settle(target, *kinds.all())
