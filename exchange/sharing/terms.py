"""The text of an agreement: from a decided part and the verified dataset version to canonical JSON that parties sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from audit.proof.acts import OrderFault, Standing
from audit.proof.acts.scope import require_within
from audit.proof.canonical import fresh_nonce
from exchange.sharing.models import RequestPart, Wish
from exchange.sharing.parameters import complete

TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Offered:
    """A standing offer in force, with its hash."""

    hash: str
    offer: Mapping[str, Any]


def time_text(moment: datetime) -> str:
    """A moment as signed texts write it: UTC, seconds."""
    return moment.astimezone(UTC).strftime(TIME)


def agreement_text(part: RequestPart, standing: Standing, *, hub: str, offered: Offered | None = None) -> dict[str, Any]:
    """The agreement about everything in `part` that was not refused. Needs the dataset published in `standing`."""
    version = standing.versions[part.dataset.code].version
    request = part.request
    return {
        "provider": version["provider"],
        "requester": request.requester_id,
        "systems": sorted(part.systems),
        "dataset": part.dataset.code,
        "major": version["major"],
        "methods": sorted(part.methods),
        "items": _granted_items(part, version),
        "facts": _granted_facts(part, version, offered),
        "row_filter": part.row_filter or None,
        "purposes": [request.purpose_id],
        "legal_basis": request.legal_basis,
        "quota": {
            "per_day": part.per_day,
            "burst_per_minute": part.per_minute,
            "fact_answers": {"q": part.fact_answers, "days": part.fact_days},
        },
        "period": {"from": time_text(part.period_from), "until": time_text(part.period_until)},
        "retention": {"days": part.retention_days},
        "release": "durable",
        "supersedes": part.supersedes or None,
        "hub": hub,
        "nonce": fresh_nonce(),
    }


def agree_order(agreement: dict[str, Any], *, hub: str, offered: Offered | None = None) -> dict[str, Any]:
    """The order that the parties sign; with an offer the requester signs it alone."""
    order: dict[str, Any] = {"type": "agree", "agreement": agreement, "hub": hub, "nonce": fresh_nonce()}
    return {**order, "offer": offered.hash} if offered else order


def standing_offer(standing: Standing, dataset: str) -> Offered | None:
    """The newest offer in force for a dataset that is UNCONDITIONAL in its current version."""
    current = standing.versions.get(dataset)
    if current is None or current.version["sharing_attribute"] != "UNCONDITIONAL":
        return None
    found = [item for item in standing.offers.items() if item[1].offer["dataset"] == dataset and item[1].in_force]
    newest = max(found, key=lambda item: item[1].seq, default=None)
    return Offered(newest[0], newest[1].offer) if newest else None


def beyond_offer(offered: Offered, agreement: dict[str, Any], *, at: str) -> str:
    """In what the agreement goes beyond the offer; empty when it stays inside."""
    try:
        require_within(dict(offered.offer), agreement, at)
    except OrderFault as fault:
        return str(fault)
    return ""


def _granted_items(part: RequestPart, version: Mapping[str, Any]) -> list[str]:
    granted = {item.name for item in part.items.all() if item.decision != Wish.REFUSED}
    return [item["name"] for item in version["items"] if item["name"] in granted]


def _granted_facts(part: RequestPart, version: Mapping[str, Any], offered: Offered | None) -> list[dict[str, Any]]:
    declared = {fact["name"]: fact for fact in version["facts"]}
    offers = {fact["fact"]: fact["with"] for fact in offered.offer["facts"]} if offered else {}
    period = (part.period_from.date().isoformat(), part.period_until.date().isoformat())
    return [
        {"fact": fact.name, "with": complete(declared[fact.name], fact.parameters, period=period, offered=offers.get(fact.name))}
        for fact in part.facts.all()
        if fact.decision != Wish.REFUSED
    ]
