"""The first half of an errand, inside a batch: what is asked becomes an intent in the log and a row that somebody will lease.

No socket is opened here, and nobody is asked before the batch has been committed.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import uuid4

import orjson
from django.conf import settings
from django.db import IntegrityError
from django.db.models import Count

from audit.proof.canonical import b64url
from audit.subjects import SubjectKeyHandle, Who
from audit.trail import PersonNamed
from catalog.stores import HOSTED, Why
from exchange.delivery.calls import Outgoing, Work
from exchange.delivery.errands import sealing, times
from exchange.delivery.errands.lifecycle import ErrandState
from exchange.delivery.models import Errand
from exchange.delivery.officer.opening import open_questions
from exchange.delivery.subjects import is_personal
from exchange.sharing.grounds_of_refusal import refusal

MOST_OPEN = 2_000
_OPEN = (ErrandState.WAITING, ErrandState.ASKED)


class Crossed(Exception):
    """The same idempotency key was committed by another batch a moment ago: decide again, and find its intent."""


def begin_errands(works: Sequence[Work], offline: set[str]) -> None:
    """Make an errand of every decided call whose register is remote; a key for a hosted one is refused."""
    remote = []
    for work in works:
        if work.refusal is not None or work.policy is None or work.completion is not None:
            continue
        if work.policy.store_kind != HOSTED:
            remote.append(work)
        elif work.body is not None and work.body.once is not None:
            work.refuse(refusal("NOT_A_REMOTE_STORE"))
    if remote:
        _begin(remote, offline)


def _begin(works: Sequence[Work], offline: set[str]) -> None:
    for work in works:
        work.outgoing = Outgoing(uuid4().hex, _once(work), _asked(work))
    _find_repeated(works)
    _refuse_overloaded([work for work in works if work.outgoing is not None and work.outgoing.first is None], offline)
    for work in works:
        if work.outgoing is not None and work.outgoing.first is None:
            work.answer = {"state": "WAITING"}
            _name(work)


def _find_repeated(works: Sequence[Work]) -> None:
    """Calls whose idempotency key stands for an earlier one, of another batch or of this one."""
    keys = {work.outgoing.once for work in works if work.outgoing and work.outgoing.once}
    found = _earlier(keys)
    for work in works:
        outgoing = work.outgoing
        if outgoing is None or outgoing.once is None:
            continue
        asked, first = found.setdefault(outgoing.once, (outgoing.asked, work))
        if asked != outgoing.asked:
            work.refuse(refusal("IDEMPOTENCY_KEY_USED"))
        elif first is not work:
            outgoing.first = first


def _earlier(keys: set[bytes]) -> dict[bytes, tuple[bytes, bytes | Work]]:
    """By idempotency key, what was asked under it and the intent that it got."""
    rows = Errand.objects.filter(once__in=keys) if keys else ()
    return {bytes(row.once or b""): (bytes(row.asked), bytes(row.intent)) for row in rows}


def _refuse_overloaded(works: Sequence[Work], offline: set[str]) -> None:
    """A register that is offline is not asked, and one for which too many questions wait gets no more of them."""
    providers = {work.policy.provider for work in works if work.policy}
    rows = Errand.objects.filter(state__in=_OPEN, provider__in=providers).values("provider").annotate(waiting=Count("id"))
    waiting = Counter({row["provider"]: row["waiting"] for row in rows})
    for work in works:
        assert work.policy is not None  # noqa: S101 - only decided works come here
        waiting[work.policy.provider] += 1
        if work.policy.dataset in offline:
            work.refuse(refusal("PROVIDER_DOWN"))
        elif waiting[work.policy.provider] > MOST_OPEN:
            work.refuse(refusal("PROVIDER_DOWN", reason=str(Why.OVERLOADED)))


def _name(work: Work) -> None:
    """Everybody the call names, with the state WAITING."""
    assert work.policy is not None  # noqa: S101 - only decided works come here
    assert work.body is not None  # noqa: S101 - as above
    asked, officer = sorted({fact.name for fact in work.facts}) or list(work.policy.items), work.body.officer or ""
    work.persons = [
        PersonNamed(subject.kind, subject.identifier, "subject", subject.case or "", officer, asked, "WAITING")
        for subject in work.subjects
        if is_personal(subject.kind)
    ]
    others = sorted({other for fact in work.facts for other in fact.others})
    work.persons += [
        PersonNamed(kind, identifier, "parameter", work.body.case or "", officer, None, "WAITING")
        for kind, identifier in others
        if is_personal(kind)
    ]


def people_of(works: Sequence[Work]) -> set[Who]:
    """Whose keys seal what the errands of a batch keep."""
    return {who for work in works if work.outgoing is not None and work.is_recorded for who in sealing.named_by(work)}


def insert(works: Sequence[Work], keys: Mapping[Who, SubjectKeyHandle], at_ms: int) -> None:
    """Write the rows in the caller's transaction. Raises Crossed when another batch has used an idempotency key meanwhile."""
    begun = [work for work in works if work.outgoing is not None and work.refusal is None and work.is_recorded]
    rows = [_row(work, keys, at_ms) for work in begun]
    if not rows:
        return
    once = [row.once for row in rows if row.once is not None]
    if len(set(once)) < len(once) or Errand.objects.filter(once__in=once).exists():
        raise Crossed
    try:
        Errand.objects.bulk_create(rows)
    except IntegrityError:
        raise Crossed from None
    open_questions([(row, work.policy.document) for row, work in zip(rows, begun, strict=True) if work.policy])


def _row(work: Work, keys: Mapping[Who, SubjectKeyHandle], at_ms: int) -> Errand:
    outgoing, policy, at = work.outgoing, work.policy, times.moment(at_ms)
    assert outgoing is not None  # noqa: S101 - chosen by the caller
    assert policy is not None  # noqa: S101 - an errand has a policy
    blinds, key = sealing.joined(keys[who] for who in sealing.named_by(work))
    return Errand(
        id=outgoing.id,
        intent=work.built.leaf,
        department=work.call.caller.department,
        system=work.call.caller.system,
        agreement=work.call.agreement,
        method=str(work.call.method),
        provider=policy.provider,
        dataset=policy.dataset,
        version=policy.version,
        store_kind=policy.store_kind,
        once=outgoing.once,
        asked=outgoing.asked,
        not_before=at,
        created_at=at,
        due_at=times.due_at(policy.document, at),
        blinds=blinds,
        question=sealing.seal(key, _place(work, outgoing), "question", _question(work)),
    )


def _place(work: Work, outgoing: Outgoing) -> sealing.Place:
    call = work.call
    return sealing.Place(outgoing.id, call.caller.department, call.caller.system, call.agreement, str(call.method))


def _question(work: Work) -> dict[str, object]:
    """What is needed to ask, to decide again, and to say again that it waits."""
    caller = work.call.caller
    return {
        "caller": [caller.keyid, caller.request_digest, caller.signature, caller.nonce, caller.created],
        "document": work.call.document,
        "waiting": [part.decode() for part in work.written],
        "entry": b64url(work.built.raw),
        "disclosures": work.built.disclosures,
    }


def _once(work: Work) -> bytes | None:
    """The idempotency key as a row keeps it: what a caller writes into it is the caller's own business."""
    assert work.body is not None  # noqa: S101 - only decided works come here
    if work.body.once is None:
        return None
    return _keyed(f"once\n{work.call.caller.system}\n{work.call.agreement}\n{work.body.once}".encode())


def _asked(work: Work) -> bytes:
    """What is asked, but for the salt: the same question under the same key is the same call."""
    document = {name: value for name, value in work.call.document.items() if name != "salt"}
    return _keyed(f"asked\n{work.call.method}\n".encode() + orjson.dumps(document, option=orjson.OPT_SORT_KEYS))


def _keyed(data: bytes) -> bytes:
    return hmac.digest(_key(), data, "sha256")


@lru_cache(maxsize=1)
def _key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"errands", "sha256")
