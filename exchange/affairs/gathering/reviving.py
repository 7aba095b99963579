"""Asking that was given up after too many faults of ours begins again: no citizen waits for ever for work that nobody does."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from catalog.lifecycle import WorkState
from catalog.models import Work
from exchange.affairs.gathering.outcomes import WAITING
from exchange.affairs.gathering.rounds import WORK, enqueue_gathering
from exchange.affairs.lifecycle import CaseState, EvidenceState
from exchange.affairs.models import Case

_UNANSWERED = (EvidenceState.ASKED, EvidenceState.PROVIDER_DOWN)
_ALIVE = (WorkState.WAITING, WorkState.LEASED)
MOST_AT_ONCE = 200


def revive_gathering() -> int:
    """Begin the asking anew for cases that wait for an answer and that no work belongs to; how many. Run by the tick."""
    waits = Q(state=CaseState.GATHERING)
    waits |= Q(state__in=(CaseState.PREVIEW, CaseState.SUBMITTED), evidence_set__evidence__state__in=_UNANSWERED)
    waits |= Q(
        state__in=(CaseState.PREVIEW, CaseState.SUBMITTED),
        evidence_set__evidence__state=EvidenceState.WAITING_FOR_OFFICER,
        evidence_set__evidence__reason=WAITING,
    )
    held = set(Work.objects.filter(name=WORK, state__in=_ALIVE).values_list("target", flat=True))
    rows = Case.objects.filter(waits).distinct().order_by("requested_at")
    left = [case for case in rows.iterator() if str(case.pk) not in held][:MOST_AT_ONCE]
    for case in left:
        with transaction.atomic():
            enqueue_gathering(case)
    return len(left)
