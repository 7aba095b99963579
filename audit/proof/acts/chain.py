"""The chain of acts: every byte from act 1 is checked once, in order, and adds up to a Standing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from audit.proof.acts.fold import Placed, fold
from audit.proof.acts.ledger import Ledger
from audit.proof.acts.shape import require_order
from audit.proof.acts.signers import check_signatures, usable_certificate
from audit.proof.acts.standing import AuthorityError, CertificateStanding, Ground, Head, OrderFault, Standing, empty
from audit.proof.canonical import CanonicalError, Document, dumps, loads, require_signable_text, sha256_text
from audit.proof.keys import (
    HUB_OWNER,
    Certificate,
    SignatureError,
    Signer,
    Use,
    require_signature_shape,
    require_time,
    sign_document,
    verify_canonical,
)

ACT_KIND = "act"
_KEY_ORDERS = frozenset({"key", "revoke_key"})
_ACT_MEMBERS = frozenset({"v", "seq", "prev", "at", "order", "signatures"})


@dataclass(frozen=True, slots=True)
class StoredAct:
    """An act as stored: its canonical bytes and the hub's signature object over it."""

    raw: bytes
    hub_signature: Document


def extend(standing: Standing, acts: Iterable[StoredAct]) -> Standing:
    """Check acts that follow the standing's head and give the standing after them; the old one stays usable.

    Raises AuthorityError at the first act that is not byte for byte what the chain allows; then nothing of it counts.
    """
    ledger = Ledger(standing)
    for stored in acts:
        _take(ledger, stored)
    return ledger.freeze()


def read_certificates(ground: Ground, acts: Iterable[StoredAct]) -> Mapping[str, CertificateStanding]:
    """The certificates that the chain's `key` and `revoke_key` acts give, for who has these acts alone (a client).

    Every act is verified as in `extend`, but for its link to the one before: acts in between are not there. So a hub
    can hide a revocation from such a reader, and can invent nothing. Raises AuthorityError.
    """
    ledger = Ledger(empty(ground))
    for stored in acts:
        _take_key(ledger, stored)
    return ledger.freeze().certificates


def check_order(standing: Standing, order: Document, signatures: Sequence[Document], at: str) -> None:
    """Whether an act with this order would be accepted next, at `at`. Raises AuthorityError with the place it had."""
    seq = standing.head.seq + 1
    try:
        _check_time(standing.at, at)
        _apply(Ledger(standing), order, signatures, Head(seq, ""), at)
    except (OrderFault, CanonicalError) as error:
        raise _located(seq, error) from None


def next_act(standing: Standing, *, order: Document, signatures: Sequence[Document], at: str) -> Document:
    """The act that puts an order after the standing's head. Raises AuthorityError if it would not be accepted."""
    check_order(standing, order, signatures, at)
    return {
        "v": 1,
        "seq": standing.head.seq + 1,
        "prev": standing.head.hash or None,
        "at": at,
        "order": order,
        "signatures": list(signatures),
    }


def seal_act(counter: Signer, act: Document) -> StoredAct:
    """The bytes to store and the hub's signature over them, by its hub-counter key."""
    signature = sign_document(counter, kind=ACT_KIND, document=act, role=HUB_OWNER, signed_at=str(act["at"]))
    return StoredAct(dumps(act), signature)


def _take(ledger: Ledger, stored: StoredAct) -> None:
    seq = ledger.head.seq + 1
    try:
        act = _read(stored.raw)
        head = Head(seq, sha256_text(stored.raw))
        _check_place(ledger, act, seq)
        _check_hub_signature(ledger, act, stored)
        _apply(ledger, act["order"], act["signatures"], head, cast("str", act["at"]))
    except (OrderFault, SignatureError, CanonicalError) as error:
        raise _located(seq, error) from None
    ledger.advance(head, cast("str", act["at"]))


def _take_key(ledger: Ledger, stored: StoredAct) -> None:
    seq = ledger.head.seq + 1
    try:
        act = _read(stored.raw)
        if type(act["seq"]) is not int or act["seq"] < seq:
            raise OrderFault("SEQUENCE", "the acts are not in order")
        seq = act["seq"]
        order = act["order"]
        if not isinstance(order, dict) or order.get("type") not in _KEY_ORDERS:
            raise OrderFault("TYPE", "only acts about keys belong here")
        _check_time(ledger.at, act["at"])
        _check_hub_signature(ledger, act, stored)
        since = order.get("since")
        if isinstance(since, str):  # the act it names may not be among these: then everything counts as signed since
            ledger.act_seqs.setdefault(since, 0)
        head = Head(seq, sha256_text(stored.raw))
        _apply(ledger, order, act["signatures"], head, cast("str", act["at"]))
    except (OrderFault, SignatureError, CanonicalError) as error:
        raise _located(seq, error) from None
    ledger.advance(head, cast("str", act["at"]))


def _read(raw: bytes) -> Document:
    act = loads(raw)
    if not isinstance(act, dict) or act.keys() != _ACT_MEMBERS or type(act["v"]) is not int or act["v"] != 1:
        raise OrderFault("SHAPE", "the act has missing or unknown members, or another version")
    if dumps(act) != raw:
        raise OrderFault("BYTES", "the act is not stored as canonical JSON")
    return act


def _check_place(ledger: Ledger, act: Document, seq: int) -> None:
    if type(act["seq"]) is not int or act["seq"] != seq:
        raise OrderFault("SEQUENCE", f"act {seq} was expected here")
    if act["prev"] != (ledger.head.hash or None):
        raise OrderFault("CHAIN", "it does not name the act before it")
    _check_time(ledger.at, act["at"])


def _check_time(before: str, at: object) -> None:
    try:
        require_time(at)
    except SignatureError as error:
        raise OrderFault("TIME", str(error)) from None
    if str(at) < before:
        raise OrderFault("TIME", "it claims to be earlier than the act before it")


def _check_hub_signature(ledger: Ledger, act: Document, stored: StoredAct) -> None:
    signature = stored.hub_signature
    try:
        require_signature_shape(signature)
        if signature["role"] != HUB_OWNER:
            raise SignatureError("the hub signs acts in the role hub")
        certificate = _counter(ledger, act, cast("str", signature["keyid"]))
        verify_canonical(signature, kind=ACT_KIND, raw=stored.raw, public_key=certificate.public_key)
    except SignatureError as error:
        raise OrderFault("HUB_SIGNATURE", f"the hub's signature: {error}") from None


def _counter(ledger: Ledger, act: Document, keyid: str) -> Certificate:
    """The hub-counter certificate: one in force, or the very one that root certifies by this act (as act 1 does).

    The second way also leads out when the only counter key has expired or was revoked; root's signature is checked
    with all others of the act.
    """
    order = act["order"]
    if isinstance(order, dict) and order.get("type") == "key" and f"{order.get('owner')}/{order.get('name')}" == keyid:
        certificate = Certificate.from_order(order)
        if not certificate.valid_at(cast("str", act["at"])):
            raise SignatureError("the counter key is not valid yet, or no longer")
    else:
        certificate = usable_certificate(ledger.view(), keyid, cast("str", act["at"]))
    if certificate.use is not Use.HUB_COUNTER:
        raise SignatureError("the key may not sign acts")
    return certificate


def _apply(ledger: Ledger, order: object, signatures: object, head: Head, at: str) -> None:
    require_order(order)
    document = cast("Document", order)
    require_signable_text(document)
    signed = check_signatures(ledger.view(), document, signatures, at)
    fold(ledger, Placed(document, head.seq, at, head.hash, signed))


def _located(seq: int, error: ValueError) -> AuthorityError:
    code = error.code if isinstance(error, OrderFault) else "BYTES"
    return AuthorityError(seq, code, str(error))
