"""One call to the sandbox: the door, the decision, the minimising and the receipt of the hub itself, over invented records.

Nothing is recorded: an entry is built, so that its receipt has the real form, and forgotten.
"""

from __future__ import annotations

import os
import re
import time
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from audit import acts, trail
from audit.proof.acts import CertificateStanding
from audit.proof.keys import Certificate, Custody, Use
from audit.proof.message import ParsedRequest
from audit.proof.receipt import ReceiptParts, written_receipts
from exchange.delivery import recording
from exchange.delivery.calls import Call, Work
from exchange.delivery.counting import Floors
from exchange.delivery.deciding import begin, compiled_facts
from exchange.delivery.deliver import local_date
from exchange.delivery.door import Arrival, DoorError, Strangers, authenticate, call_of, limited, parse
from exchange.delivery.echoing import echoed
from exchange.delivery.models import SandboxKey
from exchange.delivery.reading import answer_from
from exchange.delivery.responding import Response, answer_response, problem_response
from exchange.delivery.sandbox.identity import Identity, identity
from exchange.delivery.sandbox.twins import Twin, agreement_of, twin_of
from exchange.delivery.seal import MERGE_PROMISE_MS
from exchange.delivery.subjects import kinds
from exchange.sharing.grounds_of_refusal import refusal
from exchange.sharing.policy import Method, Policies

_PATH = re.compile(r"/sandbox/exchange/v1/(?:([a-z2-7]{32})/(verify|query|batch)|(echo))")
_NO_SUCH_CALL = "POST to /sandbox/exchange/v1/{agreement}/verify, query or batch, or to /sandbox/exchange/v1/echo"
_SEEN = Floors()
_CALLS = Strangers()


class _Strangers(dict[Any, trail.SubjectKeyHandle]):
    """Keys for whomever a call names: thrown away with it."""

    def __missing__(self, who: Any) -> trail.SubjectKeyHandle:
        return self.setdefault(who, trail.SubjectKeyHandle(os.urandom(32), os.urandom(32)))


def respond(arrival: Arrival) -> Response:
    """The sandbox's answer to one request, signed like the hub's own, by the sandbox's key. Raises Unavailable without keys."""
    here, now_s = identity(), int(time.time())
    match = _PATH.fullmatch(arrival.path)
    try:
        if match is None:
            raise DoorError(404, "NO_SUCH_CALL", _NO_SUCH_CALL)
        if arrival.method != "POST":
            raise DoorError(405, "METHOD_NOT_ALLOWED", "signed calls are POST requests")
        if _CALLS.are_too_many(arrival.address):
            raise DoorError(429, "TOO_MANY_CALLS", "the sandbox answers 120 calls a minute from one address; wait a minute")
        _CALLS.note(arrival.address)
        if match[3]:
            return _echo(arrival, here, now_s)
        parsed, caller = authenticate(arrival, _certificates(), now_s, 0)
        return _answered(parsed, call_of(arrival, caller, match[1], Method(match[2].upper())), here)
    except DoorError as refused:
        told = limited(refused, arrival.address)
        return problem_response(here.answers, status=told.status, code=told.code, detail=told.detail, created=now_s)


def twin(dataset: str, system: str) -> Twin | None:
    """The twin of a published dataset, as `system` asks it; None where there is no such dataset, or nobody may ask."""
    standing = acts.standing()
    version = standing.versions.get(dataset)
    if version is None or version.version["sharing_attribute"] == "NOT_SHARED":
        return None
    return _twin(version.hash, system, frozenset(pair for pair in standing.restricted if pair[0] == dataset))


@lru_cache(maxsize=256)
def _twin(version: str, system: str, restricted: frozenset[tuple[str, str]]) -> Twin:
    """The content of a version is named by its hash, so a twin that was made stays right."""
    return twin_of(acts.standing().all_versions[version], system=system, restricted=restricted, kinds=kinds())


def _certificates() -> Any:
    return SimpleNamespace(certificates=SimpleNamespace(get=_certificate))


def _certificate(keyid: str) -> CertificateStanding | None:
    found = SandboxKey.objects.filter(system=keyid.partition("/")[0], expires_at__gt=timezone.now()).first()
    if found is None or found.keyid != keyid:
        return None
    owner, _, name = keyid.partition("/")
    certificate = Certificate(
        owner=owner,
        name=name,
        public_key=bytes(found.public_key),
        use=Use.SYSTEM,
        custody=Custody.DEPARTMENT,
        not_before="2000-01-01T00:00:00Z",
        not_after="2200-01-01T00:00:00Z",
        hub="sandbox",
    )
    return CertificateStanding(certificate, 0, "", "SANDBOX")


def _answered(parsed: ParsedRequest, call: Call, here: Identity) -> Response:
    at_ms = time.time_ns() // 1_000_000
    found = _twin_by_agreement(call.agreement, call.caller.system)
    work = begin(call, Policies((0, ""), {found.agreement: found.policy} if found else {}), at_ms)
    pair = (call.caller.keyid, call.caller.nonce)
    if _SEEN.has_seen(*pair, call.caller.created):
        work.refuse(refusal("REPLAYED"))
    _SEEN.note_seen(*pair, call.caller.created)
    if found is not None and work.refusal is None:
        answer_from(work, found.found(compiled_facts(found.policy)), local_date(at_ms))
    recording.name_refused(work)
    return _signed(work, parsed, here, at_ms)


def _twin_by_agreement(agreement: str, system: str) -> Twin | None:
    named = next((code for code in acts.standing().versions if agreement_of(code) == agreement), None)
    return twin(named, system) if named else None


def _signed(work: Work, parsed: ParsedRequest, here: Identity, at_ms: int) -> Response:
    recording.build_entry(work, at_ms, _Strangers())
    part = ReceiptParts(work.built.raw, work.built.disclosures)
    promise = {"issued_ms": at_ms, "merge_by": at_ms + MERGE_PROMISE_MS}
    (receipt,) = written_receipts(here.answers, log=here.origin, hub=here.origin, parts=[part], **promise)
    status = work.refusal.status if work.refusal else 200
    body = recording.with_receipt(work, receipt)
    return answer_response(here.answers, parsed, status=status, body=body, created=at_ms // 1000)


def _echo(arrival: Arrival, here: Identity, now_s: int) -> Response:
    """What the sandbox made of a request, and where the caller's own reading (member `signature_base`) parts from it."""
    parsed, status = parse(arrival), "VALID"
    try:
        parsed, _caller = authenticate(arrival, _certificates(), now_s, 0)
    except DoorError as refused:
        status = refused.code
    body = echoed(parsed, arrival.body, status=status, now_s=now_s, hub=here.origin)
    return answer_response(here.answers, parsed, status=200, body=body, created=now_s)
