"""The text of an offer: what a drafter chose and the verified dataset version, as canonical JSON that is signed and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.proof.acts import Standing
from audit.proof.canonical import fresh_nonce
from exchange.sharing.parameters import complete
from exchange.sharing.quota import quota_text
from exchange.sharing.terms import time_text

METHODS = ("BATCH", "QUERY", "VERIFY")
WIDEST = "2199-12-31"


@dataclass(frozen=True)
class OfferTerms:
    """What is offered, to whom, for what. `retention_days` None: requests say for how long; else the offer is joined as it stands."""

    requesters: Sequence[str]
    purposes: Sequence[str]
    methods: Sequence[str]
    not_after: datetime
    legal_basis: Sequence[Mapping[str, Any]]
    items: Sequence[str] = ()
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    row_filter: Mapping[str, Any] | None = None
    per_day: int = 10_000
    per_minute: int = 600
    fact_answers: int = 3
    fact_days: int = 30
    per_officer_day: int | None = None
    per_subject: int | None = None
    per_subject_days: int | None = None
    retention_days: int | None = None
    title: Mapping[str, str] = field(default_factory=dict)
    masks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def offer_text(terms: OfferTerms, dataset: str, standing: Standing, *, hub: str) -> dict[str, Any]:
    """The offer about a published dataset. Codes are listed one by one: a department that comes later is in no offer of before."""
    version = standing.versions[dataset].version
    optional: dict[str, Any] = {"masks": {name: dict(mask) for name, mask in terms.masks.items()}, "title": dict(terms.title)}
    if terms.retention_days is not None:
        optional["retention"] = {"days": terms.retention_days}
    return {
        "provider": standing.datasets[dataset],
        "requesters": sorted(set(terms.requesters)),
        "dataset": dataset,
        "major": version["major"],
        "methods": sorted(set(terms.methods)),
        "items": [item["name"] for item in _rows(version, "items") if item["name"] in set(terms.items)],
        "facts": _facts(terms, version),
        "row_filter": dict(terms.row_filter) if terms.row_filter else None,
        "purposes": sorted(set(terms.purposes)),
        "legal_basis": [dict(basis) for basis in terms.legal_basis],
        "quota": quota_text(terms),
        "not_after": time_text(terms.not_after),
        "hub": hub,
        "nonce": fresh_nonce(),
        **{name: value for name, value in optional.items() if value},
    }


def offer_order(offer: dict[str, Any], *, hub: str) -> dict[str, Any]:
    """The order that the owner signs."""
    return {"type": "offer", "offer": offer, "hub": hub, "nonce": fresh_nonce()}


def emergency_order(offer: dict[str, Any], *, reason: Mapping[str, str], sensitive: Sequence[str], hub: str) -> dict[str, Any]:
    """The order by which the authority declares an emergency; the legal act is the only basis of the offer in it."""
    declared = {"legal_act": offer["legal_basis"][0], "reason": dict(reason), "sensitive_items": sorted(sensitive)}
    return {"type": "emergency", "offer": offer, **declared, "hub": hub, "nonce": fresh_nonce()}


def _facts(terms: OfferTerms, version: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A parameter that was left out gets the whole declared range: the signed text says everything."""
    period = ("1900-01-01", WIDEST)
    declared = [fact for fact in _rows(version, "facts") if fact["name"] in terms.facts]
    return [{"fact": fact["name"], "with": complete(fact, terms.facts[fact["name"]], period=period)} for fact in declared]


def _rows(version: Mapping[str, Any], name: str) -> list[Any]:
    return list(version[name])
