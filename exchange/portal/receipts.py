"""Checks a pasted receipt, or an answer with its receipt, in memory: a verdict in plain words. Keeps nothing, logs nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from audit import acts, proofs
from audit.errors import HubError, Missing
from audit.ground import log_origin
from audit.proof.acts import Standing
from audit.proof.canonical import CanonicalError, Document, document_hash, loads
from audit.proof.keys import SignatureError, Use, verify_document
from audit.proof.merkle import ProofError
from audit.proof.note import Checkpoint, NoteError
from audit.proof.receipt import KIND, ReceiptError, VerifiedReceipt, check_answer, verify_receipt
from audit.proof.verify import verify_inclusion_proof

LIMIT = 1 << 20  # bytes


class Found(StrEnum):
    """What a check found."""

    IN_LOG = "IN_LOG"
    PROMISED = "PROMISED"
    NOT_JSON = "NOT_JSON"
    TOO_LARGE = "TOO_LARGE"
    NO_RECEIPT = "NO_RECEIPT"
    OTHER_HUB = "OTHER_HUB"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    CHANGED = "CHANGED"
    OTHER_ANSWER = "OTHER_ANSWER"
    NOT_IN_LOG = "NOT_IN_LOG"
    PROMISE_BROKEN = "PROMISE_BROKEN"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True)
class Verdict:
    """What a check found, and what it proved on the way. `detail` is the proof code's own words on a failure."""

    found: Found
    detail: str = ""
    receipt: VerifiedReceipt | None = None
    with_answer: bool = False
    index: int | None = None
    checkpoint: Checkpoint | None = None
    bundle: Document = field(default_factory=dict)


class _Ended(Exception):
    """The check ended here, with this finding."""

    def __init__(self, found: Found, detail: str = "") -> None:
        super().__init__(found)
        self.found, self.detail = found, detail


def check(raw: bytes) -> Verdict:
    """Check what somebody pasted or uploaded. Never raises for what it is given."""
    try:
        receipt, answer = _read(raw)
        standing = acts.standing()
        verified = _verify(receipt, standing)
        if answer is not None:
            _check_answer(verified, answer)
        return _place(verified, receipt, answer, standing)
    except _Ended as end:
        return Verdict(end.found, end.detail)
    except HubError as error:
        return Verdict(Found.UNAVAILABLE, str(error))


def _read(raw: bytes) -> tuple[Document, Document | None]:
    """The receipt and, where it was handed in, the answer."""
    if len(raw) > LIMIT:
        raise _Ended(Found.TOO_LARGE)
    document = _json(raw.strip().removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(document, dict):
        raise _Ended(Found.NO_RECEIPT)
    if "leaf" in document and "entry" in document:
        return document, None
    receipt = document.get("receipt")
    if not isinstance(receipt, dict):
        raise _Ended(Found.NO_RECEIPT)
    return receipt, _answer(document)


def _answer(document: Document) -> Document | None:
    """The body that the receipt belongs to: the whole document, or what a filed bundle holds."""
    if not {"checkpoint", "proof"} <= document.keys():
        return document
    answer = document.get("answer")
    if isinstance(answer, dict) and isinstance(answer.get("body"), str) and "headers" in answer:
        answer = _json(str(answer["body"]).encode("utf-8", "replace"))
    if answer is not None and not isinstance(answer, dict):
        raise _Ended(Found.NO_RECEIPT)
    return answer


def _json(raw: bytes) -> Any:
    try:
        return loads(raw, max_bytes=LIMIT)
    except CanonicalError as error:
        raise _Ended(Found.NOT_JSON, str(error)) from None


def _verify(receipt: Document, standing: Standing) -> VerifiedReceipt:
    if receipt.get("log") != log_origin():
        raise _Ended(Found.OTHER_HUB)
    held = standing.certificates.get(str(receipt.get("keyid")))
    if held is None or held.certificate.use is not Use.HUB_ANSWER:
        raise _Ended(Found.UNKNOWN_KEY)
    key = held.certificate.public_key
    try:
        verified = verify_receipt(receipt, public_key=key, log=log_origin())
    except ReceiptError as error:
        raise _Ended(Found.CHANGED if _is_signed(receipt, key) else Found.BAD_SIGNATURE, str(error)) from None
    if not held.certificate.valid_at(_utc_text(verified.issued_ms)):
        raise _Ended(Found.UNKNOWN_KEY)
    return verified


def _is_signed(receipt: Document, key: bytes) -> bool:
    """Whether the hub's signature itself holds, so that what fails is what it was put on."""
    signature: Any = receipt.get("signature")
    if not isinstance(signature, dict) or not isinstance(signature.get("document"), dict):
        return False
    document = signature["document"]
    try:
        verify_document({**signature, "document": document_hash(document)}, kind=KIND, document=document, public_key=key)
    except (SignatureError, CanonicalError):
        return False
    return True


def _check_answer(verified: VerifiedReceipt, answer: Document) -> None:
    try:
        check_answer(verified, {name: value for name, value in answer.items() if name != "receipt"})
    except ReceiptError as error:
        raise _Ended(Found.OTHER_ANSWER, str(error)) from None


def _place(verified: VerifiedReceipt, receipt: Document, answer: Document | None, standing: Standing) -> Verdict:
    """Where the entry stands in the log, proved now; or what was promised instead."""
    try:
        served = proofs.inclusion(leaf=verified.leaf)
    except Missing:
        is_late = verified.merge_by < time.time_ns() // 1_000_000
        raise _Ended(Found.PROMISE_BROKEN if is_late else Found.NOT_IN_LOG) from None
    except HubError as error:
        if error.reason != "NOT_YET_MERGED":
            raise
        return Verdict(Found.PROMISED, receipt=verified, with_answer=answer is not None)
    proof = {name: served[name] for name in ("index", "size", "path")}
    head, index = _proved(verified, proof, served["checkpoint"], standing)
    bundle: Document = {"receipt": receipt, "answer": answer, "checkpoint": served["checkpoint"], "proof": proof}
    return Verdict(Found.IN_LOG, receipt=verified, with_answer=answer is not None, index=index, checkpoint=head, bundle=bundle)


def _proved(verified: VerifiedReceipt, proof: Document, checkpoint: str, standing: Standing) -> tuple[Checkpoint, int]:
    detail = ""
    for item in standing.certificates.values():
        if item.certificate.use is Use.HUB_LOG:
            try:
                return verify_inclusion_proof(proof, verified, checkpoint=checkpoint, log_key=item.certificate.public_key)
            except (ProofError, NoteError) as error:
                detail = str(error)
    raise _Ended(Found.NOT_IN_LOG, detail)


def _utc_text(time_ms: int) -> str:
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""
