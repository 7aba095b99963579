"""A decision as the person reads it: what was granted, what was not and why, which answer it rests on, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from exchange.affairs.licences.issuing import NothingGranted, granted_benefits
from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.models import Case, Decision
from exchange.affairs.models.cases import How, Outcome
from exchange.affairs.reading import decision_of, judgement_of, plan_of, reasons_of
from exchange.affairs.rules import BenefitJudgement, Judgement, Line, MatterPlan
from exchange.affairs.rules.judgement import GRANT, REFUSE
from exchange.affairs.rules.matter import Benefit
from exchange.portal.citizen import words
from exchange.portal.citizen.asked import office_names
from exchange.portal.templatetags.look_text import bilingual
from exchange.portal.tones import Face


@dataclass(frozen=True)
class Ground:
    """One condition in a decision: what was asked, what the office said and when, by which article, what would change it."""

    title: str
    answer: Any
    office: str
    as_of: str
    article: str
    reason: str
    remedy: str
    requirement: str
    decides: bool
    face: Face


@dataclass(frozen=True)
class Granted:
    """One benefit and its outcome. `because` are the grounds that caused it, `grounds` all of them."""

    title: str
    face: Face
    outcome: str
    amount: str
    currency: str
    per: str
    grounds: tuple[Ground, ...]
    because: tuple[Ground, ...]


@dataclass(frozen=True)
class Ruling:
    """A whole decision. `reason`: an officer's own words; empty where the published rule decided."""

    decision: Decision
    face: Face
    benefits: tuple[Granted, ...]
    reason: str
    article: str
    by_rule: bool
    appeal: str
    appeal_article: str
    appeal_until: date | None

    @property
    def is_granted(self) -> bool:
        """Whether something was granted."""
        return self.decision.outcome == Outcome.GRANTED

    @property
    def refused(self) -> tuple[Granted, ...]:
        """Benefits that were not granted."""
        return tuple(benefit for benefit in self.benefits if benefit.outcome != GRANT)


def ruling_of(case: Case) -> Ruling | None:
    """The decision that counts now; None while there is none."""
    decision = decision_of(case)
    if decision is None:
        return None
    plan = plan_of(case)
    judgement = judgement_of(decision)
    offices = office_names(line.source for benefit in judgement.benefits for line in benefit.lines if line.source)
    granted = _granted_codes(plan, decision, judgement)
    given = reasons_of(decision)
    appeal = plan.content.get("appeal") or {}
    return Ruling(
        decision=decision,
        face=words.OUTCOMES[decision.outcome],
        benefits=tuple(_granted(plan, benefit, offices, granted) for benefit in judgement.benefits),
        reason=given.get("reason", ""),
        article=given.get("article", ""),
        by_rule=decision.how == How.AT_ONCE,
        appeal=bilingual(appeal.get("text")),
        appeal_article=bilingual(appeal.get("article")),
        appeal_until=_until(decision, plan),
    )


def _granted_codes(plan: MatterPlan, decision: Decision, judgement: Judgement) -> set[str]:
    """What the licence grants, so that page and licence say the same."""
    if decision.outcome != Outcome.GRANTED:
        return set()
    try:
        return {benefit.code for benefit in granted_benefits(plan, decision, judgement)}
    except NothingGranted:
        return set()


def _until(decision: Decision, plan: MatterPlan) -> date | None:
    days = plan.content.get("objection_days")
    return timezone.localdate(decision.decided_at) + timedelta(days=int(days)) if days else None


def _granted(plan: MatterPlan, judged: BenefitJudgement, offices: Mapping[str, str], granted: set[str]) -> Granted:
    benefit: Benefit | None = next((found for found in plan.benefits if found.code == judged.code), None)
    outcome = GRANT if judged.code in granted else REFUSE
    grounds = {
        line.condition: _ground(line, offices) for line in judged.lines if line.would_change or line.source_state != EvidenceState.ASKED
    }
    causes = judged.because or tuple(line.condition for line in judged.lines if line.answer == "UNKNOWN" and line.would_change)
    return Granted(
        title=bilingual(judged.title),
        face=words.BENEFITS[outcome],
        outcome=outcome,
        amount=benefit.grant.amount if benefit else "",
        currency=benefit.grant.currency if benefit else "",
        per=benefit.grant.per if benefit else "",
        grounds=tuple(grounds.values()),
        because=tuple(grounds[name] for name in causes if name in grounds),
    )


def _ground(line: Line, offices: Mapping[str, str]) -> Ground:
    return Ground(
        title=bilingual(line.title),
        answer=words.ANSWERS[line.answer],
        office=offices.get(line.source, ""),
        as_of=line.as_of,
        article=bilingual(line.article),
        reason=bilingual(line.reason),
        remedy=bilingual(line.remedy),
        requirement=line.requirement,
        decides=line.would_change,
        face=words.GROUNDS[line.answer],
    )
