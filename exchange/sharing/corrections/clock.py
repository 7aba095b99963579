"""By when a correction must be answered, and what is said while it is not."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from audit import trail
from catalog.clocks import Due, History, Stay, due_by
from exchange.sharing import jurisdiction
from exchange.sharing.clocks.pauses import ClockOf, pauses_of, stands
from exchange.sharing.clocks.stages import DueThing, Kinds, forget_stages, remind_of
from exchange.sharing.lifecycle.corrections import CorrectionState
from exchange.sharing.models import ClockKind, CorrectionRequest, ReminderKind

RULE = "correction_request"
KINDS = Kinds(ReminderKind.CORRECTION_DUE, ReminderKind.CORRECTION_OVERDUE, ReminderKind.CORRECTION_ESCALATED)


def clock_of(correction: CorrectionRequest) -> ClockOf:
    """Which clock it is."""
    return ClockOf(ClockKind.CORRECTION, str(correction.pk))


def due_since(since: date, today: date, clock: ClockOf | None = None) -> Due:
    """The last day for an answer that is owed since that day."""
    history = History((Stay("answer", since),), pauses_of(clock) if clock else ())
    return due_by(jurisdiction.time_limit(RULE), history, calendar=jurisdiction.calendar(), today=today)


def columns_of(due: Due) -> dict[str, Any]:
    """A date as the rows have it."""
    return {"due_on": due.on, "due_provisional": due.is_provisional, "due_verified": due.is_verified}


def recompute(correction: CorrectionRequest, today: date) -> None:
    """Write the date anew, where it moved."""
    due = due_since(correction.running_since, today, clock_of(correction))
    if (due.on, due.is_provisional, due.is_verified) == (correction.due_on, correction.due_provisional, correction.due_verified):
        return
    if due.on != correction.due_on:
        forget_stages(correction.number, KINDS)
    CorrectionRequest.objects.filter(pk=correction.pk).update(**columns_of(due))
    correction.refresh_from_db()


def due_reminders(today: date) -> None:
    """What the tick does for corrections: dates anew, then what is to be said."""
    for correction in CorrectionRequest.objects.filter(state=CorrectionState.OPEN).select_related("provider", "dataset").order_by("pk"):
        recompute(correction, today)
        if stands(clock_of(correction)):
            continue
        if remind_of(DueThing(correction.number, correction.provider, correction.due_on), KINDS, today):
            with transaction.atomic():
                trail.record(route_of(correction, "overdue", side=correction.provider_id, acting="hub"))


def route_of(correction: CorrectionRequest, event: str, **more: Any) -> dict[str, Any]:
    """What the log says in clear about a step of a correction."""
    return {
        "type": "department_correction",
        "event": event,
        "number": correction.number,
        "requester": correction.requester_id,
        "provider": correction.provider_id,
        "dataset": correction.dataset.code,
        "count": 1,
        **more,
    }
