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
from exchange.sharing.quota import quota_text

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
    text = {
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
        "quota": quota_text(part, offered.offer["quota"] if offered else None),
        "period": {"from": time_text(part.period_from), "until": time_text(part.period_until)},
        "retention": {"days": part.retention_days},
        "release": "durable",
        "supersedes": part.supersedes or None,
        "hub": hub,
        "nonce": fresh_nonce(),
    }
    masks = masks_of_part(part, offered)
    return {**text, "masks": masks} if masks else text


def masks_of_part(part: RequestPart, offered: Offered | None) -> dict[str, dict[str, int]]:
    """Item → mask: what the owner decided, and what the standing offer masks in any case."""
    granted = [item for item in part.items.all() if item.decision != Wish.REFUSED]
    given = {name: dict(mask) for name, mask in (offered.offer.get("masks") or {}).items()} if offered else {}
    masks = {item.name: given[item.name] for item in granted if item.name in given}
    decided = {item.name: {"keep_first": item.keep_first, "keep_last": item.keep_last} for item in granted if item.decision == Wish.MASKED}
    return {**masks, **decided}


def agree_order(agreement: dict[str, Any], *, hub: str, offered: Offered | None = None) -> dict[str, Any]:
    """The order that the parties sign; with an offer the requester signs it alone."""
    order: dict[str, Any] = {"type": "agree", "agreement": agreement, "hub": hub, "nonce": fresh_nonce()}
    return {**order, "offer": offered.hash} if offered else order


def offers_for(standing: Standing, dataset: str) -> list[Offered]:
    """The owner's offers in force about a dataset, the newest first. What an emergency opened is joined, never fallen into.

    One to everybody counts only while the current version is shared unconditionally.
    """
    current = standing.versions.get(dataset)
    is_open = current is not None and current.version["sharing_attribute"] == "UNCONDITIONAL"
    found = [
        (held.seq, name, held.offer)
        for name, held in standing.offers.items()
        if held.offer["dataset"] == dataset and held.in_force and held.emergency is None and (is_open or held.offer["requesters"] != ["*"])
    ]
    return [Offered(name, offer) for _seq, name, offer in sorted(found, key=lambda row: row[0], reverse=True)]


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
