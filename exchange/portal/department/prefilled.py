"""The first wishes of a new request: for each dataset the least that the purpose needs, and the system that would ask."""

from __future__ import annotations

from collections.abc import Iterable

from audit import acts
from catalog.models import Dataset, Department, System
from exchange.sharing.actions import PartTerms
from exchange.sharing.least import Proposal, the_least

_USUAL_VOLUME = 500


def first_terms(purpose: str, datasets: Iterable[Dataset], department: Department) -> dict[Dataset, PartTerms]:
    """Dataset → what its part begins with; the requester changes it on the next pages."""
    least = the_least(purpose, acts.standing())
    return {dataset: _terms(dataset, least.get(dataset.code, Proposal(dataset.code)), department) for dataset in datasets}


def _terms(dataset: Dataset, proposal: Proposal, department: Department) -> PartTerms:
    version = dataset.current_version
    document = version.content if version else {"items": [], "facts": []}
    open_items = {item["name"] for item in document["items"] if item["sharing_attribute"] != "NOT_SHARED"}
    declared = {fact["name"] for fact in document["facts"]}
    items = [name for name in proposal.items if name in open_items]
    facts = {name: values for name, values in proposal.facts.items() if name in declared}
    wanted = [method for method, some in (("VERIFY", facts), ("QUERY", items)) if some]
    offered = document.get("methods") or wanted
    return PartTerms(
        items=items,
        facts=facts,
        methods=[method for method in wanted if method in offered],
        systems=_systems(department),
        monthly_subjects=_USUAL_VOLUME if items or facts else None,
    )


def _systems(department: Department) -> list[str]:
    """The only system, or that of the department's own cases; where it must be chosen, none."""
    codes = list(System.objects.filter(department=department).values_list("code", flat=True))
    own = [code for code in codes if code == f"{department.code}-affairs"]
    return codes if len(codes) == 1 else own
