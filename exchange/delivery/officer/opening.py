"""Questions enter the queue and leave it together with their errand, in its transaction: none is forgotten, none stays behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from catalog.clocks import Due, TimeLimit, due
from catalog.stores import OFFICER
from exchange.delivery.models import Errand, OfficerQuestion
from exchange.delivery.officer.lifecycle import OFFICER as MOVES
from exchange.delivery.officer.lifecycle import OfficerEvent
from exchange.sharing.jurisdiction import calendar

RULE = "officer_answer"


def open_questions(errands: Sequence[tuple[Errand, Mapping[str, Any]]]) -> None:
    """Put the errands of officers' registers, each with its signed version, into the queues. Call it where they are inserted."""
    rows = [_question(errand, document) for errand, document in errands if errand.store_kind == OFFICER]
    if rows:
        OfficerQuestion.objects.bulk_create(rows)


def _question(errand: Errand, document: Mapping[str, Any]) -> OfficerQuestion:
    until = answer_due(document, received=errand.created_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date())
    return OfficerQuestion(
        errand=errand,
        provider_id=errand.provider,
        requester_id=errand.department,
        dataset=errand.dataset,
        created_at=errand.created_at,
        due_on=until.on,
        due_is_provisional=until.is_provisional,
    )


def answer_due(document: Mapping[str, Any], *, received: date) -> Due:
    """By when an officer answers: the working days that the provider signed; the day of receipt is not counted."""
    limit = TimeLimit(RULE, int(document["store"]["working_days"]), 0, article={}, verified_on=received)
    return due(limit, received=received, calendar=calendar())


def end_question(errand_id: str, *, is_answered: bool, reason: str, answered_by: str, at: datetime) -> None:
    """The errand has its outcome: so has the question, if it is one of the queue. Call it in the outcome's transaction."""
    sources, target = MOVES[OfficerEvent.ANSWER if is_answered else OfficerEvent.END_UNANSWERED]
    rows = OfficerQuestion.objects.filter(pk=errand_id, state__in=sources)
    rows.update(state=target, reason=reason[:24], answered_by=answered_by or None, ended_at=at)
