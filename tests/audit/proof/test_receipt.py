"""Receipts: what one proves, and that nothing in it can be bent, added or left out."""

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from audit.proof.canonical import document_hash, dumps, loads, signed_bytes, unb64url
from audit.proof.disclosure import compose_entry, disclosure
from audit.proof.keys import sign_document, verify_bytes
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.receipt import (
    ReceiptError,
    ReceiptParts,
    answer_digest,
    check_answer,
    issue_receipts,
    verify_receipt,
)
from tests.audit.proof.sample_log import ORIGIN, PROMISE_MS, START_MS, SampleLog, fresh_signer

Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def log() -> SampleLog:
    log = SampleLog()
    for persons in (["p-1"], ["p-1", "p-2", "p-3"], []):
        log.exchange(persons=persons)
    return log


@pytest.fixture
def receipt(log: SampleLog) -> dict[str, Any]:
    issued: dict[str, Any] = loads(dumps(log.receipts(0, 1, 2)[1]))
    return issued


def test_a_receipt_proves_its_entry_and_what_it_discloses(log: SampleLog) -> None:
    for index, receipt in enumerate(log.receipts(0, 1, 2)):
        verified = verify_receipt(loads(dumps(receipt)), public_key=log.answer_signer.public_key, log=ORIGIN)
        assert verified.entry_bytes == log.raw[index]
        assert verified.leaf == leaf_hash(log.raw[index])
        assert (verified.log, verified.keyid) == (ORIGIN, "hub/answer-1")
        assert (verified.issued_ms, verified.merge_by) == (START_MS, START_MS + PROMISE_MS)
        assert verified.route is not None
        assert verified.route["requester"] == "HOUSING"
        assert [person["id"] for person in verified.persons] == [["p-1"], ["p-1", "p-2", "p-3"], []][index]
        check_answer(verified, log.answers[index])
        check_answer(receipt, {**log.answers[index], "receipt": receipt})


def test_a_receipt_is_built_as_the_protocol_writes_it(log: SampleLog) -> None:
    receipts = log.receipts(0, 1, 2)
    for index, receipt in enumerate(receipts):
        assert list(receipt) == ["v", "log", "leaf", "entry", "issued_ms", "merge_by", "keyid", "disclosures", "proof", "signature"]
        assert base64.b64decode(receipt["entry"]) == log.raw[index]
        signature = receipt["signature"]
        assert set(signature) == {"alg", "keyid", "role", "document", "signed_at", "value"}
        document = signature["document"]
        assert set(document) == {"root", "size", "hub", "nonce"}
        assert (document["size"], document["hub"], len(document["nonce"])) == (3, ORIGIN, 22)
        verify_bytes(log.answer_signer.public_key, signed_bytes("receipts", document), unb64url(signature["value"]))
        first_seven = {name: receipt[name] for name in list(receipt)[:7]}
        path = [bytes.fromhex(item.removeprefix("sha256:")) for item in receipt["proof"]["path"]]
        root = bytes.fromhex(document["root"].removeprefix("sha256:"))
        verify_inclusion(leaf_hash(dumps(first_seven)), index, 3, path, root)


def test_one_signature_serves_the_batch() -> None:
    class Counting:
        def __init__(self) -> None:
            self.signer, self.count = fresh_signer("hub/answer-1"), 0
            self.keyid, self.alg, self.public_key = self.signer.keyid, self.signer.alg, self.signer.public_key

        def sign(self, data: bytes) -> bytes:
            self.count += 1
            return self.signer.sign(data)

    signer = Counting()
    parts = [ReceiptParts(*compose_entry(kind="x", ts="2026-11-20T22:46Z", route={"n": n})) for n in range(50)]
    receipts = issue_receipts(signer, log=ORIGIN, hub=ORIGIN, parts=parts, issued_ms=START_MS, merge_by=START_MS)
    assert signer.count == 1
    for receipt in receipts:
        verify_receipt(receipt, public_key=signer.public_key, log=ORIGIN)


def test_no_entries_no_receipts() -> None:
    assert issue_receipts(fresh_signer("hub/answer-1"), log=ORIGIN, hub=ORIGIN, parts=[], issued_ms=1, merge_by=1) == []


def test_a_receipt_may_disclose_less(log: SampleLog, receipt: dict[str, Any]) -> None:
    receipt["disclosures"] = []
    verified = verify_receipt(receipt, public_key=log.answer_signer.public_key, log=ORIGIN)
    assert (verified.route, verified.message, verified.subject, verified.persons) == (None, None, None, [])
    with pytest.raises(ReceiptError):
        check_answer(verified, log.answers[1])


def set_member(*path: Any, value: Any) -> Change:
    def change(receipt: dict[str, Any]) -> None:
        inner: Any = receipt
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value

    return change


def drop_member(*path: Any) -> Change:
    def change(receipt: dict[str, Any]) -> None:
        inner: Any = receipt
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]

    return change


OTHER_HASH = "sha256:" + "ab" * 32
MEMBERS = ["v", "log", "leaf", "entry", "issued_ms", "merge_by", "keyid", "disclosures", "proof", "signature"]


@pytest.mark.parametrize(
    "change",
    [
        set_member("extra", value=1),
        set_member("proof", "extra", value=1),
        set_member("signature", "extra", value="1"),
        set_member("signature", "document", "extra", value=1),
        *[drop_member(member) for member in MEMBERS],
        *[drop_member("proof", member) for member in ("index", "size", "path")],
        *[drop_member("signature", member) for member in ("alg", "keyid", "role", "document", "signed_at", "value")],
        *[drop_member("signature", "document", member) for member in ("root", "size", "hub", "nonce")],
        *[set_member(member, value=None) for member in MEMBERS],
        *[set_member(member, value=[]) for member in MEMBERS if member != "disclosures"],
        *[set_member(member, value={}) for member in MEMBERS],
        set_member("v", value=2),
        set_member("v", value=True),
        set_member("log", value="log.example/other"),
        set_member("leaf", value=OTHER_HASH),
        set_member("issued_ms", value=START_MS + 1),
        set_member("issued_ms", value=float(START_MS)),
        set_member("issued_ms", value=-1),
        set_member("merge_by", value=START_MS + PROMISE_MS + 1),
        set_member("merge_by", value=START_MS - 1),
        set_member("merge_by", value=2**60),
        set_member("keyid", value="hub/answer-2"),
        set_member("proof", "index", value=0),
        set_member("proof", "index", value=3),
        set_member("proof", "index", value=-1),
        set_member("proof", "index", value=True),
        set_member("proof", "size", value=0),
        set_member("proof", "size", value=2),
        set_member("proof", "size", value=4),
        set_member("proof", "path", value=[]),
        set_member("proof", "path", 0, value=OTHER_HASH),
        set_member("proof", "path", 0, value="ab" * 32),
        set_member("proof", "path", 0, value="sha256:" + "AB" * 32),
        set_member("proof", "path", 0, value="sha256:abcd"),
        set_member("proof", "path", 0, value=1),
        set_member("proof", "path", value=[OTHER_HASH] * 1000),
        set_member("signature", "alg", value="none"),
        set_member("signature", "alg", value="ed448"),
        set_member("signature", "keyid", value="hub/answer-2"),
        set_member("signature", "role", value="provider"),
        set_member("signature", "signed_at", value="yesterday"),
        set_member("signature", "value", value="AA"),
        set_member("signature", "value", value=""),
        set_member("signature", "value", value="A" * 86),
        set_member("signature", "document", value=OTHER_HASH),
        set_member("signature", "document", "root", value=OTHER_HASH),
        set_member("signature", "document", "size", value=4),
        set_member("signature", "document", "size", value=3.0),
        set_member("signature", "document", "hub", value="log.example/other"),
        set_member("signature", "document", "nonce", value="A" * 22),
        set_member("disclosures", value="text"),
        set_member("disclosures", value=[1]),
        set_member("disclosures", 0, value="AAAA"),
        set_member("disclosures", 0, value=disclosure("A" * 22, "route", {"forged": True})),
        set_member("disclosures", 0, value=disclosure("A" * 22, "person", {"forged": True})),
    ],
)
def test_a_bent_receipt_is_refused(log: SampleLog, receipt: dict[str, Any], change: Change) -> None:
    change(receipt)
    with pytest.raises(ReceiptError):
        verify_receipt(receipt, public_key=log.answer_signer.public_key, log=ORIGIN)


def test_every_changed_character_of_the_entry_is_noticed(log: SampleLog, receipt: dict[str, Any]) -> None:
    text = receipt["entry"]
    for at in range(len(text)):
        for forged in (text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :], text[:at], text + "="):
            with pytest.raises(ReceiptError):
                verify_receipt({**receipt, "entry": forged}, public_key=log.answer_signer.public_key, log=ORIGIN)


def test_a_forged_entry_with_its_own_leaf_hash_is_not_in_the_batch(log: SampleLog, receipt: dict[str, Any]) -> None:
    raw, texts = compose_entry(kind="x", ts="2026-11-20T22:46Z", route={"forged": True})
    forged = {
        **receipt,
        "entry": base64.b64encode(raw).decode(),
        "leaf": "sha256:" + leaf_hash(raw).hex(),
        "disclosures": texts,
    }
    with pytest.raises(ReceiptError):
        verify_receipt(forged, public_key=log.answer_signer.public_key, log=ORIGIN)


@pytest.mark.parametrize(
    ("head", "hub"),
    [
        ({"leaf": OTHER_HASH}, ORIGIN),
        ({"log": "log.example/other"}, ORIGIN),
        ({"v": 2}, ORIGIN),
        ({"merge_by": START_MS - 1}, ORIGIN),
        ({"keyid": "hub/answer-2"}, ORIGIN),
        ({}, "log.example/other"),
    ],
)
def test_a_contradiction_is_refused_even_when_the_hub_signed_it(
    log: SampleLog, receipt: dict[str, Any], head: dict[str, Any], hub: str
) -> None:
    first_seven = {name: receipt[name] for name in MEMBERS[:7]}
    verify_receipt(batch_of_one(log, receipt, first_seven, ORIGIN), public_key=log.answer_signer.public_key, log=ORIGIN)
    with pytest.raises(ReceiptError):
        verify_receipt(batch_of_one(log, receipt, first_seven | head, hub), public_key=log.answer_signer.public_key, log=ORIGIN)


def test_another_key_or_another_log_is_refused(log: SampleLog, receipt: dict[str, Any]) -> None:
    with pytest.raises(ReceiptError):
        verify_receipt(receipt, public_key=fresh_signer("hub/answer-1").public_key, log=ORIGIN)
    with pytest.raises(ReceiptError):
        verify_receipt(receipt, public_key=log.answer_signer.public_key, log="log.example/other")


def test_a_signature_of_another_kind_is_refused(log: SampleLog, receipt: dict[str, Any]) -> None:
    document = receipt["signature"]["document"]
    signed_at = receipt["signature"]["signed_at"]
    signature = sign_document(log.answer_signer, kind="act", document=document, role="hub", signed_at=signed_at)
    receipt["signature"] = {**signature, "document": document}
    with pytest.raises(ReceiptError):
        verify_receipt(receipt, public_key=log.answer_signer.public_key, log=ORIGIN)


@pytest.mark.parametrize("wrong", [slice(0, 2), slice(1, None), slice(0, 0)])
def test_persons_are_disclosed_all_or_not_at_all(log: SampleLog, receipt: dict[str, Any], wrong: slice) -> None:
    persons = log.person_texts[1]
    receipt["disclosures"] = log.texts[1] + persons[wrong]
    if persons[wrong]:
        with pytest.raises(ReceiptError):
            verify_receipt(receipt, public_key=log.answer_signer.public_key, log=ORIGIN)
    else:
        assert verify_receipt(receipt, public_key=log.answer_signer.public_key, log=ORIGIN).subject is not None


def test_persons_without_their_subject_are_refused(log: SampleLog, receipt: dict[str, Any]) -> None:
    receipt["disclosures"] = log.person_texts[1]
    with pytest.raises(ReceiptError):
        verify_receipt(receipt, public_key=log.answer_signer.public_key, log=ORIGIN)


def test_disclosures_of_another_entry_are_refused(log: SampleLog, receipt: dict[str, Any]) -> None:
    for wrong in (log.texts[0], log.texts[1] + log.texts[1], log.texts[1] + log.texts[0]):
        receipt["disclosures"] = wrong
        with pytest.raises(ReceiptError):
            verify_receipt(receipt, public_key=log.answer_signer.public_key, log=ORIGIN)


@pytest.mark.parametrize("wrong", [None, [], "receipt", 1, {}])
def test_what_is_no_object_is_no_receipt(wrong: Any) -> None:
    with pytest.raises(ReceiptError):
        verify_receipt(wrong, public_key=bytes(32), log=ORIGIN)


def test_an_answer_is_matched_to_the_byte(log: SampleLog, receipt: dict[str, Any]) -> None:
    answer = log.answers[1]
    check_answer(receipt, answer)
    changed = copy.deepcopy(answer)
    changed["answer"]["records"][0]["grade"] = 3
    for wrong in (changed, log.answers[0], {}, {**answer, "more": 1}, {**answer, "salt": 1.5}):
        with pytest.raises(ReceiptError):
            check_answer(receipt, wrong)


def test_an_unverified_receipt_cannot_bring_its_own_message(log: SampleLog, receipt: dict[str, Any]) -> None:
    forged: dict[str, Any] = {"answer": {"state": "NO_RECORD"}}
    receipt["disclosures"] = [disclosure("A" * 22, "message", {"answer": answer_digest(forged)})]
    with pytest.raises(ReceiptError):
        check_answer(receipt, forged)


def test_the_answer_digest_leaves_the_receipt_out() -> None:
    body: dict[str, Any] = {"state": "WAITING", "salt": "s"}
    assert answer_digest({**body, "receipt": {"any": "thing"}}) == answer_digest(body) == document_hash(body)


def test_a_receipt_with_a_key_twice_is_not_read(log: SampleLog) -> None:
    text = json.dumps(log.receipts(0)[0])
    with pytest.raises(ValueError, match="twice"):
        loads((text[:-1] + ',"leaf":"x"}').encode())


def batch_of_one(log: SampleLog, receipt: dict[str, Any], first_seven: dict[str, Any], hub: str) -> dict[str, Any]:
    """A receipt whose first seven members are signed as they stand."""
    document: dict[str, Any] = {"root": "sha256:" + leaf_hash(dumps(first_seven)).hex(), "size": 1, "hub": hub, "nonce": "A" * 22}
    signed_at = receipt["signature"]["signed_at"]
    signature = sign_document(log.answer_signer, kind="receipts", document=document, role="hub", signed_at=signed_at)
    proof = {"index": 0, "size": 1, "path": []}
    return {**first_seven, "disclosures": receipt["disclosures"], "proof": proof, "signature": {**signature, "document": document}}
