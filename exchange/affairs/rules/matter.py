"""A service matter as its file says it, typed: what is asked of whom, what decides, what is granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.rules.answers import Answer, Found
from exchange.affairs.rules.tree import Rule

Text = Mapping[str, str]  # {"en": …, "zh": …}


class RequirementKind(StrEnum):
    """Whether a yes or no is asked, records are asked, or the citizen says it."""

    FACT = "fact"
    VALUES = "values"
    SELF_PROVIDED = "self_provided"


@dataclass(frozen=True)
class Reference:
    """A value that an earlier requirement's answer gives; `kind` is the identifier's kind where it names a person."""

    requirement: str
    item: str
    kind: str = ""


@dataclass(frozen=True)
class Source:
    """One place where a requirement may be asked: a fact, or items, of a dataset, for a purpose."""

    dataset: str
    fact: str
    items: tuple[str, ...]
    parameters: Mapping[str, Any]  # plain JSON, or a Reference
    purpose: str

    @property
    def references(self) -> tuple[Reference, ...]:
        """Parameters that an earlier answer gives."""
        return tuple(value for value in self.parameters.values() if isinstance(value, Reference))


@dataclass(frozen=True)
class Asking:
    """One question that can be sent now. `subject` is (kind, identifier), or None for the applicant."""

    requirement: str
    source: int
    dataset: str
    fact: str
    items: tuple[str, ...]
    parameters: Mapping[str, Any]
    purpose: str
    subject: tuple[str, str] | None

    def __repr__(self) -> str:
        return f"Asking({self.requirement!r}, {self.dataset!r}, …)"


@dataclass(frozen=True)
class Requirement:
    """One thing that must be known. Its texts are what the citizen reads before and after the question."""

    code: str
    kind: RequirementKind
    title: Text
    why: Text
    article: Text
    about: Reference | None
    sources: tuple[Source, ...]
    says: Mapping[str, Text]
    fallbacks: tuple[str, ...]
    needed: bool
    commitment: Text | None  # the sentence that a citizen promises
    commitment_counts: bool  # whether the promise counts as YES; else an officer looks
    value_justified: Text | None
    answer_form: Mapping[str, Any]  # of a self-provided one: its members, each with title, pattern, longest

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every earlier answer that it waits for."""
        within = tuple(reference for source in self.sources for reference in source.references)
        return within if self.about is None else (self.about, *within)


@dataclass(frozen=True)
class Wording:
    """Why a condition fails or is not known, and what the citizen can do."""

    reason: Text
    remedy: Text


@dataclass(frozen=True)
class Condition:
    """A named condition: it holds when the requirement's answer is the one expected."""

    code: str
    requirement: str
    expects: Answer
    title: Text
    article: Text
    when_no: Wording | None
    when_unknown: Wording


@dataclass(frozen=True)
class Grant:
    """What a benefit gives: money each month, or a licence. `amount` is decimal text."""

    kind: str
    amount: str = ""
    currency: str = ""
    per: str = ""
    starts: str = ""


@dataclass(frozen=True)
class Benefit:
    """One thing that is granted or not by itself. Where `refuses` is False, a NO goes to an officer."""

    code: str
    title: Text
    rule: Rule
    refuses: bool
    grant: Grant


@dataclass(frozen=True)
class Material:
    """A paper that people had to bring, what became of it, and the requirements whose exchanges replace it."""

    code: str
    title: Text
    disposition: str
    spared_by: tuple[str, ...]


@dataclass(frozen=True)
class Payment:
    """Where money goes: the requirement that found the account, the one in which the citizen names another, the day."""

    account: str
    other_account: str
    by_day: int


@dataclass(frozen=True)
class Proactive:
    """How a matter is offered without application: who is listed, which conditions are looked at again, when it stops."""

    dataset: str
    items: tuple[str, ...]
    row_filter: Mapping[str, Any]
    purpose: str
    checks: tuple[str, ...]
    monthly: bool
    objection_days: int
    stops_when: Mapping[str, Answer]


@dataclass(frozen=True)
class MatterPlan:
    """A whole matter. `content` is the document that it was read from."""

    content: Mapping[str, Any] = field(repr=False)
    code: str
    slug: str
    title: Text
    summary: Text
    lead: str
    joint: tuple[str, ...]
    purpose: str
    identifier_kinds: tuple[str, ...]
    materials: tuple[Material, ...]
    requirements: Mapping[str, Requirement]
    conditions: Mapping[str, Condition]
    benefits: tuple[Benefit, ...]
    payment: Payment | None
    licence: Mapping[str, Any] | None
    proactive: Proactive | None

    def ready(self, found: Mapping[str, Found]) -> list[Asking]:
        """What can be asked in the next round, each at its first source: not asked yet, and all that it takes is there."""
        askings = (self.asking(code, found) for code, requirement in self.requirements.items() if _is_open(requirement, found))
        return [asking for asking in askings if asking is not None]

    def asking(self, code: str, found: Mapping[str, Found], *, source: int = 0) -> Asking | None:
        """The question of one requirement at one of its sources; None where there is no such source, or a part is missing."""
        requirement = self.requirements[code]
        if source >= len(requirement.sources):
            return None
        place = requirement.sources[source]
        needed = place.references if requirement.about is None else (requirement.about, *place.references)
        taken = {reference: _value_of(reference, found) for reference in needed}
        if any(value is None for value in taken.values()):
            return None
        parameters = {name: taken[value] if isinstance(value, Reference) else value for name, value in place.parameters.items()}
        subject = None if requirement.about is None else (requirement.about.kind, str(taken[requirement.about]))
        return Asking(code, source, place.dataset, place.fact, place.items, parameters, place.purpose, subject)

    def unreachable(self, found: Mapping[str, Found]) -> list[str]:
        """Requirements that wait for an answer which has come, or will never come, without what they need."""
        lost: set[str] = set()
        while True:
            new = {code for code, need in self.requirements.items() if code not in lost and self._is_lost(need, found, lost)}
            if not new:
                return [code for code in self.requirements if code in lost]
            lost |= new

    def _is_lost(self, requirement: Requirement, found: Mapping[str, Found], lost: set[str]) -> bool:
        if not _is_open(requirement, found):
            return False
        waits = [reference for reference in requirement.references if _value_of(reference, found) is None]
        return any(reference.requirement in lost or _is_settled(found.get(reference.requirement)) for reference in waits)


def _is_open(requirement: Requirement, found: Mapping[str, Found]) -> bool:
    if requirement.kind is RequirementKind.SELF_PROVIDED:
        return False
    piece = found.get(requirement.code)
    return piece is None or piece.state == EvidenceState.ASKED


def _is_settled(piece: Found | None) -> bool:
    return piece is not None and piece.state not in (EvidenceState.ASKED, EvidenceState.PROVIDER_DOWN)


def _value_of(reference: Reference, found: Mapping[str, Found]) -> Any:
    """The one value that the earlier answer gives. Several different ones give none: a person must look."""
    piece = found.get(reference.requirement)
    if piece is None or piece.is_contested:
        return None
    values: Sequence[Any] = [record.get(reference.item) for record in piece.values]
    return values[0] if values and all(value == values[0] for value in values) else None
