"""What a run asks about each person, and what the answers mean. Pure.

Only a clear YES to everything makes an offer; only a clear NO ends what runs. UNKNOWN does neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.affairs.rules.answers import Answer
from exchange.affairs.rules.matter import Condition, MatterPlan, Requirement, RequirementKind, Source

SELF_PROVIDED = "SELF_PROVIDED"


@dataclass(frozen=True)
class Told:
    """One answer about one person: what was said, as of when, and in which OfferBatch (its row's number)."""

    answer: str
    as_of: str
    batch: int

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, to be sealed."""
        return {"answer": self.answer, "as_of": self.as_of, "batch": self.batch}


TellsAll = Mapping[str, Told]  # requirement code → answer


@dataclass(frozen=True)
class Check:
    """One requirement that a run asks about: a fact of one dataset."""

    requirement: str
    source: Source

    @property
    def fact(self) -> dict[str, Any]:
        """The fact as it is sent."""
        parameters = dict(self.source.parameters)
        return {"fact": self.source.fact, "with": parameters} if parameters else {"fact": self.source.fact}

    def is_answered_by(self, line: Mapping[str, Any]) -> bool:
        """Whether a line of a batch's answer is about this fact, with these parameters."""
        return line["fact"] == self.source.fact and dict(line.get("with") or {}) == dict(self.source.parameters)


def checks_of(plan: MatterPlan) -> dict[tuple[str, str], list[Check]]:
    """The run's checks by (dataset, purpose): what one batch can ask together. Empty where the matter is not proactive."""
    asked: dict[tuple[str, str], list[Check]] = {}
    for code in plan.proactive.checks if plan.proactive else ():
        source = plan.requirements[code].sources[0]
        asked.setdefault((source.dataset, source.purpose), []).append(Check(code, source))
    return asked


def reasons_against(plan: MatterPlan) -> list[str]:
    """Why a matter cannot be offered by itself: it asks for a paper, or for a word without which nothing is decided."""
    if plan.proactive is None:
        return ["proactive"]
    papers = [material.code for material in plan.materials if material.disposition == SELF_PROVIDED]
    words = [need.code for need in plan.requirements.values() if need.kind is RequirementKind.SELF_PROVIDED and need.needed]
    open_ended = [code for code in plan.proactive.checks if not _is_a_plain_fact(plan.requirements[code])]
    return [*papers, *words, *open_ended]


def _is_a_plain_fact(requirement: Requirement) -> bool:
    return requirement.kind is RequirementKind.FACT and not requirement.references and bool(requirement.sources)


def is_met(plan: MatterPlan, told: TellsAll) -> bool:
    """Whether everything that the run checks holds for sure."""
    return all(_holds(plan, told, code) is Answer.YES for code in _checked(plan))


def failed(plan: MatterPlan, told: TellsAll) -> str:
    """The first requirement whose answer is a clear NO to its condition; what the matter says ends it comes first."""
    ends = [code for code, answer in _stops(plan).items() if code in told and told[code].answer == answer.value]
    denied = [code for code in _checked(plan) if _holds(plan, told, code) is Answer.NO]
    return next(iter([*ends, *denied]), "")


def condition_of(plan: MatterPlan, requirement: str) -> Condition | None:
    """The condition that a requirement is asked for."""
    return next((condition for condition in plan.conditions.values() if condition.requirement == requirement), None)


def _checked(plan: MatterPlan) -> Sequence[str]:
    return plan.proactive.checks if plan.proactive else ()


def _stops(plan: MatterPlan) -> Mapping[str, Answer]:
    return plan.proactive.stops_when if plan.proactive else {}


def _holds(plan: MatterPlan, told: TellsAll, code: str) -> Answer:
    if code not in told:
        return Answer.UNKNOWN
    answer, condition = Answer(told[code].answer), condition_of(plan, code)
    return answer if condition is None or condition.expects is Answer.YES else answer.opposite
