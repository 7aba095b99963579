"""Receipts: the hub's signed promise that an entry is, or will be, in its log (protocol section 6).

All receipts of a batch are leaves of one small RFC 6962 tree, so that one signature serves them all.
"""

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from audit.proof.canonical import CanonicalError, Document, document_hash, dumps, fresh_nonce
from audit.proof.disclosure import (
    PERSON,
    DisclosureError,
    LogEntry,
    check_persons,
    open_disclosure,
    open_disclosures,
    parse_entry,
)
from audit.proof.keys import SignatureError, Signer, sign_document, verify_document
from audit.proof.merkle import HASH_SIZE, ProofError, inclusion_paths, leaf_hash, verify_inclusion

KIND = "receipts"
ROLE = "hub"
VERSION = 1
_SIGNED_MEMBERS = ("v", "log", "leaf", "entry", "issued_ms", "merge_by", "keyid")
_MEMBERS = frozenset({*_SIGNED_MEMBERS, "disclosures", "proof", "signature"})
_IN_ORDER = (*_SIGNED_MEMBERS, "disclosures", "proof", "signature")
_PROOF_MEMBERS = frozenset({"index", "size", "path"})
_DOCUMENT_MEMBERS = frozenset({"root", "size", "hub", "nonce"})
_HASH_PREFIX = "sha256:"
_MAX_PATH = 32


class ReceiptError(ValueError):
    """The receipt proves nothing; the message says which part fails."""


@dataclass(slots=True)
class ReceiptParts:
    """What one receipt is made of: the exact entry bytes and the disclosures of the party that gets it."""

    entry: bytes
    disclosures: list[str]


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt proves. `leaf` is the leaf hash (32 bytes); times are in ms since 1970."""

    entry: LogEntry
    entry_bytes: bytes
    leaf: bytes
    log: str
    keyid: str
    issued_ms: int
    merge_by: int
    route: dict[str, Any] | None = None
    message: dict[str, Any] | None = None
    subject: dict[str, Any] | None = None
    persons: list[dict[str, Any]] = field(default_factory=list)


def issue_receipts(
    signer: Signer, *, log: str, hub: str, parts: Sequence[ReceiptParts], issued_ms: int, merge_by: int
) -> list[dict[str, Any]]:
    """Receipts of one batch, in the order of `parts`, under one signature. `merge_by` in ms is the promise."""
    written = written_receipts(signer, log=log, hub=hub, parts=parts, issued_ms=issued_ms, merge_by=merge_by)
    receipts = [json.loads(text) for text in written]
    return [{name: receipt[name] for name in _IN_ORDER} for receipt in receipts]


def written_receipts(signer: Signer, *, log: str, hub: str, parts: Sequence[ReceiptParts], issued_ms: int, merge_by: int) -> list[bytes]:
    """The same receipts as canonical JSON, written by hand: what they have in common is written once a batch."""
    if not parts:
        return []
    before_leaf = b'","issued_ms":%d,"keyid":%b,"leaf":"%b' % (issued_ms, dumps(signer.keyid), _HASH_PREFIX.encode())
    after_leaf = b'","log":%b,"merge_by":%d' % (dumps(log), merge_by)
    heads = [b'"entry":"%b%b%b%b' % (b64encode(part.entry), before_leaf, _hex(leaf_hash(part.entry)), after_leaf) for part in parts]
    root, paths = inclusion_paths([leaf_hash(b'{%b,"v":%d}' % (head, VERSION)) for head in heads])
    signature = dumps(_sign(signer, hub=hub, root=root, size=len(parts), issued_ms=issued_ms))
    end = b'],"size":%d},"signature":%b,"v":%d}' % (len(parts), signature, VERSION)
    return [
        b'{"disclosures":[%b],%b,"proof":{"index":%d,"path":[%b%b'
        % (_texts(part.disclosures), head, index, _texts(_HASH_PREFIX + item.hex() for item in path), end)
        for index, (head, part, path) in enumerate(zip(heads, parts, paths, strict=True))
    ]


def verify_receipt(receipt: Document, *, public_key: bytes, log: str) -> VerifiedReceipt:
    """Check a receipt as a stranger would: shape, entry, disclosures, place in the batch, signature.

    `public_key` is that of the hub-answer key which `receipt["keyid"]` names; its certificate is the caller's to check.
    Raises ReceiptError. That the entry is in the log is another proof: `verify.verify_inclusion_proof`.
    """
    _require_members(receipt, _MEMBERS, "the receipt")
    raw, leaf = _check_head(receipt, log)
    try:
        entry = parse_entry(raw)
        opened, persons = _open_parts(entry, receipt["disclosures"])
        _check_signature(receipt, public_key, log)
    except (DisclosureError, CanonicalError, ProofError, SignatureError) as error:
        raise ReceiptError(str(error)) from None
    return VerifiedReceipt(
        entry=entry,
        entry_bytes=raw,
        leaf=leaf,
        log=log,
        keyid=_text(receipt["keyid"]),
        issued_ms=_integer(receipt["issued_ms"]),
        merge_by=_integer(receipt["merge_by"]),
        persons=persons,
        **opened,
    )


def answer_digest(answer: Document) -> str:
    """Digest of an answer that the log commits to: SHA-256 of its canonical JSON without the member `receipt`."""
    return document_hash({name: value for name, value in answer.items() if name != "receipt"})


def check_answer(receipt: Document | VerifiedReceipt, answer_without_receipt: Document) -> None:
    """Raise ReceiptError unless this body is the one whose digest stands in the receipt's message disclosure.

    A receipt given as a dict must have been verified before; its message is matched with its entry again.
    """
    message = receipt.message if isinstance(receipt, VerifiedReceipt) else _message_of(receipt)
    if message is None:
        raise ReceiptError("the receipt discloses no message, so it says nothing about this answer")
    try:
        digest = answer_digest(answer_without_receipt)
    except CanonicalError as error:
        raise ReceiptError(f"the answer: {error}") from None
    if message.get("answer") != digest:
        raise ReceiptError("the receipt belongs to another answer")


def hash_bytes(text: object) -> bytes:
    """Read `sha256:` and 64 lower-case hex digits; raise ProofError for anything else."""
    digits = text[len(_HASH_PREFIX) :] if isinstance(text, str) and text.startswith(_HASH_PREFIX) else ""
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        data = b""
    if len(data) != HASH_SIZE or data.hex() != digits:
        raise ProofError("a hash is written sha256: and 64 lower-case hex digits")
    return data


def read_proof(proof: object) -> tuple[int, int, list[bytes]]:
    """Index, size and path of a proof document `{index, size, path}`; raise ProofError for any other shape."""
    if not isinstance(proof, dict) or proof.keys() != _PROOF_MEMBERS:
        raise ProofError("a proof has the members index, size and path")
    index, size, path = proof["index"], proof["size"], proof["path"]
    if type(index) is not int or type(size) is not int or not isinstance(path, list):
        raise ProofError("a proof has whole numbers and a list of hashes")
    if len(path) > 2 * _MAX_PATH:
        raise ProofError("the audit path is too long")
    return index, size, [hash_bytes(item) for item in path]


def _sign(signer: Signer, *, hub: str, root: bytes, size: int, issued_ms: int) -> dict[str, Any]:
    """The signature object with the signed document inside it, where other signatures have its hash."""
    document: Document = {"root": _HASH_PREFIX + root.hex(), "size": size, "hub": hub, "nonce": fresh_nonce()}
    signed_at = datetime.fromtimestamp(issued_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signature = sign_document(signer, kind=KIND, document=document, role=ROLE, signed_at=signed_at)
    return {**signature, "document": document}


def _hex(data: bytes) -> bytes:
    return data.hex().encode("ascii")


def _texts(texts: Iterable[str]) -> bytes:
    """Members of a JSON list of base64url or hexadecimal texts of our own making, which need no escapes."""
    joined = '","'.join(texts)
    return f'"{joined}"'.encode("ascii") if joined else b""


def _check_head(receipt: Document, log: str) -> tuple[bytes, bytes]:
    """The entry bytes and their leaf hash, after checking the first seven members."""
    if type(receipt["v"]) is not int or receipt["v"] != VERSION:
        raise ReceiptError("the receipt is of an unknown version")
    if receipt["log"] != log:
        raise ReceiptError("the receipt is of another log")
    if _integer(receipt["merge_by"]) < _integer(receipt["issued_ms"]):
        raise ReceiptError("the receipt promises a time before it was issued")
    raw = _entry_bytes(receipt["entry"])
    leaf = leaf_hash(raw)
    if receipt["leaf"] != _HASH_PREFIX + leaf.hex():
        raise ReceiptError("the leaf hash is not that of the entry")
    return raw, leaf


def _entry_bytes(text: object) -> bytes:
    try:
        raw = b64decode(_text(text), validate=True)
    except (binascii.Error, ValueError):
        raise ReceiptError("the entry is no standard base64") from None
    if b64encode(raw).decode("ascii") != text:
        raise ReceiptError("the entry is no standard base64")
    return raw


def _open_parts(entry: LogEntry, texts: object) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the disclosures say, by name, and the persons: either all of them or none."""
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ReceiptError("the disclosures are a list of texts")
    clear: list[str] = []
    persons: list[str] = []
    for text in texts:
        (persons if open_disclosure(text)[1] == PERSON else clear).append(text)
    opened = open_disclosures(entry, clear)
    opened.pop("label", None)
    if any(not isinstance(value, dict) for value in opened.values()):
        raise ReceiptError("a disclosure's value is no object")
    return opened, check_persons(opened.get("subject"), persons) if persons else []


def _check_signature(receipt: Document, public_key: bytes, log: str) -> None:
    """The batch's root is signed, and the first seven members are a leaf under it."""
    signature = receipt["signature"]
    if not isinstance(signature, dict) or not isinstance(signature.get("document"), dict):
        raise ReceiptError("the signature has no document inside it")
    document: Any = signature["document"]
    _require_members(document, _DOCUMENT_MEMBERS, "the signed document")
    if signature.get("keyid") != receipt["keyid"] or signature.get("role") != ROLE or document["hub"] != log:
        raise ReceiptError("the signature is another key's, in another role or for another hub")
    verify_document({**signature, "document": document_hash(document)}, kind=KIND, document=document, public_key=public_key)
    index, size, path = read_proof(receipt["proof"])
    if type(document["size"]) is not int or size != document["size"]:
        raise ReceiptError("the proof is for another batch")
    leaf = leaf_hash(dumps({name: receipt[name] for name in _SIGNED_MEMBERS}))
    verify_inclusion(leaf, index, size, path, hash_bytes(document["root"]))


def _message_of(receipt: Document) -> dict[str, Any] | None:
    _require_members(receipt, _MEMBERS, "the receipt")
    try:
        opened, _ = _open_parts(parse_entry(_entry_bytes(receipt["entry"])), receipt["disclosures"])
    except (DisclosureError, CanonicalError) as error:
        raise ReceiptError(str(error)) from None
    return opened.get("message")


def _require_members(value: object, members: frozenset[str], what: str) -> None:
    if not isinstance(value, dict) or value.keys() != members:
        raise ReceiptError(f"{what} has missing or unknown members")


def _integer(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ReceiptError("a time is a whole number of milliseconds")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ReceiptError("a member that should be text is not")
    return value
