"""The third step: what came back is committed, each piece once, with its pauses, its next try and the case's own step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from exchange.affairs import sealing
from exchange.affairs.clock import PROVIDER_DOWN, close_pause, open_pause
from exchange.affairs.gathering.outcomes import Outcome
from exchange.affairs.lifecycle import CaseState, EvidenceEvent, EvidenceState
from exchange.affairs.models import Case, Evidence
from exchange.affairs.moves import hold_case, try_evidence
from exchange.affairs.reading import evidence_context
from exchange.affairs.recorded import THE_HUB, record_step, subject_of_case

UNDECIDED = (CaseState.GATHERING, CaseState.PREVIEW, CaseState.SUBMITTED)
FIRST_RETRY = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
NOTHING_TO_ASK_WITH = "NOTHING_TO_ASK_WITH"


def keep(case: Case, outcomes: Sequence[Outcome], *, sources: dict[int, int]) -> None:
    """Commit a round. `sources` says by evidence how many sources its requirement has. Raises CaseMoved after a withdrawal."""
    rows = {row.pk: row for row in Evidence.objects.filter(pk__in=[outcome.question.evidence for outcome in outcomes])}
    changes = {outcome.question.evidence: _columns(case, rows[outcome.question.evidence], outcome) for outcome in outcomes}
    with transaction.atomic():
        hold_case(case, *UNDECIDED)
        for outcome in outcomes:
            row = rows[outcome.question.evidence]
            _keep_one(case, row, outcome, changes[row.pk], has_another=row.source + 1 < sources[row.pk])


def keep_unreachable(case: Case, rows: Sequence[Evidence]) -> None:
    """Say of requirements whose question cannot be put (an earlier answer lacks what it takes) that nothing was found."""
    with transaction.atomic():
        hold_case(case, *UNDECIDED)
        for row in rows:
            try_evidence(row, EvidenceEvent.FIND_NOTHING, reason=NOTHING_TO_ASK_WITH, answered_at=timezone.now())


def wait_after(attempts: int) -> timedelta:
    """How long to wait before asking a silent provider again: longer each time, five minutes at most."""
    return min(FIRST_RETRY * (1 << min(attempts, 10)), LONGEST_WAIT)


def _columns(case: Case, row: Evidence, outcome: Outcome) -> dict[str, Any]:
    """The columns of an outcome; what is personal is sealed before the write transaction begins."""
    grounds, now = outcome.question.grounds, timezone.now()
    told: dict[str, Any] = {"dataset": outcome.question.asking.dataset, "reason": outcome.reason, "leaf": outcome.leaf}
    told |= {"provider": grounds.provider, "agreement": grounds.policy.agreement if grounds.policy else ""}
    if outcome.found is None and outcome.receipt is None:
        return {**told, "answered_at": now}
    subject = subject_of_case(case)
    key, place = sealing.key_of(subject), evidence_context(row)
    if outcome.found is not None:
        told["found"] = sealing.seal(subject, outcome.found, context=place, key=key)
    if outcome.receipt is not None:
        told["receipt"] = sealing.seal(subject, outcome.receipt, context=f"{place}:receipt", key=key)
    return {**told, "answered_at": now}


def _keep_one(case: Case, row: Evidence, outcome: Outcome, changes: dict[str, Any], *, has_another: bool) -> None:
    was_down = row.state == EvidenceState.PROVIDER_DOWN or bool(row.reason)  # "ask again now" leaves the pause and its reason open
    if outcome.is_down:
        _keep_down(case, row, changes)
        return
    event = outcome.event
    if event is EvidenceEvent.PROVIDER_REFUSES and has_another:
        event, changes = EvidenceEvent.ASK_NEXT, {**changes, "source": row.source + 1, "attempts": 0}
    moved = try_evidence(row, event, **changes, next_try_at=None)
    if moved and was_down and close_pause(case, PROVIDER_DOWN, row.requirement):
        record_step(case, "provider_back", by=THE_HUB, requirement=row.requirement)


def _keep_down(case: Case, row: Evidence, changes: dict[str, Any]) -> None:
    again = timezone.now() + wait_after(row.attempts)
    if not try_evidence(row, EvidenceEvent.PROVIDER_FAILS, **changes, attempts=row.attempts + 1, next_try_at=again):
        return
    if open_pause(case, PROVIDER_DOWN, row.requirement):
        record_step(case, "provider_down", by=THE_HUB, requirement=row.requirement)
