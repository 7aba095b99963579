"""Questions that an officer has claimed: shown and handed over when that person leaves (exchange/accounts/open_work.py)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import trail
from catalog.models import Department
from exchange.accounts.acting import works_for
from exchange.accounts.models import Role
from exchange.accounts.open_work import Piece
from exchange.delivery.models import OfficerQuestion
from exchange.delivery.officer.lifecycle import OfficerState

EVENT = "hand_over"


class ClaimedQuestions:
    """Nobody who also works for the department that asks gets one: such a question goes back into the queue."""

    title = _("Claimed questions to our registers")
    role = Role.OFFICER

    def pieces(self, person: Any, department: Department) -> list[Piece]:
        """One piece a question, by dataset and last day."""
        return [Piece(f"{row.dataset} · {row.due_on}") for row in _of(person, department).order_by("due_on", "pk")]

    @transaction.atomic
    def hand_over(self, person: Any, to: Any, department: Department) -> int:
        """They are claimed by `to` from now on, or wait in the queue again; their last day stays."""
        questions = list(_of(person, department).select_for_update())
        for question in questions:
            _give(question, None if question.requester_id in works_for(to) - {department.code} else to)
        return len(questions)


def _of(person: Any, department: Department) -> QuerySet[OfficerQuestion]:
    return OfficerQuestion.objects.filter(claimed_by=person.pk, provider=department, state=OfficerState.CLAIMED)


def _give(question: OfficerQuestion, to: Any | None) -> None:
    if to is None:
        changes: dict[str, Any] = {"state": OfficerState.WAITING, "claimed_by": None, "claimed_at": None}
    else:
        changes = {"claimed_by": to, "claimed_at": timezone.now()}
    OfficerQuestion.objects.filter(pk=question.pk).update(**changes)
    trail.record(
        {
            "type": "officer",
            "event": EVENT,
            "provider": question.provider_id,
            "requester": question.requester_id,
            "dataset": question.dataset,
            "to": str(to.pk) if to else "",
            "count": 1,
        }
    )
