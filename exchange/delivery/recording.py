"""Steps 4 and 5: the entry of each call, and the one transaction in which a batch becomes durable."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from audit import acts, trail
from audit.proof.canonical import dumps, fresh_nonce, sha256_text
from exchange.delivery import counting
from exchange.delivery.calls import Work
from exchange.delivery.errands import intents, outcomes
from exchange.delivery.limits import closer, unfound
from exchange.delivery.refusal_rate import RATE, REFUSALS_A_MINUTE
from exchange.delivery.subjects import is_personal
from exchange.sharing.grounds_of_refusal import Refusal, refusal
from exchange.sharing.policy import Method, has_agreed

# A process counts and records one batch at a time, whichever door it came by: what it remembers of its own counting
# (counting.Floors) is for one. `deliver` holds it from its decision on.
ONE_BATCH = threading.RLock()
_RECEIPT = "receipt"
_USUAL = frozenset({"answer", "answers", "salt"})


class VersionMoved(Exception):
    """An act was added between compiling and recording: decide again."""


def problem(ground: Refusal) -> dict[str, Any]:
    """The refusal as RFC 9457 problem details, in both languages."""
    return {
        "type": f"urn:mianzheng:problem:{ground.code.lower()}",
        "title": ground.code.replace("_", " ").capitalize(),
        "status": ground.status,
        "detail": ground.en,
        "detail_zh": ground.zh,
        "code": ground.code,
        **ground.data,
    }


def build_entry(work: Work, at_ms: int, keys: Mapping[tuple[str, str], Any]) -> None:
    """Give the answer (or the problem) its salt, and build the entry that holds its digest.

    One of too many refusals is answered without an entry of its own: its persons' keys are not even looked up.
    """
    body = work.answer if work.refusal is None else problem(work.refusal)
    body["salt"] = fresh_nonce()
    work.written = _written(body)
    if not work.is_recorded:
        return
    work.built = trail.build(trail.Draft(route=_route(work), message=_message(work), persons=tuple(work.persons)), at_ms=at_ms, keys=keys)


def _written(body: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """The canonical JSON of an answer in two pieces, between which its receipt stands: members are sorted by name."""
    if body.keys() <= _USUAL:  # of these the salt alone stands after the receipt
        raw, tail = dumps(body), len(b'"salt":""}') + len(body["salt"])
        return raw[:-tail], raw[-tail:]
    before = {name: value for name, value in body.items() if name < _RECEIPT}
    after = {name: value for name, value in body.items() if name > _RECEIPT}
    return dumps(before)[:-1] + (b"," if before else b""), dumps(after)[1:]


def with_receipt(work: Work, receipt: bytes) -> bytes:
    """The body as it is sent."""
    return with_receipt_between(work.written, receipt)


def with_receipt_between(written: tuple[bytes, bytes], receipt: bytes) -> bytes:
    """The two pieces of a body with its receipt between them."""
    before, after = written
    return b'%b"%b":%b,%b' % (before, _RECEIPT.encode(), receipt, after)


def _message(work: Work) -> dict[str, Any]:
    caller = work.call.caller
    return {"request": caller.request_digest, "signature": caller.signature, "answer": sha256_text(b"".join(work.written))}


def _type(work: Work) -> str:
    if work.completion is not None:
        return "outcome"
    if work.outgoing is not None:
        return "intent"
    if work.refusal is not None:
        return "refusal"
    return "export" if work.call.method is Method.EXPORT else "exchange"


def _route(work: Work) -> dict[str, Any]:
    """What the auditor reads. No identifier: facts appear with the parameters that were agreed and name no subject."""
    policy, body = work.policy, work.body
    return {
        "type": _type(work),
        "requester": work.call.caller.department,
        "system": work.call.caller.system,
        "provider": policy.provider if policy else "",
        "dataset": policy.dataset if policy else "",
        "version": policy.version if policy else "",
        "agreement": work.call.agreement,
        "method": str(work.call.method),
        "purpose": body.purpose if body and policy and body.purpose in policy.purposes else "",
        "legal_basis": list(policy.legal_basis) if policy else [],
        "items": list(policy.items) if policy and work.refusal is None and not work.facts else [],
        "facts": [_public_fact(work, position) for position in range(len(work.facts))] if policy else [],
        "withheld": [list(pair) for pair in work.withheld],
        "outcome": work.outcome,
        "reason": work.refusal.code if work.refusal else "",
        "count": work.count,
        **({"emergency": policy.emergency} if policy and policy.emergency else {}),
        **work.listed,
    }


def _public_fact(work: Work, position: int) -> dict[str, Any]:
    fact = work.facts[position]
    if not work.policy or fact.name not in work.policy.facts:
        return {"fact": "", "with": {}}
    if work.refusal is not None and not has_agreed(work.policy, fact.name, fact.sent):
        return {"fact": fact.name, "with": {}}  # what was not agreed can be anything, an identifier too
    hidden = {name for name, value in fact.values.items() if isinstance(value, str) and value in {i for _, i in fact.others}}
    # a text that the agreement leaves free can be anything, a person's name for instance
    hidden |= {name for grant in work.policy.facts[fact.name] for name, rule in grant.items() if "text" in rule}
    return {"fact": fact.name, "with": {name: value for name, value in fact.sent.items() if name not in hidden}}


def count_refusal(work: Work, at_ms: int) -> None:
    """Past 60 refusals a minute a key gets 429: the first of these has an entry, the rest share one when the minute is over."""
    if work.refusal is None or work.completion is not None:
        return
    caller = work.call.caller
    count = RATE.note((caller.keyid, caller.system, caller.department), work.refusal.code, at_ms // 60_000)
    work.refusals = count
    if count > REFUSALS_A_MINUTE:
        work.suppressed = count > REFUSALS_A_MINUTE + 1
        work.refuse(refusal("TOO_MANY_REFUSALS"))


def name_refused(work: Work) -> None:
    """A refused party's call still names whom it asked about, with the state REFUSED or FAILED; a stranger's does not."""
    if work.refusal is None:
        return
    work.persons = []
    if work.policy is None or work.body is None:
        return
    asked = sorted({fact.name for fact in work.facts if fact.name in work.policy.facts}) or list(work.policy.items)
    state = "FAILED" if work.outcome == "ABANDONED" else work.outcome
    for subject in work.subjects:
        if is_personal(subject.kind):
            work.persons.append(
                trail.PersonNamed(subject.kind, subject.identifier, "subject", subject.case or "", work.body.officer or "", asked, state)
            )
    for kind, identifier in sorted({other for fact in work.facts for other in fact.others}):
        if is_personal(kind):
            work.persons.append(
                trail.PersonNamed(kind, identifier, "parameter", work.body.case or "", work.body.officer or "", asked, state)
            )


def record(works: Sequence[Work], *, head: tuple[int, str], at_ms: int, keys: Mapping[tuple[str, str], Any]) -> None:
    """Make the batch durable, or raise VersionMoved with nothing written. The order of steps is the protocol's."""
    with ONE_BATCH:
        _record_noted(works, head, at_ms, keys)


def _record_noted(works: Sequence[Work], head: tuple[int, str], at_ms: int, keys: Mapping[tuple[str, str], Any]) -> None:
    """The transaction, and what this process remembers of it once it is durable."""
    recorded = [work for work in works if work.is_recorded]
    summaries = RATE.due(at_ms // 60_000)
    try:
        fresh = _record(recorded, [_summary(entry, at_ms) for entry in summaries], head, at_ms, keys)
    except BaseException:
        RATE.put_back(summaries)
        counting.forget_unconfirmed()
        unfound.put_back()
        raise
    counting.note_nonces(fresh)
    counting.note_quotas(fresh, at_ms)
    closer.note(fresh, at_ms, counting.FLOORS.closer)
    counting.note_facts(fresh, at_ms)
    unfound.note(fresh, at_ms)


def _record(
    works: Sequence[Work],
    summaries: Sequence[trail.Built],
    head: tuple[int, str],
    at_ms: int,
    keys: Mapping[tuple[str, str], Any],
) -> list[Work]:
    """The transaction itself; returns the works whose nonce was fresh."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        acts.lock_shared(cursor)
        if acts.version() != head:
            raise VersionMoved
        counting.spend_nonces(cursor, works)
        fresh = [work for work in works if not work.replayed]
        counting.spend_quotas(cursor, fresh, at_ms)
        closer.spend(cursor, fresh, at_ms, counting.FLOORS.closer)
        counting.spend_facts(cursor, fresh, at_ms)
        outcomes.finish([work for work in fresh if work.completion is not None], at_ms)
        for work in fresh:
            if work.refusal is not None and work.built is None:
                count_refusal(work, at_ms)
                name_refused(work)
                build_entry(work, at_ms, keys)
        intents.insert(fresh, keys, at_ms)
        unfound.write_due(cursor, at_ms)
        trail.insert([*(work.built for work in fresh if work.is_recorded), *summaries])
        for work in fresh:
            if work.beside is not None and work.refusal is None:
                work.beside(work)
    return fresh


def _summary(entry: tuple[tuple[str, str, str], int, Counter[str]], at_ms: int) -> trail.Built:
    """One entry for the refusals of a key past sixty in one minute: count and reasons."""
    (_keyid, system, department), minute, reasons = entry
    route: dict[str, Any] = {
        "type": "refusal",
        "requester": department,
        "system": system,
        "outcome": "REFUSED",
        "reason": "TOO_MANY_REFUSALS",
        "count": reasons.total(),
        "reasons": dict(sorted(reasons.items())),
        "minute": minute,
    }
    return trail.build(trail.Draft(route=route), at_ms=at_ms, keys={})


def replayed_problem() -> dict[str, Any]:
    """The answer to a replay: no entry, no receipt, a tally."""
    return problem(refusal("REPLAYED"))
