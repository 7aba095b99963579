"""By when the two should have settled, and by when the authority owes its ruling."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from audit import trail
from catalog.clocks import Due, History, Stay, due_by
from catalog.models import Department
from exchange.sharing import jurisdiction
from exchange.sharing.clocks.reminders import authority
from exchange.sharing.clocks.stages import DueThing, Kinds, forget_stages, remind_of
from exchange.sharing.lifecycle.disputes import DisputeState
from exchange.sharing.models import Dispute, ReminderKind

RULES = {DisputeState.TALKS: "dispute_talks", DisputeState.WITH_AUTHORITY: "dispute_ruling"}
KINDS = Kinds(ReminderKind.DISPUTE_DUE, ReminderKind.DISPUTE_OVERDUE, ReminderKind.DISPUTE_ESCALATED)


def due_since(since: date, today: date, state: DisputeState) -> Due:
    """The last day of the talks, or for the ruling."""
    limit = jurisdiction.time_limit(RULES[state])
    return due_by(limit, History((Stay("answer", since),)), calendar=jurisdiction.calendar(), today=today)


def columns_of(due: Due) -> dict[str, Any]:
    """A date as the rows have it."""
    return {"due_on": due.on, "due_provisional": due.is_provisional, "due_verified": due.is_verified}


def due_reminders(today: date) -> None:
    """What the tick does for disputes: dates anew, then what is to be said to whoever is to move."""
    for dispute in Dispute.objects.open().select_related("requester", "provider", "dataset"):
        due = due_since(dispute.running_since, today, DisputeState(dispute.state))
        if due.on != dispute.due_on:
            forget_stages(dispute.number, KINDS)
        Dispute.objects.filter(pk=dispute.pk).update(**columns_of(due))
        holder = holder_of(dispute)
        if holder is not None and remind_of(DueThing(dispute.number, holder, due.on), KINDS, today):
            with transaction.atomic():
                trail.record(route_of(dispute, "overdue", side=holder.code, acting="hub"))


def holder_of(dispute: Dispute) -> Department | None:
    """Whose move it is: in talks the side that did not open it, then the authority."""
    if dispute.state == DisputeState.WITH_AUTHORITY:
        return authority()
    return dispute.provider if dispute.opened_for_id == dispute.requester_id else dispute.requester


def route_of(dispute: Dispute, event: str, **more: Any) -> dict[str, Any]:
    """What the log says in clear about a step of a dispute."""
    return {
        "type": "dispute",
        "event": event,
        "number": dispute.number,
        "about": dispute.about,
        "requester": dispute.requester_id,
        "provider": dispute.provider_id,
        "dataset": dispute.dataset.code,
        "count": 1,
        **more,
    }
