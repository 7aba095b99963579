"""A result is handed to the system that asked, once, and while its agreement still allows it; then it is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit import acts, trail
from audit.proof.canonical import dumps
from audit.proof.envelope import EnvelopeError
from exchange.delivery import counting, recording
from exchange.delivery.calls import Call, Work
from exchange.delivery.deciding import begin
from exchange.delivery.deliver import ATTEMPTS, Busy, current_policies
from exchange.delivery.errands import sealing
from exchange.delivery.errands.lifecycle import ErrandState
from exchange.delivery.errands.opening import Opened, built_of, opened
from exchange.delivery.errands.outcomes import fingerprint
from exchange.delivery.models import Errand
from exchange.delivery.responding import Wanted
from exchange.delivery.seal import receipts
from exchange.sharing.grounds_of_refusal import Refusal, refusal
from exchange.sharing.policy import Method

OPEN = (ErrandState.WAITING, ErrandState.ASKED)


@dataclass(frozen=True)
class Collected:
    """What goes back: the status, the body as it is sent, and the errand that is still under way (else empty)."""

    status: int
    raw: bytes
    waiting: str = ""


def spend_nonces(wanted: Sequence[Wanted]) -> list[bool]:
    """Of each signed GET, whether its nonce is fresh; in one transaction."""
    works = [Work(Call(one.caller, one.agreement, Method.QUERY)) for one in wanted]
    if works:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            counting.spend_nonces(cursor, works)
        counting.note_nonces(works)
    return [not work.replayed for work in works]


def collect(wanted: Wanted) -> Collected:
    """The result, or that it is still waited for; every other answer is a problem with a code. Raises Busy."""
    for _attempt in range(ATTEMPTS):
        errand = Errand.objects.filter(intent=wanted.intent, agreement=wanted.agreement, system=wanted.caller.system).first()
        if errand is None:
            return _problem(refusal("RESULT_UNKNOWN"))
        found = opened(errand)
        if found is None or (errand.state not in OPEN and errand.result is None):
            return _problem(refusal("RESULT_GONE"))
        if errand.state in OPEN:
            return Collected(202, _received(found.waiting, found.built), errand.pk)
        try:
            return _hand_out(errand, found, wanted)
        except recording.VersionMoved:
            continue
        except EnvelopeError:  # somebody changed the row: nothing is handed out
            return _problem(refusal("RESULT_GONE"))
    raise Busy


def _hand_out(errand: Errand, found: Opened, wanted: Wanted) -> Collected:
    """Take the result out of its row, and give it where the agreement as it stands now allows that; else a refusal, with its entry."""
    result = sealing.unseal(found.key, sealing.place_of(errand), "result", errand.result or b"")
    policies, at_ms = current_policies(), trail.now_ms()
    work = begin(found.call, policies, at_ms)
    work.listed = {"intent": f"sha256:{wanted.intent.hex()}"}
    ground = work.refusal or (None if result["allowed"] == fingerprint(work.policy) else refusal("DESCRIPTION_CHANGED"))
    is_refused = ground is not None and result["status"] == 200
    if is_refused and ground is not None:
        _refuse(work, ground, wanted, at_ms)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        acts.lock_shared(cursor)
        if acts.version() != policies.head:
            raise recording.VersionMoved
        taken = Errand.objects.filter(pk=errand.pk, result__isnull=False)
        if not taken.update(result=None, question=b"", collected_at=timezone.now()):
            return _problem(refusal("RESULT_GONE"))
        if is_refused:
            trail.insert([work.built])
    if is_refused and ground is not None:
        return Collected(ground.status, _received(work.written, work.built))
    before, after = result["written"]
    return Collected(result["status"], _received((before.encode(), after.encode()), built_of(result)))


def _refuse(work: Work, ground: Refusal, wanted: Wanted, at_ms: int) -> None:
    """The answer was made when it was allowed and is not any more: a refusal of its own, about the same persons."""
    work.call = Call(wanted.caller, work.call.agreement, work.call.method, work.call.document)
    work.refuse(ground)
    recording.name_refused(work)
    recording.build_entry(work, at_ms, trail.subject_keys(person.who for person in work.persons))


def _received(written: tuple[bytes, bytes], built: Any) -> bytes:
    """A body with a receipt that is made now."""
    return recording.with_receipt_between(written, receipts([built], trail.now_ms())[0])


def _problem(ground: Refusal) -> Collected:
    return Collected(ground.status, dumps(recording.problem(ground)))
