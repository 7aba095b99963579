"""Reads a matter's checked document into its typed plan. The shape is exchange/jurisdictions/schema/matter.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.affairs.rules.answers import Answer
from exchange.affairs.rules.matter import (
    Benefit,
    Condition,
    Grant,
    Material,
    MatterPlan,
    Payment,
    Proactive,
    Reference,
    Requirement,
    RequirementKind,
    Source,
    Wording,
)
from exchange.affairs.rules.tree import AtLeast, Named, Not, Rule

Document = Mapping[str, Any]


def read_matter(content: Document) -> MatterPlan:
    """The plan of a document that was checked (exchange.affairs.matters)."""
    return MatterPlan(
        content=content,
        code=content["code"],
        slug=content["slug"],
        title=content["title"],
        summary=content["summary"],
        lead=content["lead"],
        joint=tuple(content.get("joint", ())),
        purpose=content["purpose"],
        identifier_kinds=tuple(content["identifier_kinds"]),
        materials=tuple(_material(material) for material in content["former_materials"]),
        requirements={need["code"]: _requirement(need, content) for need in content["requirements"]},
        conditions={code: _condition(code, condition) for code, condition in content["conditions"].items()},
        benefits=tuple(_benefit(benefit) for benefit in content["benefits"]),
        payment=_payment(content.get("payment")),
        licence=content.get("licence"),
        proactive=_proactive(content.get("proactive"), content["purpose"]),
    )


def read_rule(document: Any) -> Rule:
    """A rule: a condition's name, or {all: […]}, {any: […]}, {not: …}, {at_least: {n, of}}."""
    if isinstance(document, str):
        return Named(document)
    [(operator, within)] = document.items()
    if operator == "not":
        return Not(read_rule(within))
    if operator == "at_least":
        return AtLeast(within["n"], _rules(within["of"]))
    parts = _rules(within)
    return AtLeast(len(parts) if operator == "all" else 1, parts)


def _rules(documents: Any) -> tuple[Rule, ...]:
    return tuple(read_rule(document) for document in documents)


def _material(document: Document) -> Material:
    return Material(document["code"], document["title"], document["disposition"], tuple(document.get("spared_by", ())))


def _requirement(document: Document, content: Document) -> Requirement:
    about = document.get("about", "applicant")
    return Requirement(
        code=document["code"],
        kind=RequirementKind(document["kind"]),
        title=document["title"],
        why=document["why"],
        article=document["article"],
        about=None if about == "applicant" else _reference(about, content["identifier_kinds"][0]),
        sources=tuple(_source(source, content["purpose"]) for source in document.get("sources", ())),
        says=document.get("says", {}),
        fallbacks=tuple(document.get("fallbacks", ())),
        needed=document.get("needed", True),
        commitment=document.get("commitment"),
        commitment_counts=document.get("commitment_counts", False),
        value_justified=document.get("value_justified"),
        answer_form=document.get("answer_form", {}),
    )


def _reference(document: Document, kind: str = "") -> Reference:
    return Reference(document["requirement"], document["item"], document.get("kind", kind))


def _source(document: Document, purpose: str) -> Source:
    parameters = {name: _parameter(value) for name, value in document.get("with", {}).items()}
    items = tuple(document.get("items", ()))
    return Source(document["dataset"], document.get("fact", ""), items, parameters, document.get("purpose", purpose))


def _parameter(value: Any) -> Any:
    return _reference(value["from"]) if isinstance(value, Mapping) and "from" in value else value


def _condition(code: str, document: Document) -> Condition:
    return Condition(
        code=code,
        requirement=document["requirement"],
        expects=Answer(document["expects"]),
        title=document["title"],
        article=document["article"],
        when_no=_wording(document.get("when_no")),
        when_unknown=Wording(document["when_unknown"]["reason"], document["when_unknown"]["remedy"]),
    )


def _wording(document: Document | None) -> Wording | None:
    return Wording(document["reason"], document["remedy"]) if document else None


def _benefit(document: Document) -> Benefit:
    grant = document["grant"]
    given = Grant(grant["kind"], grant.get("amount", ""), grant.get("currency", ""), grant.get("per", ""), grant.get("from", ""))
    return Benefit(document["code"], document["title"], read_rule(document["rule"]), document["refuse"] == "automatic", given)


def _payment(document: Document | None) -> Payment | None:
    return Payment(document["account"], document.get("other_account", ""), document["by_day"]) if document else None


def _proactive(document: Document | None, purpose: str) -> Proactive | None:
    if not document:
        return None
    listed = document["list"]
    return Proactive(
        dataset=listed["dataset"],
        items=tuple(listed["items"]),
        row_filter=listed.get("row_filter", {}),
        purpose=listed.get("purpose", purpose),
        checks=tuple(document["facts"]),
        monthly=document["monthly"],
        objection_days=document["objection_days"],
        stops_when={code: Answer(answer) for code, answer in document["stops_when"].items()},
    )
