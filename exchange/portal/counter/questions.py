"""What a counter shows of a case: each question, whom it goes to, and the answer in a word. Never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalog.models import Dataset
from exchange.affairs.models import Case, Matter
from exchange.portal.templatetags.look_text import bilingual

UNANSWERED = frozenset({"ASKED", "PROVIDER_DOWN", "WAITING_FOR_OFFICER"})


@dataclass(frozen=True)
class Question:
    """One question: its text, the office that is asked and why; `word` is the answer or the state, for a chip."""

    code: str
    title: str
    office: str
    why: str
    word: str = ""
    sentence: str = ""
    may_dispute: bool = False


def questions_of(matter: Matter) -> list[Question]:
    """What will be asked, before anything is."""
    content = matter.current.content if matter.current else {}
    return _questions(content, {})


def answers_of(case: Case) -> list[Question]:
    """What was asked, with the answers so far."""
    from exchange.affairs.reading import found_of

    return _questions(case.version.content, found_of(case))


def _questions(content: Mapping[str, Any], found: Mapping[str, Any]) -> list[Question]:
    asked = [requirement for requirement in content.get("requirements", ()) if requirement.get("sources")]
    codes = {source["dataset"] for requirement in asked for source in requirement["sources"]}
    offices = {dataset.code: dataset.provider.name for dataset in Dataset.objects.filter(code__in=codes).select_related("provider")}
    return [_question(requirement, offices, found.get(requirement["code"])) for requirement in asked]


def _question(requirement: Mapping[str, Any], offices: Mapping[str, str], found: Any) -> Question:
    dataset = requirement["sources"][0]["dataset"]
    told = Question(
        code=requirement["code"],
        title=bilingual(requirement["title"]),
        office=offices.get(found.source if found and found.source else dataset, dataset),
        why=bilingual(requirement.get("why") or ""),
    )
    if found is None:
        return told
    state = str(found.state)
    is_given = state == "FETCHED"
    answer = "YES" if found.values else found.answer
    said = bilingual(requirement.get("says", {}).get(answer) or "") if is_given else ""
    return replace(told, word=answer if is_given else state, sentence=said, may_dispute=state in {"FETCHED", "NO_RECORD"})
