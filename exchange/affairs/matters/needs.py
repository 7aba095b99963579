"""What the service matters of a purpose ask of each dataset: the least that a sharing request for it proposes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange.affairs.matters.finding import open_matters, plan_of
from exchange.affairs.models import Matter
from exchange.affairs.rules.matter import Reference, Source
from exchange.sharing.least import Allowed, Because, Proposal, merged


def needed_for(purpose: str) -> Iterator[Proposal]:
    """One proposal for each question of an open matter that is asked for this purpose (its code)."""
    for matter in open_matters():
        yield from (proposal for named, proposal in _proposals(matter) if named == purpose)


def needed_by(matter: Matter) -> dict[str, dict[str, Proposal]]:
    """Purpose → dataset → what this matter asks: what a preset fills in."""
    found: dict[str, list[Proposal]] = {}
    for purpose, proposal in _proposals(matter):
        found.setdefault(purpose, []).append(proposal)
    return {purpose: merged(proposals) for purpose, proposals in found.items()}


def _proposals(matter: Matter) -> Iterator[tuple[str, Proposal]]:
    if matter.current is None:
        return
    plan = plan_of(matter.current)
    because = (Because("matter", matter.code, dict(plan.title)),)
    for requirement in plan.requirements.values():
        for source in requirement.sources:
            facts = {source.fact: _allowed(source)} if source.fact else {}
            yield source.purpose, Proposal(source.dataset, source.items, facts, because)


def _allowed(source: Source) -> Allowed:
    rules = {name: _rule(value) for name, value in source.parameters.items()}
    return {name: rule for name, rule in rules.items() if rule}


def _rule(value: Any) -> Mapping[str, Any]:
    """The values that the matter asks with; one that an earlier answer gives is another subject, or left to the officer."""
    if isinstance(value, Reference):
        return {"subject": value.kind} if value.kind else {}
    return {"in": list(value) if isinstance(value, list | tuple) else [value]}
