"""Makes orders for the chain of acts: what a department signs when it publishes, loads or restricts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from audit import acts
from audit.ground import log_origin
from audit.models import Act
from audit.proof.canonical import fresh_nonce
from audit.proof.keys import Custody
from audit.signers import department_signer
from catalog.models import Department

OFFER_YEARS = 5
OFFER_QUOTA = {"per_day": 100_000, "burst_per_minute": 600, "fact_answers": {"q": 3, "days": 30}}
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def time_text(moment: datetime) -> str:
    """A moment as acts write it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime(TIME_FORMAT)


def order(type_name: str, **members: Any) -> dict[str, Any]:
    """An order for this hub, with its own nonce."""
    return {"type": type_name, **members, "hub": log_origin(), "nonce": fresh_nonce()}


def append_signed(signed: dict[str, Any], *, department: Department, acting_user: Any, role: str = "provider") -> Act:
    """Sign an order with the department's document key and append it to the chain, in the caller's transaction."""
    signature = acts.sign_order(signed, signer=department_signer(department.code), role=role)
    return acts.append(signed, [signature], acting_user=acting_user)


def is_held_by_hub(department: Department) -> bool:
    """Whether the hub, and not the department, keeps the department's newest document key."""
    certificate = acts.standing().certificates[department_signer(department.code).keyid].certificate
    return certificate.custody is Custody.HUB


def hub_custody_allowed() -> bool:
    """Whether this hub lets departments sign personal data with keys that the hub keeps (the demonstration does)."""
    return bool(settings.ALLOW_HUB_CUSTODY)


def offer_of(version: Mapping[str, Any], restricted: frozenset[tuple[str, str]]) -> dict[str, Any] | None:
    """The standing offer for the unconditional part of a dataset version; None where there is nothing to offer."""
    items = [
        item["name"]
        for item in version["items"]
        if item["sharing_attribute"] == "UNCONDITIONAL" and (version["code"], item["name"]) not in restricted
    ]
    facts = [scope for scope in (_fact_scope(fact, version, set(items)) for fact in version["facts"]) if scope]
    usual = ["QUERY", "BATCH", *(["VERIFY"] if facts else [])]
    methods = [method for method in usual if method in version.get("methods", usual)]
    if not items or not methods:
        return None
    return {
        "provider": version["provider"],
        "dataset": version["code"],
        "major": version["major"],
        "methods": methods,
        "items": items,
        "facts": facts,
        "row_filter": None,
        "requesters": ["*"],
        "purposes": ["*"],
        "quota": OFFER_QUOTA,
        "legal_basis": [version["legal_basis"]],
        "not_after": time_text(datetime.now(UTC) + timedelta(days=365 * OFFER_YEARS)),
        "hub": log_origin(),
        "nonce": fresh_nonce(),
    }


def ends_with(offer: Mapping[str, Any], version: Mapping[str, Any]) -> bool:
    """Whether publishing `version` ends an offer: one to everybody always, one that an officer wrote at the next major version."""
    if offer["dataset"] != version["code"]:
        return False
    is_to_everybody = offer["requesters"] == ["*"] and offer["purposes"] == ["*"]
    return is_to_everybody or bool(offer["major"] != version["major"])


def _fact_scope(fact: Mapping[str, Any], version: Mapping[str, Any], items: set[str]) -> dict[str, Any] | None:
    """A fact with every value of its parameters that the version declares; None where one is unbounded or an item is not offered."""
    from catalog.description.trees import items_of

    allowed = {parameter["name"]: _allowed_values(parameter, version) for parameter in fact["parameters"]}
    is_offered = {name for _operator, name in items_of(fact["expression"])} <= items
    return {"fact": fact["name"], "with": allowed} if is_offered and all(allowed.values()) else None


def _allowed_values(parameter: Mapping[str, Any], version: Mapping[str, Any]) -> dict[str, Any] | None:
    kind = parameter["type"]
    if kind == "subject":
        return {"subject": parameter["kind"]}
    if kind in ("code", "code_list"):
        return {"in": [entry["code"] for entry in version["code_lists"][parameter["code_list"]]]}
    if kind == "date":
        return {"min": parameter.get("minimum", "1900-01-01"), "max": parameter.get("maximum", "2199-12-31")}
    if kind == "integer" and {"minimum", "maximum"} <= set(parameter):
        return {"min": parameter["minimum"], "max": parameter["maximum"]}
    if kind == "integer_list" and {"minimum", "maximum"} <= set(parameter):
        return {"in": list(range(parameter["minimum"], parameter["maximum"] + 1))}
    return None
