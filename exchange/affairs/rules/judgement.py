"""A decision's explanation as data: one line a condition, kept with the case and read by citizen and officer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

GRANT, REFUSE, OFFICER = "GRANT", "REFUSE", "OFFICER"


@dataclass(frozen=True)
class Line:
    """One condition of a benefit: its answer, where that came from and when, and what the citizen can do.

    `would_change` says that another answer to this condition alone would change the benefit's outcome.
    """

    condition: str
    title: Mapping[str, str]
    answer: str
    requirement: str
    source: str
    provider: str
    as_of: str
    article: Mapping[str, str]
    reason: Mapping[str, str]
    remedy: Mapping[str, str]
    would_change: bool
    source_state: str


@dataclass(frozen=True)
class BenefitJudgement:
    """One benefit's outcome. `because` names the conditions that caused a NO, without a spare one; else it is empty."""

    code: str
    title: Mapping[str, str]
    outcome: str
    lines: tuple[Line, ...]
    because: tuple[str, ...]

    @property
    def causes(self) -> tuple[Line, ...]:
        """The lines of the conditions that caused it."""
        return tuple(line for line in self.lines if line.condition in self.because)


@dataclass(frozen=True)
class Judgement:
    """A matter's outcome: OFFICER where one benefit needs a person, else GRANT where one is granted, else REFUSE."""

    outcome: str
    benefits: tuple[BenefitJudgement, ...]

    @property
    def granted(self) -> tuple[BenefitJudgement, ...]:
        """The benefits that the rule grants."""
        return tuple(benefit for benefit in self.benefits if benefit.outcome == GRANT)

    def benefit(self, code: str) -> BenefitJudgement:
        """One benefit's judgement. Raises KeyError."""
        return {benefit.code: benefit for benefit in self.benefits}[code]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, for `from_json`."""
        return {"outcome": self.outcome, "benefits": [_benefit_json(benefit) for benefit in self.benefits]}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Judgement:
        """The judgement that `to_json` wrote."""
        return cls(document["outcome"], tuple(_benefit(benefit) for benefit in document["benefits"]))


def _benefit_json(benefit: BenefitJudgement) -> dict[str, Any]:
    document = asdict(benefit)
    return {**document, "lines": list(document["lines"]), "because": list(benefit.because)}


def _benefit(document: Mapping[str, Any]) -> BenefitJudgement:
    lines = tuple(Line(**line) for line in document["lines"])
    return BenefitJudgement(document["code"], document["title"], document["outcome"], lines, tuple(document["because"]))
