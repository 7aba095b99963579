"""Step 1 of a batch: read each body, find its policy, decide. No data have been read yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from exchange.delivery.calls import AskedFact, Call, NamedSubject, Work
from exchange.delivery.fact_operators import FactError, as_date, as_number
from exchange.delivery.facts import CompiledFact, compile_fact
from exchange.delivery.limits import holds
from exchange.delivery.subjects import SubjectError, normalise
from exchange.delivery.wire import Body, SentFact, SentSubject, WireError, read_body, read_subject
from exchange.sharing.grounds_of_refusal import refusal
from exchange.sharing.policy import Asked, Policies, Policy, decide

_COMPILED: dict[str, Mapping[str, CompiledFact]] = {}
_COMPILED_LIMIT = 4096


def utc_text(milliseconds: int) -> str:
    """Time since 1970 in ms as `2026-11-20T22:46:00Z`, the form of every certificate and agreement."""
    return _second(milliseconds // 1000)


@lru_cache(maxsize=16)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def begin(call: Call, policies: Policies, now_ms: int) -> Work:
    """Decide one call; the work that comes back is refused, or holds normalised subjects and typed facts."""
    work = Work(call)
    if call.caller.keyid in policies.revoked_keys:
        # The door looked at an older standing: the revocation came while this batch was on its way.
        work.refuse(refusal("KEY_REVOKED"))
        return work
    if call.fault:
        _refuse_malformed(work, policies, call.fault)
        return work
    try:
        work.body = read_body(call.method, call.document)
    except WireError as error:
        _refuse_malformed(work, policies, str(error))
        return work
    _decide(work, work.body, policies, utc_text(now_ms))
    return work


def _refuse_malformed(work: Work, policies: Policies, why: str) -> None:
    """A body that cannot be read is still the refusal of a known caller, under its own agreement if it is a party."""
    policy = policies.by_agreement.get(work.call.agreement)
    work.policy = policy if policy is not None and work.call.caller.system in policy.systems else None
    work.refuse(refusal("MALFORMED", why=why))


def _decide(work: Work, body: Body, policies: Policies, now: str) -> None:
    asked = Asked(
        system=work.call.caller.system,
        agreement=work.call.agreement,
        method=body.method,
        purpose=body.purpose,
        facts=tuple((fact.name, fact.parameters) for fact in body.facts),
        subject_kinds=frozenset(subject.kind for subject in body.subjects if subject.kind is not None),
        has_case=body.has_case,
        has_officer=bool(body.officer),
    )
    decision = decide(policies, asked, now)
    work.policy = decision.policy
    if decision.policy is not None:
        _name(work, body, decision.policy)
    if decision.refusal is not None:
        work.refuse(decision.refusal)
    elif work.refusal is None and holds.is_held(work.call.caller.system, work.call.caller.department):
        work.refuse(refusal("HELD"))


def _name(work: Work, body: Body, policy: Policy) -> None:
    """Normalise the subjects and parameters of a party's call, so that even a refusal can name whom it asked about."""
    try:
        work.subjects = tuple(_subject(sent, policy, body) for sent in body.subjects)
        work.facts = tuple(_fact(fact, policy) for fact in body.facts)
    except SubjectError as error:
        work.refuse(refusal("SUBJECT_MALFORMED", why=str(error)))
    except (WireError, FactError) as error:
        work.refuse(refusal("MALFORMED", why=str(error)))


def _subject(sent: SentSubject, policy: Policy, body: Body) -> NamedSubject:
    kind = sent.kind or (policy.subject_kinds[0] if policy.subject_kinds else "")
    return NamedSubject(kind, normalise(kind, sent.identifier), sent.echo, sent.case or body.case)


def compiled_facts(policy: Policy) -> Mapping[str, CompiledFact]:
    """The facts of the policy's dataset version, compiled once per version (its hash names it)."""
    compiled = _COMPILED.get(policy.version)
    if compiled is None:
        types = {item["name"]: item["type"] for item in policy.document.get("items", ())}
        compiled = {fact["name"]: compile_fact(fact, types) for fact in policy.document.get("facts", ())}
        if len(_COMPILED) >= _COMPILED_LIMIT:
            _COMPILED.clear()
        _COMPILED[policy.version] = compiled
    return compiled


def _fact(sent: SentFact, policy: Policy) -> AskedFact:
    """The fact with its parameters typed. A fact outside the agreement is left as sent: the decision refuses it."""
    fact = compiled_facts(policy).get(sent.name)
    if fact is None:
        return AskedFact(sent.name, sent.parameters, {}, ())
    missing = fact.parameters.keys() - sent.parameters.keys() - fact.optional
    unknown = sent.parameters.keys() - fact.parameters.keys()
    if missing or unknown:
        raise WireError(f"{sent.name}: give exactly these parameters: {', '.join(sorted(fact.parameters)) or 'none'}")
    kinds = _parameter_kinds(policy, sent.name)
    values: dict[str, Any] = {}
    others: list[tuple[str, str]] = []
    for name, value in sent.parameters.items():
        if fact.parameters[name] == "subject":
            named = read_subject(value, where=f"{sent.name}.{name}")
            kind = named.kind or kinds[name]
            values[name] = normalise(kind, named.identifier)
            others.append((kind, values[name]))
        else:
            values[name] = _typed(fact.parameters[name], value, where=f"{sent.name}.{name}")
    return AskedFact(sent.name, sent.parameters, values, tuple(others))


def _parameter_kinds(policy: Policy, fact: str) -> dict[str, str]:
    declared = next(entry for entry in policy.document["facts"] if entry["name"] == fact)
    default = policy.subject_kinds[0] if policy.subject_kinds else ""
    return {entry["name"]: entry.get("kind", default) for entry in declared.get("parameters", ())}


def _typed(kind: str, value: Any, *, where: str) -> Any:
    """Check one parameter against its declared type; raises FactError or WireError."""
    if kind.endswith("_list"):
        if not isinstance(value, list) or not 0 < len(value) <= 100:
            raise WireError(f"{where}: send a list of 1 to 100 values")
        return [_typed(kind.removesuffix("_list"), entry, where=where) for entry in value]
    if kind == "integer":
        if isinstance(value, bool) or not isinstance(value, int):
            raise WireError(f"{where}: send a whole number")
        return int(as_number(value))
    if not isinstance(value, str):
        raise WireError(f"{where}: send text")
    if kind == "date" and as_date(value).isoformat() != value:
        raise WireError(f"{where}: write the date like 2026-11-20")
    return value
