"""The third step: what came back is committed, each piece once, with its pauses, its next try and the case's own step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from exchange.accounts.subject import Subject
from exchange.affairs import sealing
from exchange.affairs.clock import PROVIDER_DOWN, close_pause, open_pause
from exchange.affairs.gathering.outcomes import Outcome
from exchange.affairs.lifecycle import CaseState, EvidenceEvent, EvidenceState
from exchange.affairs.models import Case, Evidence
from exchange.affairs.moves import hold_case, try_evidence
from exchange.affairs.reading import evidence_context
from exchange.affairs.recorded import THE_HUB, record_step
from exchange.affairs.rules import MatterPlan

UNDECIDED = (CaseState.GATHERING, CaseState.PREVIEW, CaseState.SUBMITTED)
FIRST_RETRY = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
MOST_ATTEMPTS = 32_000  # what the column holds: a register that is silent for months is asked on
NOTHING_TO_ASK_WITH = "NOTHING_TO_ASK_WITH"


@dataclass(frozen=True)
class Kept:
    """One outcome with the columns that it writes, already sealed."""

    row: Evidence
    outcome: Outcome
    changes: Mapping[str, Any]
    has_another: bool


def prepare(subject: Subject, outcomes: Sequence[tuple[Evidence, Outcome]], plan: MatterPlan) -> list[Kept]:
    """Seal what came back, before the write transaction begins."""
    key = sealing.key_of(subject)
    return [
        Kept(row, outcome, _columns(subject, key, row, outcome), row.source + 1 < len(plan.requirements[row.requirement].sources))
        for row, outcome in outcomes
    ]


def keep(case: Case, came: Sequence[Kept], number: int) -> None:
    """Write round `number` in the caller's transaction; holds the case. Raises CaseMoved after a withdrawal."""
    hold_case(case, *UNDECIDED)
    for kept in came:
        _keep_one(case, kept, number)


def keep_unreachable(case: Case, rows: Sequence[Evidence]) -> None:
    """Say of requirements whose question cannot be put (an earlier answer lacks what it takes) that nothing was found."""
    with transaction.atomic():
        hold_case(case, *UNDECIDED)
        for row in rows:
            try_evidence(row, EvidenceEvent.FIND_NOTHING, reason=NOTHING_TO_ASK_WITH, answered_at=timezone.now())


def wait_after(attempts: int) -> timedelta:
    """How long to wait before asking a silent provider again: longer each time, five minutes at most."""
    return min(FIRST_RETRY * (1 << min(attempts, 10)), LONGEST_WAIT)


def _columns(subject: Subject, key: bytes, row: Evidence, outcome: Outcome) -> dict[str, Any]:
    grounds, place = outcome.question.grounds, evidence_context(row)
    told: dict[str, Any] = {
        "dataset": outcome.question.asking.dataset,
        "provider": grounds.provider,
        "agreement": _agreement_of(outcome),
        "reason": outcome.reason,
        "leaf": outcome.leaf,
        "answered_at": timezone.now(),
    }
    if outcome.found is not None:
        told["found"] = sealing.seal(subject, outcome.found, context=place, key=key)
    if outcome.receipt is not None:
        told["receipt"] = sealing.seal(subject, outcome.receipt, context=f"{place}:receipt", key=key)
    return told


def _agreement_of(outcome: Outcome) -> str:
    """The one under which it was asked: an answer that is waited for is collected under no other."""
    if outcome.question.pending:
        return outcome.question.pending[0]
    policy = outcome.question.grounds.policy
    return policy.agreement if policy else ""


def _keep_one(case: Case, kept: Kept, number: int) -> None:
    row, event, changes = kept.row, kept.outcome.event, {**kept.changes, "round": number}
    # asked again by hand, a piece has the reason of its silence still, and its pause is open
    was_down = row.state == EvidenceState.PROVIDER_DOWN or bool(row.reason)
    if kept.outcome.is_down:
        _keep_down(case, row, changes)
        return
    if event is EvidenceEvent.WAIT_FOR_OFFICER:
        again = timezone.now() + wait_after(row.attempts)
        try_evidence(row, event, **changes, attempts=min(row.attempts + 1, MOST_ATTEMPTS), next_try_at=again)
        return
    if event is EvidenceEvent.PROVIDER_REFUSES and kept.has_another:
        event, changes = EvidenceEvent.ASK_NEXT, {**changes, "source": row.source + 1, "attempts": 0}
    moved = try_evidence(row, event, **changes, next_try_at=None)
    if moved and was_down and close_pause(case, PROVIDER_DOWN, row.requirement):
        record_step(case, "provider_back", by=THE_HUB, requirement=row.requirement)


def _keep_down(case: Case, row: Evidence, changes: Mapping[str, Any]) -> None:
    again = timezone.now() + wait_after(row.attempts)
    if not try_evidence(row, EvidenceEvent.PROVIDER_FAILS, **changes, attempts=min(row.attempts + 1, MOST_ATTEMPTS), next_try_at=again):
        return
    if open_pause(case, PROVIDER_DOWN, row.requirement):
        record_step(case, "provider_down", by=THE_HUB, requirement=row.requirement)
