"""Agreements compiled into policies, and the decision about one call. Pure: no database, no clock of its own.

The only input is the standing folded from verified acts; nothing that stands in a table can widen what is allowed here.
No rule matched means refused, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from audit.proof.acts.masks import MASKABLE
from exchange.sharing.grounds_of_refusal import Refusal, refusal
from exchange.sharing.row_filter import RowFilter, compile_filter, fits_items

CARE_FROM_SENSITIVITY = 3
DEFAULT_FACT_ANSWERS = {"q": 3, "days": 30}
_FACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class Method(StrEnum):
    """How data are shared in one call. EXPORT is a whole selection of rows (delivery/exports), inside the hub a list (delivery.lists)."""

    VERIFY = "VERIFY"
    QUERY = "QUERY"
    BATCH = "BATCH"
    EXPORT = "EXPORT"
    CHANGES = "CHANGES"


@dataclass(frozen=True)
class Mask:
    """How much of a text leaves the hub: so many characters at its beginning and at its end."""

    keep_first: int
    keep_last: int


@dataclass(frozen=True)
class Policy:
    """What one agreement allows now: its scope narrowed by the dataset's current version and restrictions."""

    agreement: str
    state: str
    superseded_by: str | None
    provider: str
    requester: str
    systems: frozenset[str]
    dataset: str
    version: str
    document: Mapping[str, Any]
    version_fits: bool
    methods: frozenset[str]
    items: tuple[str, ...]
    withheld: tuple[tuple[str, str], ...]
    masks: Mapping[str, Mask]
    facts: Mapping[str, tuple[Mapping[str, Any], ...]]
    row_filter: RowFilter
    purposes: frozenset[str]
    legal_basis: tuple[Any, ...]
    valid_from: str
    valid_until: str
    per_day: int | None
    per_minute: int | None
    fact_answers: int
    fact_days: int
    needs_care: bool
    subject_kinds: tuple[str, ...]
    revision: Mapping[str, Any] | None
    store_kind: str = "hosted"
    emergency: str = ""
    seal_to: str = ""
    seal_key: bytes = b""
    per_officer_day: int | None = None
    per_subject: tuple[int, int] | None = None


@dataclass(frozen=True)
class Asked:
    """The part of a call that a decision looks at; ``facts`` are (name, parameters) pairs."""

    system: str
    agreement: str
    method: Method
    purpose: str
    facts: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    subject_kinds: frozenset[str] = frozenset()
    has_case: bool = False
    has_officer: bool = False


@dataclass(frozen=True)
class Decision:
    """Allowed when ``refusal`` is None; ``policy`` is None where the caller is no party to the agreement."""

    policy: Policy | None
    refusal: Refusal | None = None

    @property
    def allowed(self) -> bool:
        return self.refusal is None


class StandingAgreement(Protocol):
    """What the compiler reads of a folded agreement."""

    agreement: Mapping[str, Any]
    state: str
    superseded_by: str | None


@dataclass(frozen=True)
class Policies:
    """All policies of one policy version ``head`` = (seq, hash of the newest act)."""

    head: tuple[int, str]
    by_agreement: Mapping[str, Policy] = field(default_factory=dict)
    revoked_keys: frozenset[str] = frozenset()


def compile_policies(standing: Any) -> Policies:
    """Compile every agreement of a verified standing (audit.proof.acts.Standing)."""
    return Policies(
        head=standing.head,
        by_agreement={name: compile_policy(name, entry, standing) for name, entry in standing.agreements.items()},
        revoked_keys=frozenset(keyid for keyid, held in standing.certificates.items() if held.revoked_seq is not None),
    )


def compile_policy(name: str, entry: StandingAgreement, standing: Any) -> Policy:
    """One agreement narrowed by the dataset version, restrictions and revision in force."""
    agreement = entry.agreement
    dataset = agreement["dataset"]
    version = standing.versions.get(dataset)
    document: Mapping[str, Any] = version.version if version else {}
    items, withheld = _items(agreement, document, standing.restricted)
    revision = standing.revisions.get(dataset)
    quota = agreement.get("quota") or {}
    answers = quota.get("fact_answers") or DEFAULT_FACT_ANSWERS
    return Policy(
        agreement=name,
        state=str(entry.state),
        superseded_by=entry.superseded_by,
        provider=agreement["provider"],
        requester=agreement["requester"],
        systems=frozenset(agreement["systems"]),
        dataset=dataset,
        version=version.hash if version else "",
        document=document,
        version_fits=document.get("major") == agreement["major"] and _filters_declared(agreement, document),
        methods=_methods(agreement, document),
        items=items,
        withheld=withheld,
        masks={name: Mask(**mask) for name, mask in _masks(agreement).items() if name in items},
        facts=_facts(agreement, document, standing.restricted),
        row_filter=compile_filter(agreement.get("row_filter")),
        purposes=frozenset(agreement["purposes"]),
        legal_basis=tuple(basis["article"] for basis in agreement["legal_basis"]),
        valid_from=agreement["period"]["from"],
        valid_until=agreement["period"]["until"],
        per_day=quota.get("per_day"),
        per_minute=quota.get("burst_per_minute"),
        fact_answers=answers["q"],
        fact_days=answers["days"],
        needs_care=_needs_care(agreement, document),
        subject_kinds=tuple(subject["kind"] for subject in document.get("subjects", ())),
        revision=revision.order if revision and revision.order["version"] == (version.hash if version else "") else None,
        store_kind=str((document.get("store") or {}).get("kind", "hosted")),
        emergency=_emergency(entry, standing),
        seal_to=agreement.get("seal_to", ""),
        seal_key=_seal_key(agreement, standing),
        per_officer_day=quota.get("per_officer_day"),
        per_subject=_per_subject(quota),
    )


def _items(
    agreement: Mapping[str, Any], document: Mapping[str, Any], restricted: frozenset[tuple[str, str]]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The agreed items that may be given now, in the dataset's order, and those withheld with the reason."""
    declared = {item["name"]: item for item in document.get("items", ())}
    allowed, withheld = [], []
    for name in agreement["items"]:
        item = declared.get(name)
        if item is None:
            withheld.append((name, "NO_LONGER_DECLARED"))
        elif name in _masks(agreement) and item.get("type") not in MASKABLE:
            withheld.append((name, "NOT_MASKABLE"))  # its type has changed since: what cannot be hidden is not given
        elif item["sharing_attribute"] == "NOT_SHARED" or (agreement["dataset"], name) in restricted:
            withheld.append((name, "NOT_SHARED"))
        else:
            allowed.append(name)
    order = {name: position for position, name in enumerate(declared)}
    return tuple(sorted(allowed, key=lambda name: order[name])), tuple(withheld)


def _per_subject(quota: Mapping[str, Any]) -> tuple[int, int] | None:
    """How often one subject may be asked about, and in how many days; None where the agreement does not limit it."""
    limit = quota.get("per_subject_days")
    return (limit["n"], limit["days"]) if limit else None


def _methods(agreement: Mapping[str, Any], document: Mapping[str, Any]) -> frozenset[str]:
    """The agreed methods by which the current version may still be asked; a version that says nothing allows them all."""
    return frozenset(agreement["methods"]) & frozenset(document.get("methods") or agreement["methods"])


def _seal_key(agreement: Mapping[str, Any], standing: Any) -> bytes:
    """The public key that exports are sealed to; empty where none is agreed, or where it was revoked since: then none leaves."""
    found = standing.certificates.get(agreement["seal_to"]) if "seal_to" in agreement else None
    return b"" if found is None or found.revoked_seq is not None else bytes(found.certificate.public_key)


def _masks(agreement: Mapping[str, Any]) -> Mapping[str, Mapping[str, int]]:
    """Item → mask; absent in agreements that mask nothing."""
    return agreement.get("masks") or {}


def _emergency(entry: StandingAgreement, standing: Any) -> str:
    """The hash of the emergency's offer under which it was joined, which every entry then names; empty for any other agreement."""
    offer = getattr(entry, "offer", None)
    return str(offer) if offer is not None and standing.offers[offer].emergency is not None else ""


def _filters_declared(agreement: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether the version still has the items that bound the agreed rows: without them nobody can tell which rows those are."""
    return fits_items(agreement.get("row_filter"), {item["name"]: item.get("type", "") for item in document.get("items", ())})


def _facts(
    agreement: Mapping[str, Any], document: Mapping[str, Any], restricted: frozenset[tuple[str, str]]
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """The agreed facts that the current version still declares, none of whose items is restricted, not shared or masked."""
    closed = {item["name"] for item in document.get("items", ()) if item["sharing_attribute"] == "NOT_SHARED"}
    closed |= {item for dataset, item in restricted if dataset == agreement["dataset"]} | _masks(agreement).keys()
    declared = {fact["name"]: fact for fact in document.get("facts", ())}
    granted: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for grant in agreement["facts"]:
        fact = declared.get(grant["fact"])
        if fact is not None and not closed & set(_items_of(fact["expression"])):
            granted[grant["fact"]] = (*granted.get(grant["fact"], ()), grant.get("with") or {})
    return granted


def _items_of(expression: Mapping[str, Any]) -> list[str]:
    below = expression.get("of", [])
    children = below if isinstance(below, list) else [below]
    own = [expression["item"]] if "item" in expression else []
    return own + [item for child in children for item in _items_of(child)]


def _needs_care(agreement: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether anything in the agreement's scope has sensitivity 3 or 4: then every call names its case and officer."""
    declared = {item["name"]: item["sensitivity"] for item in document.get("items", ())}
    facts = {fact["name"]: _items_of(fact["expression"]) for fact in document.get("facts", ())}
    touched = [*agreement["items"], *(item for grant in agreement["facts"] for item in facts.get(grant["fact"], ()))]
    return any(declared.get(item, CARE_FROM_SENSITIVITY) >= CARE_FROM_SENSITIVITY for item in touched)


def decide(policies: Policies, asked: Asked, now: str) -> Decision:
    """Decide one call at ``now`` (UTC text ``2026-11-20T22:46:00Z``). The first rule that fails gives the reason."""
    policy = policies.by_agreement.get(asked.agreement)
    if policy is None or asked.system not in policy.systems:
        return Decision(None, refusal("NO_AGREEMENT"))
    return Decision(policy, _state(policy, now) or _scope(policy, asked) or _facts_refusal(policy, asked))


def _state(policy: Policy, now: str) -> Refusal | None:
    if policy.state == "SUPERSEDED":
        return refusal("SUPERSEDED", superseded_by=policy.superseded_by)
    if policy.state != "IN_FORCE":
        return refusal("SUSPENDED" if policy.state == "SUSPENDED" else "REVOKED")
    if now < policy.valid_from:
        return refusal("NOT_YET_IN_FORCE", valid_from=policy.valid_from)
    return refusal("EXPIRED", expired_at=policy.valid_until) if now >= _end(policy.valid_until) else None


def _end(until: str) -> str:
    """A period that ends on a day ends with that day; one that ends at a time ends then."""
    return f"{until}T24" if len(until) == len("2026-11-20") else until


def _scope(policy: Policy, asked: Asked) -> Refusal | None:
    if not policy.version_fits:
        return refusal("VERSION_CHANGED")
    if asked.method not in policy.methods:
        return refusal("METHOD_NOT_AGREED")
    if asked.purpose not in policy.purposes:
        return refusal("PURPOSE_NOT_AGREED")
    if not all(_may_ask_by(policy, kind, asked) for kind in asked.subject_kinds):
        return refusal("SUBJECT_KIND")
    if policy.needs_care and not (asked.has_case and asked.has_officer):
        return refusal("CASE_REQUIRED")
    if not asked.facts and not policy.items:
        return refusal("NOTHING_TO_GIVE")
    return None


def _may_ask_by(policy: Policy, kind: str, asked: Asked) -> bool:
    """Whether subjects of this kind may be asked about. The dataset's first kind is what its rows are about.

    Asking by a further kind (the representative of a company) tells that the row belongs to that person: so the item that
    names them must be agreed, or each fact asked must read something that is as sensitive.
    """
    if kind not in policy.subject_kinds:
        return False
    if kind == policy.subject_kinds[0]:
        return True
    named_by = {subject["item"] for subject in policy.document["subjects"] if subject["kind"] == kind}
    if named_by & policy.masks.keys():
        return False  # whoever asks by the whole number has seen through the mask
    if named_by & set(policy.items):
        return True
    sensitivity = {item["name"]: item["sensitivity"] for item in policy.document["items"]}
    least = max(sensitivity[item] for item in named_by)
    read = {fact["name"]: _items_of(fact["expression"]) for fact in policy.document.get("facts", ())}
    return bool(asked.facts) and all(max((sensitivity[item] for item in read.get(name, ())), default=0) >= least for name, _ in asked.facts)


def _facts_refusal(policy: Policy, asked: Asked) -> Refusal | None:
    for name, parameters in asked.facts:
        if name not in policy.facts:
            return refusal("FACT_NOT_AGREED", fact=name if _FACT_NAME.fullmatch(name) else "")  # never a number of a person
        if not has_agreed(policy, name, parameters):
            return refusal("FACT_PARAMETER", fact=name)
    return None


def has_agreed(policy: Policy, fact: str, parameters: Mapping[str, Any]) -> bool:
    """Whether the agreement names this fact with these values of its parameters."""
    if not parameters:
        return fact in policy.facts
    return any(_within(grant, parameters) for grant in policy.facts.get(fact, ()))


def _within(grant: Mapping[str, Any], parameters: Mapping[str, Any]) -> bool:
    """Whether every given parameter is inside what was agreed. A parameter that was not agreed must not be given."""
    return parameters.keys() <= grant.keys() and all(_fits(grant[name], value) for name, value in parameters.items())


def _fits(rule: Mapping[str, Any], value: Any) -> bool:
    if "in" in rule:
        values = value if isinstance(value, list) else [value]
        return bool(values) and all(_among(entry, rule["in"]) for entry in values)
    if "subject" in rule:
        return isinstance(value, str) or (isinstance(value, Mapping) and value.get("kind") == rule["subject"])
    if "text" in rule:
        return isinstance(value, str) and 0 < len(value) <= rule["text"]
    if "min" in rule or "max" in rule:
        return _between(rule, value)
    return False


def _among(value: Any, allowed: list[Any]) -> bool:
    """Equal in type as well as in value: true is not 1."""
    return any(type(entry) is type(value) and entry == value for entry in allowed)


def _between(rule: Mapping[str, Any], value: Any) -> bool:
    low, high = rule.get("min"), rule.get("max")
    bound = low if low is not None else high
    if isinstance(value, bool) or type(value) is not type(bound):
        return False
    return (low is None or value >= low) and (high is None or value <= high)
