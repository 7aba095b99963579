"""What a matter asks, of which office, why, and which papers that spares: its plan in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.models import Dataset, Department
from exchange.affairs.rules import MatterPlan, Requirement
from exchange.affairs.rules.matter import RequirementKind
from exchange.portal.templatetags.look_text import bilingual

SPARED = frozenset({"ABOLISHED", "SHARED", "VERIFIED", "LICENCE", "DEPARTMENT_CHECK", "COMMITMENT"})


@dataclass(frozen=True)
class Question:
    """One requirement before it is asked. `offices` in the order in which they are asked; none: the person says it."""

    code: str
    title: str
    why: str
    article: str
    offices: tuple[str, ...]
    is_told: bool
    is_value: bool
    justified: str


@dataclass(frozen=True)
class Paper:
    """A paper that people had to bring: what takes its place, and who answers instead."""

    title: str
    disposition: str
    is_spared: bool
    instead: tuple[str, ...]
    offices: tuple[str, ...]


def questions_of(plan: MatterPlan) -> list[Question]:
    """The requirements in the order of the file."""
    names = offices_by_dataset(plan)
    return [_question(requirement, names) for requirement in plan.requirements.values()]


def offices_by_dataset(plan: MatterPlan) -> dict[str, str]:
    """Dataset code to the name of the office that keeps it, for all that the plan asks."""
    return office_names(source.dataset for requirement in plan.requirements.values() for source in requirement.sources)


def _question(requirement: Requirement, names: Mapping[str, str]) -> Question:
    return Question(
        code=requirement.code,
        title=bilingual(requirement.title),
        why=bilingual(requirement.why),
        article=bilingual(requirement.article),
        offices=_offices(requirement, names),
        is_told=requirement.kind is RequirementKind.SELF_PROVIDED,
        is_value=requirement.kind is RequirementKind.VALUES,
        justified=bilingual(requirement.value_justified),
    )


def _offices(requirement: Requirement, names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names[source.dataset] for source in requirement.sources if source.dataset in names))


def offices_of(questions: Iterable[Question]) -> list[str]:
    """Every office that may be asked, once."""
    return list(dict.fromkeys(office for question in questions for office in question.offices))


def papers_of(plan: MatterPlan) -> list[Paper]:
    """The papers of former times, and what took the place of each."""
    names = offices_by_dataset(plan)
    return [
        Paper(
            bilingual(material.title),
            material.disposition,
            material.disposition in SPARED,
            tuple(bilingual(plan.requirements[code].title) for code in material.spared_by if code in plan.requirements),
            tuple(
                dict.fromkeys(
                    o for code in material.spared_by if code in plan.requirements for o in _offices(plan.requirements[code], names)
                )
            ),
        )
        for material in plan.materials
    ]


def office_names(datasets: Iterable[str]) -> dict[str, str]:
    """Dataset code to the name of the office that keeps it."""
    rows = Dataset.objects.filter(code__in=set(datasets)).select_related("provider")
    return {row.code: row.provider.name for row in rows}


def department_names() -> dict[str, str]:
    """Every office's name by its code: there are few."""
    return {office.code: office.name for office in Department.objects.all()}


def department_name(code: str) -> str:
    """The office's name; its code where the office is not known here."""
    found = Department.objects.filter(code=code).first()
    return found.name if found else code


def days_of(plan: MatterPlan) -> Mapping[str, Any]:
    """Working days by name: statutory, committed."""
    days: Mapping[str, Any] = plan.content.get("days", {})
    return days
