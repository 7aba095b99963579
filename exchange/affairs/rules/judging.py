"""The judge: from what was found to an outcome for each benefit, with a reason and a remedy on every line.

Nothing that is not known refuses: what was disputed, declined, never answered or handed in as a file counts UNKNOWN,
and an outcome that hangs on an UNKNOWN goes to an officer.
"""

from __future__ import annotations

from collections.abc import Mapping

from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.rules.answers import Answer, Found
from exchange.affairs.rules.judgement import GRANT, OFFICER, REFUSE, BenefitJudgement, Judgement, Line
from exchange.affairs.rules.matter import Benefit, Condition, MatterPlan, Requirement, RequirementKind, Text
from exchange.affairs.rules.tree import causes_of_no, evaluate, names_in

NOTHING: Text = {"en": "", "zh": ""}
_GIVEN = frozenset({EvidenceState.FETCHED, EvidenceState.UPLOADED, EvidenceState.COMMITTED})


def judge(matter: MatterPlan, found: Mapping[str, Found]) -> Judgement:
    """Judge every benefit of the matter; `found` has at most one piece for each requirement."""
    answers = {name: condition_answer(matter, condition, found) for name, condition in matter.conditions.items()}
    benefits = tuple(_judge_benefit(matter, benefit, answers, found) for benefit in matter.benefits)
    return Judgement(_overall({benefit.outcome for benefit in benefits}), benefits)


def condition_answer(matter: MatterPlan, condition: Condition, found: Mapping[str, Found]) -> Answer:
    """Whether one condition holds. A promise that counts means that it holds, whichever answer was expected."""
    requirement, piece = matter.requirements[condition.requirement], found.get(condition.requirement)
    if piece is not None and piece.state == EvidenceState.COMMITTED and not piece.is_contested and requirement.commitment_counts:
        return Answer.YES
    answer = _answer(requirement, piece)
    return answer if condition.expects is Answer.YES else answer.opposite


def _answer(requirement: Requirement, piece: Found | None) -> Answer:
    if piece is None or piece.is_contested:
        return Answer.UNKNOWN
    if requirement.kind is RequirementKind.SELF_PROVIDED:
        return Answer.YES if piece.values and piece.state in _GIVEN else Answer.UNKNOWN
    if piece.state != EvidenceState.FETCHED:
        return Answer.UNKNOWN
    if requirement.kind is RequirementKind.VALUES and piece.values:
        return Answer.YES
    return Answer(piece.answer)


def _judge_benefit(matter: MatterPlan, benefit: Benefit, answers: Mapping[str, Answer], found: Mapping[str, Found]) -> BenefitJudgement:
    outcome = _outcome(benefit, answers)
    lines = tuple(
        _line(matter, matter.conditions[name], answers, found, would_change=_would_change(benefit, answers, name))
        for name in names_in(benefit.rule)
    )
    because = tuple(sorted(causes_of_no(benefit.rule, answers)))
    return BenefitJudgement(benefit.code, benefit.title, outcome, lines, because)


def _outcome(benefit: Benefit, answers: Mapping[str, Answer]) -> str:
    answer = evaluate(benefit.rule, answers)
    if answer is Answer.YES:
        return GRANT
    return REFUSE if answer is Answer.NO and benefit.refuses else OFFICER


def _would_change(benefit: Benefit, answers: Mapping[str, Answer], name: str) -> bool:
    others = {Answer.YES, Answer.NO} - {answers[name]}
    now = evaluate(benefit.rule, answers)
    return any(evaluate(benefit.rule, {**answers, name: other}) is not now for other in others)


def _line(
    matter: MatterPlan, condition: Condition, answers: Mapping[str, Answer], found: Mapping[str, Found], *, would_change: bool
) -> Line:
    answer = answers[condition.code]
    piece = found.get(condition.requirement) or Found(condition.requirement, EvidenceState.ASKED)
    reason, remedy = _words(matter.requirements[condition.requirement], condition, answer)
    return Line(
        condition=condition.code,
        title=condition.title,
        answer=answer.value,
        requirement=condition.requirement,
        source=piece.source,
        provider=piece.provider,
        as_of=piece.as_of,
        article=condition.article,
        reason=reason,
        remedy=remedy,
        would_change=would_change,
        source_state=str(piece.state),
    )


def _words(requirement: Requirement, condition: Condition, answer: Answer) -> tuple[Text, Text]:
    if answer is Answer.YES:
        return requirement.says.get(condition.expects.value, condition.title), NOTHING
    wording = condition.when_no if answer is Answer.NO and condition.when_no else condition.when_unknown
    return wording.reason, wording.remedy


def _overall(outcomes: set[str]) -> str:
    if OFFICER in outcomes:
        return OFFICER
    return GRANT if GRANT in outcomes else REFUSE
