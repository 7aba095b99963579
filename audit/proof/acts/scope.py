"""What an agreement or offer may contain: only what its dataset declares, and with an offer only what is offered."""

from collections.abc import Mapping
from typing import cast

from audit.proof.acts.masks import masked_at_least, require_masks
from audit.proof.acts.rows import require_rows, rows_within
from audit.proof.acts.standing import AgreementState, OrderFault, Standing, VersionStanding
from audit.proof.canonical import JSON, Document
from audit.proof.keys import Use

OWNER_CHECK = "OWNER_CHECK"


def require_scope(standing: Standing, scope: Document) -> None:
    """An agreement's or offer's dataset, items, facts and filter, against the current dataset version."""
    dataset = _text(scope, "dataset")
    current = standing.versions.get(dataset)
    if current is None:
        raise OrderFault("DATASET_UNKNOWN", f"the dataset {dataset} is not published")
    if standing.datasets[dataset] != scope["provider"]:
        raise OrderFault("NOT_OWNER", f"the dataset {dataset} belongs to another department")
    if current.version["major"] != scope["major"]:
        raise OrderFault("MAJOR", f"the current major version of {dataset} is {current.version['major']}")
    if current.version["sharing_attribute"] == "NOT_SHARED":
        raise OrderFault("NOT_SHARED", f"the dataset {dataset} is not shared")
    _require_items(standing, current, scope)
    _require_facts(current, scope)
    require_masks(current.version, scope)


def _require_items(standing: Standing, current: VersionStanding, scope: Document) -> None:
    dataset = _text(scope, "dataset")
    declared = {item["name"]: item for item in cast("list[Document]", current.version["items"])}
    items = cast("list[str]", scope["items"])
    for name in items:
        if name not in declared:
            raise OrderFault("ITEM_UNKNOWN", f"{dataset} has no item {name}")
    require_rows(current.version, scope)
    for name in items:
        if declared[name]["sharing_attribute"] == "NOT_SHARED":
            raise OrderFault("NOT_SHARED", f"the item {name} of {dataset} is not shared")
        if (dataset, name) in standing.restricted:
            raise OrderFault("RESTRICTED", f"the item {name} of {dataset} is restricted by its owner")
    if not items and not scope["facts"]:
        raise OrderFault("SHAPE", "name at least one item or fact")


def _require_facts(current: VersionStanding, scope: Document) -> None:
    declared = {fact["name"]: fact for fact in cast("list[Document]", current.version["facts"])}
    for fact in cast("list[Document]", scope["facts"]):
        found = declared.get(fact["fact"])
        if found is None:
            raise OrderFault("FACT_UNKNOWN", f"there is no fact {fact['fact']}")
        parameters = cast("list[Document]", found["parameters"])
        known = {parameter["name"] for parameter in parameters}
        needed = {parameter["name"] for parameter in parameters if parameter.get("optional") is not True}
        if not needed <= cast("Document", fact["with"]).keys() <= known:
            raise OrderFault("PARAMETERS", f"say the allowed values of every parameter of {fact['fact']}, and of no other")


def require_agreement(standing: Standing, agreement: Document) -> None:
    """What only an agreement has: its parties, the requester's systems, and what it replaces."""
    own = agreement["provider"] == agreement["requester"]
    purposes = cast("list[str]", agreement["purposes"])
    if own != (purposes == [OWNER_CHECK]) or (OWNER_CHECK in purposes and not own):
        raise OrderFault("PARTIES", "a department agrees with itself for the purpose OWNER_CHECK alone, and with nobody else for it")
    for system in cast("list[str]", agreement["systems"]):
        if standing.systems.get(system) != agreement["requester"]:
            raise OrderFault("SYSTEM", f"the system {system} does not belong to the requester")
    if "seal_to" in agreement:
        _require_seal_key(standing, agreement)
    if agreement["supersedes"] is not None:
        _require_superseded(standing, agreement)


def _require_seal_key(standing: Standing, agreement: Document) -> None:
    """Exports are sealed to a key of the requester (docs/decisions/0075)."""
    found = standing.certificates.get(_text(agreement, "seal_to"))
    is_theirs = found is not None and found.certificate.use is Use.SEAL and found.department == agreement["requester"]
    if found is None or not is_theirs or found.revoked_seq is not None:
        raise OrderFault("SEAL_KEY", "seal_to names a certified key of the requester with the use seal")


def _require_superseded(standing: Standing, agreement: Document) -> None:
    old = standing.agreements.get(_text(agreement, "supersedes"))
    if old is None or old.state is not AgreementState.IN_FORCE:
        raise OrderFault("SUPERSEDES", "the agreement to be replaced is not in force")
    if any(old.agreement[member] != agreement[member] for member in ("provider", "requester", "dataset")):
        raise OrderFault("SUPERSEDES", "the agreement to be replaced is between other parties or about another dataset")


def require_within(offer: Document, agreement: Document, at: str) -> None:
    """Whether a requester may sign this agreement alone: nothing in it goes beyond the standing offer."""
    until = cast("Document", agreement["period"])["until"]
    checks = {
        "the offer has ended": at <= end_of(_text(offer, "not_after")),
        "the dataset is another": all(offer[member] == agreement[member] for member in ("provider", "dataset", "major")),
        "the requester is not named": _named(agreement["requester"], offer["requesters"]),
        "a method is not offered": _subset(agreement["methods"], offer["methods"]),
        "an item is not offered": _subset(agreement["items"], offer["items"]),
        "a fact is not offered": _facts_within(offer, agreement),
        "rows outside the offer's filter": rows_within(_rows(offer), _rows(agreement)),
        "a purpose is not offered": all(_named(item, offer["purposes"]) for item in cast("list[str]", agreement["purposes"])),
        "an item is masked less than offered": masked_at_least(offer, agreement),
        "the quota is larger": _quota_within(cast("Document", offer["quota"]), cast("Document", agreement["quota"])),
        "the period goes beyond the offer": end_of(cast("str", until)) <= end_of(_text(offer, "not_after")),
        "answers would be kept for longer": _kept_within(offer.get("retention"), cast("Document", agreement["retention"])),
    }
    for message, holds in checks.items():
        if not holds:
            raise OrderFault("BEYOND_OFFER", f"beyond the standing offer: {message}")


def _text(document: Mapping[str, JSON], name: str) -> str:
    return cast("str", document[name])


def _rows(scope: Document) -> Document | None:
    return cast("Document | None", scope["row_filter"])


def end_of(day_or_time: str) -> str:
    """The last second of a signed day, or the signed time itself."""
    return day_or_time if "T" in day_or_time else f"{day_or_time}T23:59:59Z"


def _kept_within(outer: JSON, inner: Document) -> bool:
    return outer is None or cast("int", inner["days"]) <= cast("int", cast("Document", outer)["days"])


def _named(code: JSON, allowed: JSON) -> bool:
    return allowed == ["*"] or code in cast("list[str]", allowed)


def _subset(inner: JSON, outer: JSON) -> bool:
    return set(cast("list[str]", inner)) <= set(cast("list[str]", outer))


def _facts_within(offer: Document, agreement: Document) -> bool:
    offered = {fact["fact"]: fact["with"] for fact in cast("list[Document]", offer["facts"])}
    return all(
        fact["fact"] in offered and _values_within(cast("Document", offered[fact["fact"]]), cast("Document", fact["with"]))
        for fact in cast("list[Document]", agreement["facts"])
    )


def _values_within(outer: Document, inner: Document) -> bool:
    return outer.keys() == inner.keys() and all(_narrower(cast("Document", outer[name]), cast("Document", inner[name])) for name in inner)


def _narrower(outer: Document, inner: Document) -> bool:
    if outer == inner:
        return True
    if "in" in outer:
        return "in" in inner and all(value in cast("list[JSON]", outer["in"]) for value in cast("list[JSON]", inner["in"]))
    if "text" in outer:
        return "text" in inner and cast("int", inner["text"]) <= cast("int", outer["text"])
    if "min" not in outer or not inner.keys() & {"in", "min"}:
        return False
    low, high = outer["min"], outer["max"]
    values = cast("list[JSON]", inner["in"]) if "in" in inner else [inner["min"], inner["max"]]
    return all(type(value) is type(low) and low <= value <= high for value in values)  # type: ignore[operator]


def _quota_within(outer: Document, inner: Document) -> bool:
    ours, theirs = cast("dict[str, int]", outer["fact_answers"]), cast("dict[str, int]", inner["fact_answers"])
    calls = all(cast("int", inner[name]) <= cast("int", outer[name]) for name in ("per_day", "burst_per_minute"))
    return calls and theirs["q"] <= ours["q"] and theirs["days"] >= ours["days"] and _closer_within(outer, inner)


def _closer_within(outer: Document, inner: Document) -> bool:
    """A limit by officer or by subject that the offer sets holds inside it too, or a tighter one; others may be added."""
    if "per_officer_day" in outer and not (
        "per_officer_day" in inner and _whole(inner, "per_officer_day") <= _whole(outer, "per_officer_day")
    ):
        return False
    if "per_subject_days" not in outer:
        return True
    ours, theirs = cast("dict[str, int]", outer["per_subject_days"]), cast("dict[str, int]", inner.get("per_subject_days") or {})
    return bool(theirs) and theirs["n"] <= ours["n"] and theirs["days"] >= ours["days"]


def _whole(quota: Document, name: str) -> int:
    return cast("int", quota[name])
