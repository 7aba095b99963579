"""How far the authority may open data in an emergency without the owner's signature: every bound of docs/decisions/0078."""

from datetime import datetime, timedelta
from typing import cast

from audit.proof.acts.masks import items_read
from audit.proof.acts.scope import end_of
from audit.proof.acts.standing import OrderFault, Standing
from audit.proof.canonical import Document

LONGEST = timedelta(days=30)
LONGEST_KEPT_DAYS = 30
METHODS = frozenset({"VERIFY", "QUERY", "BATCH"})
MOST_SENSITIVE = 4


def require_emergency(standing: Standing, order: Document, at: str) -> None:
    """Return when an `emergency` order at `at` stays within its bounds; its offer's scope has been checked. Raises OrderFault."""
    offer = cast("Document", order["offer"])
    _require_end(offer, at)
    if "*" in (*cast("list[str]", offer["requesters"]), *cast("list[str]", offer["purposes"])):
        raise OrderFault("EMERGENCY_NAMED", "an emergency names each requester and each purpose")
    if not set(cast("list[str]", offer["methods"])) <= METHODS:
        raise OrderFault("EMERGENCY_METHOD", "an emergency hands out no lists: VERIFY, QUERY and BATCH alone")
    if offer["legal_basis"] != [order["legal_act"]]:
        raise OrderFault("EMERGENCY_BASIS", "an emergency rests on the legal act that it names, and on no other")
    kept = cast("Document | None", offer.get("retention"))
    if kept is None or cast("int", kept["days"]) > LONGEST_KEPT_DAYS:
        raise OrderFault("EMERGENCY_KEPT", f"say for how long answers are kept: at most {LONGEST_KEPT_DAYS} days")
    _require_items(standing, offer, cast("list[str]", order["sensitive_items"]))


def require_joining(offer: Document, agreement: Document) -> None:
    """What only an agreement under an emergency must hold: its legal act, and that it takes no other's place."""
    if agreement["legal_basis"] != offer["legal_basis"]:
        raise OrderFault("EMERGENCY_BASIS", "an agreement in an emergency rests on the emergency's legal act")
    if agreement["supersedes"] is not None:
        raise OrderFault("EMERGENCY_SUPERSEDES", "an agreement that ends with an emergency replaces no other")


def _require_end(offer: Document, at: str) -> None:
    try:
        begins, ends = datetime.fromisoformat(at), datetime.fromisoformat(end_of(cast("str", offer["not_after"])))
    except ValueError:
        raise OrderFault("SHAPE", "the end is no day of the calendar") from None
    if not begins < ends <= begins + LONGEST:
        raise OrderFault("EMERGENCY_END", f"an emergency ends within {LONGEST.days} days of its act")


def _require_items(standing: Standing, offer: Document, named: list[str]) -> None:
    """What facts read counts like what is handed out: a yes or no about a closed item is an answer about it."""
    dataset = cast("str", offer["dataset"])
    version = standing.versions[dataset].version
    declared = {item["name"]: item for item in cast("list[Document]", version["items"])}
    touched = {*cast("list[str]", offer["items"]), *_read_by_facts(offer, cast("list[Document]", version["facts"]))}
    for name in sorted(touched):
        if name not in declared or declared[name]["sharing_attribute"] == "NOT_SHARED":
            raise OrderFault("NOT_SHARED", f"the item {name} of {dataset} is not shared, in no emergency either")
        if (dataset, name) in standing.restricted:
            raise OrderFault("RESTRICTED", f"the item {name} of {dataset} is restricted by its owner")
    sensitive = {name for name in touched if cast("int", declared[name]["sensitivity"]) >= MOST_SENSITIVE}
    if sensitive != set(named):
        raise OrderFault("EMERGENCY_SENSITIVE", "name each item of sensitivity 4 that is opened, and no other")


def _read_by_facts(offer: Document, facts: list[Document]) -> set[str]:
    offered = {fact["fact"] for fact in cast("list[Document]", offer["facts"])}
    return {name for fact in facts if fact["name"] in offered for name in items_read(cast("Document", fact.get("expression") or {}))}
