"""Whether what a part asks for can be asked: against the verified acts, never against tables; every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault
from audit.proof.acts import METHODS, Standing
from audit.proof.acts.rows import filter_faults
from audit.proof.acts.scope import OWNER_CHECK
from catalog.description.trees import is_verify_only, items_of
from catalog.models import in_active_language
from exchange.sharing.filter_words import fault_words
from exchange.sharing.parameters import parameter_faults, unlisted_faults


@dataclass(frozen=True)
class Wanted:
    """What one part asks for. `facts` maps a fact to the allowed values of its parameters; times are UTC texts."""

    dataset: str
    requester: str
    purpose: str
    systems: tuple[str, ...]
    methods: tuple[str, ...]
    items: tuple[str, ...]
    facts: Mapping[str, Mapping[str, Any]]
    row_filter: Mapping[str, Any] = field(default_factory=dict)
    legal_basis: tuple[Mapping[str, Any], ...] = ()
    supersedes: str = ""
    justified: Mapping[str, str] = field(default_factory=dict)

    @property
    def wishes(self) -> tuple[str, ...]:
        """What is asked for, as `items.grade` and `facts.valid`."""
        return (*(f"items.{name}" for name in self.items), *(f"facts.{name}" for name in self.facts))


def askable_faults(wanted: Wanted, standing: Standing) -> list[Fault]:
    """Every reason why the request cannot be answered as it stands; none means that it can be submitted."""
    current = standing.versions.get(wanted.dataset)
    if current is None:
        return [_fault(wanted, "dataset", "not_published", _("This dataset is not published."))]
    document = current.version
    if document["sharing_attribute"] == "NOT_SHARED":
        return [_fault(wanted, "dataset", "not_shared", _not_shared(document))]
    return [
        *_party_faults(wanted, document),
        *_item_faults(wanted, document, standing),
        *_fact_faults(wanted, document, standing),
        *_way_faults(wanted, document),
        *_filter_faults(wanted, document),
        *_system_faults(wanted, standing),
        *_supersedes_faults(wanted, standing),
    ]


def scope_faults(wanted: Wanted, standing: Standing) -> list[Fault]:
    """The faults of what is offered or asked, whoever is to get it: items, facts, ways and rows."""
    current = standing.versions.get(wanted.dataset)
    if current is None:
        return [_fault(wanted, "dataset", "not_published", _("This dataset is not published."))]
    document = current.version
    if document["sharing_attribute"] == "NOT_SHARED":
        return [_fault(wanted, "dataset", "not_shared", _not_shared(document))]
    return [
        *_item_faults(wanted, document, standing),
        *_fact_faults(wanted, document, standing),
        *_way_faults(wanted, document),
        *_filter_faults(wanted, document),
    ]


def touched_sensitivity(document: Mapping[str, Any], items: tuple[str, ...], facts: tuple[str, ...]) -> int:
    """The highest sensitivity among items and the items that facts read; 4 for one that is not declared."""
    classes = {item["name"]: int(item["sensitivity"]) for item in document["items"]}
    read = {fact["name"]: _read_by(fact) for fact in document["facts"]}
    touched = [*items, *(item for fact in facts for item in read.get(fact, ("",)))]
    return max((classes.get(item, 4) for item in touched), default=1)


def _read_by(fact: Mapping[str, Any]) -> tuple[str, ...]:
    """The items that a fact's expression reads."""
    return tuple(item for _operator, item in items_of(fact["expression"]))


def _not_shared(document: Mapping[str, Any]) -> str:
    """The lawful refusal: which law, which article."""
    law = document["legal_basis"]
    named = {"law": in_active_language(law["text"]["en"], law["text"]["zh"]), "article": law["article"]}
    return _("This dataset is not shared: %(law)s, %(article)s. No request for it can be handed in.") % named


def _fault(wanted: Wanted, where: str, rule: str, message: str) -> Fault:
    return Fault(f"{wanted.dataset}.{where}", rule, message)


def _party_faults(wanted: Wanted, document: Mapping[str, Any]) -> Iterator[Fault]:
    own = document["provider"] == wanted.requester
    if own != (wanted.purpose == OWNER_CHECK):
        text = _("For its own rows a department names the purpose OWNER_CHECK, and for nobody else's.")
        yield _fault(wanted, "purpose", "owner_check", text)
    if not any(basis.get("article") and basis.get("text") for basis in wanted.legal_basis):
        yield _fault(wanted, "legal_basis", "required", _("Name the law and the article that allow this."))


def _item_faults(wanted: Wanted, document: Mapping[str, Any], standing: Standing) -> Iterator[Fault]:
    declared = {item["name"]: item for item in document["items"]}
    for name in wanted.items:
        where = f"items.{name}"
        if name not in declared:
            yield _fault(wanted, where, "unknown", _("The dataset has no such item."))
        elif declared[name]["sharing_attribute"] == "NOT_SHARED":
            yield _fault(wanted, where, "not_shared", _("This item is not shared: leave it out."))
        elif (wanted.dataset, name) in standing.restricted:
            yield _fault(wanted, where, "restricted", _("The owner has restricted this item for now: leave it out."))
    if not wanted.items and not wanted.facts:
        yield _fault(wanted, "items", "required", _("Name at least one item or fact."))


def _fact_faults(wanted: Wanted, document: Mapping[str, Any], standing: Standing) -> Iterator[Fault]:
    declared = {fact["name"]: fact for fact in document["facts"]}
    closed = {item["name"] for item in document["items"] if item["sharing_attribute"] == "NOT_SHARED"}
    closed |= {item for dataset, item in standing.restricted if dataset == wanted.dataset}
    for name, values in wanted.facts.items():
        fact = declared.get(name)
        if fact is None:
            yield _fault(wanted, f"facts.{name}", "unknown", _("The dataset answers no such fact."))
            continue
        if closed & set(_read_by(fact)):
            yield _fault(wanted, f"facts.{name}", "not_shared", _("This fact rests on an item that is not shared."))
        yield from parameter_faults(f"{wanted.dataset}.facts.{name}", fact, values, document)
        if is_verify_only(document):
            yield from unlisted_faults(f"{wanted.dataset}.facts.{name}", fact, values)


def _way_faults(wanted: Wanted, document: Mapping[str, Any]) -> Iterator[Fault]:
    offered = frozenset(document.get("methods") or METHODS)
    if not wanted.methods or not set(wanted.methods) <= offered:
        text = _("Choose among: %(methods)s.") % {"methods": ", ".join(sorted(offered))}
        yield _fault(wanted, "methods", "method", text)
    if "VERIFY" in wanted.methods and not wanted.facts:
        yield _fault(wanted, "facts", "required", _("VERIFY answers facts: name at least one."))
    if "QUERY" in wanted.methods and not wanted.items:
        yield _fault(wanted, "items", "required", _("QUERY returns items: name at least one."))


def _filter_faults(wanted: Wanted, document: Mapping[str, Any]) -> Iterator[Fault]:
    types = {item["name"]: item["type"] for item in document["items"]}
    for found in filter_faults(wanted.row_filter or None, types, is_new=True):
        yield _fault(wanted, f"row_filter.{found.place}", "row_filter", fault_words(found, types.get(found.item, "")))


def _system_faults(wanted: Wanted, standing: Standing) -> Iterator[Fault]:
    if not wanted.systems:
        yield _fault(wanted, "systems", "required", _("Name the system that will ask. Register one first if there is none."))
    for code in wanted.systems:
        if standing.systems.get(code) != wanted.requester:
            yield _fault(wanted, f"systems.{code}", "unknown", _("Your department has no certified system of that code."))


def _supersedes_faults(wanted: Wanted, standing: Standing) -> Iterator[Fault]:
    if not wanted.supersedes:
        return
    old = standing.agreements.get(wanted.supersedes)
    parties = ("requester", "dataset")
    same = old is not None and [old.agreement[name] for name in parties] == [wanted.requester, wanted.dataset]
    if old is None or not same or old.state != "IN_FORCE":
        yield _fault(wanted, "supersedes", "not_in_force", _("Only an agreement in force about the same dataset can be replaced."))
