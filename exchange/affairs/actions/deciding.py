"""How a decision becomes one: the move, the sealed trace, the entry, the licence and the count, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from catalog import work
from exchange.affairs import licences, sealing
from exchange.affairs.lifecycle import CaseEvent
from exchange.affairs.models import Case, Decision, Outcome, Pause
from exchange.affairs.models.cases import How
from exchange.affairs.moves import move_case
from exchange.affairs.reading import decision_context
from exchange.affairs.recorded import By, record_step, subject_of_case
from exchange.affairs.rules import Judgement
from exchange.affairs.rules.judgement import GRANT, OFFICER, REFUSE

COUNT_WORK = "oversight.count_case"


@dataclass(frozen=True)
class Ruling:
    """What is decided and by whom: `person` None for the published rule alone. `reasons` is what an officer wrote."""

    judgement: Judgement
    by: By
    person: Any = None
    reasons: dict[str, str] | None = None
    kind: str = Decision.Kind.FIRST
    event: CaseEvent = CaseEvent.DECIDE

    @property
    def outcome(self) -> str:
        """GRANTED where one benefit is granted, else REFUSED."""
        return Outcome.GRANTED if self.judgement.granted else Outcome.REFUSED


def decide_case(case: Case, ruling: Ruling, *, changes_licence: bool = True) -> Decision:
    """Decide once: the conditional UPDATE lets one of any number of callers through. Raises CaseMoved for all others.

    `changes_licence` False: what was issued before stands as it is.
    """
    now = timezone.now()
    how = How.BY_OFFICER if ruling.person else How.AT_ONCE
    changes = {"outcome": ruling.outcome, "officer_needed": False}
    if ruling.event is CaseEvent.DECIDE:
        changes |= {"decided_at": now, "how": how}
    move_case(case, ruling.event, **changes)
    Pause.objects.filter(case=case, until__isnull=True).update(until=timezone.localdate())
    leaf = record_step(case, ruling.event, by=ruling.by, outcome=ruling.outcome, rule=case.version.hash)
    decision = _write(case, ruling, how, now, leaf)
    if decision.outcome == Outcome.GRANTED and changes_licence:
        licences.issue(case, decision, ruling.judgement, at=now)
    work.enqueue(COUNT_WORK, case.pk)
    return decision


def _write(case: Case, ruling: Ruling, how: How, now: Any, leaf: bytes) -> Decision:
    subject, place = subject_of_case(case), decision_context(case, ruling.kind)
    key = sealing.key_of(subject)
    reasons = sealing.seal(subject, ruling.reasons, context=f"{place}:reasons", key=key) if ruling.reasons else None
    return Decision.objects.create(
        case=case,
        kind=ruling.kind,
        outcome=ruling.outcome,
        how=how,
        trace=sealing.seal(subject, ruling.judgement.to_json(), context=place, key=key),
        reasons=reasons,
        decided_at=now,
        decided_by=ruling.person,
        leaf=leaf,
    )


def judged_by_officer(judgement: Judgement, outcome: str, benefits: Iterable[str] | None = None) -> Judgement:
    """The rule's judgement with a person's word where the rule left it to one.

    GRANTED grants every benefit that the rule did not decide (or those named in `benefits`); the others are refused.
    """
    chosen = None if benefits is None else set(benefits)
    ruled = []
    for benefit in judgement.benefits:
        if benefit.outcome == OFFICER:
            grants = outcome == Outcome.GRANTED and (chosen is None or benefit.code in chosen)
            benefit = replace(benefit, outcome=GRANT if grants else REFUSE)
        ruled.append(benefit)
    return Judgement(_overall(ruled), tuple(ruled))


def judged_again(judgement: Judgement, benefits: Iterable[str] | None = None) -> Judgement:
    """After an appeal that was upheld: what had been refused is granted (or, of it, what `benefits` names)."""
    chosen = None if benefits is None else set(benefits)
    ruled = tuple(
        replace(benefit, outcome=GRANT) if benefit.outcome == REFUSE and (chosen is None or benefit.code in chosen) else benefit
        for benefit in judgement.benefits
    )
    return Judgement(_overall(ruled), ruled)


def _overall(benefits: Iterable[Any]) -> str:
    return GRANT if any(benefit.outcome == GRANT for benefit in benefits) else REFUSE
