"""`/verify`: every receipt gets the verdict that it deserves, in plain words, and nothing of it is kept."""

from __future__ import annotations

import copy
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import Pending
from audit.proof.keys import PemSigner, Use, generate_private_key
from audit.proof.receipt import ReceiptParts, issue_receipts
from audit.signers import hub_signer
from exchange.portal.receipts import LIMIT, Found, check
from exchange.portal.verdict_words import WORDS
from tests.delivery.wire_caller import Caller, entry_bytes
from tests.portal.auditor_log import VALID, merge
from tests.world import World
from tests.world_data import SUBJECTS

Body = dict[str, Any]
SHAPES: tuple[Any, ...] = (None, 7, "x", [], {}, [[[]]], -1)


@pytest.fixture
def answer(world: World) -> Body:
    """An answer with its receipt, whose entry stands in the log."""
    body = Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], VALID).body
    merge()
    return body


def found(document: Any) -> Found:
    return check(json.dumps(document).encode()).found


def test_an_answer_a_receipt_a_refusal_and_a_bundle_are_all_understood(world: World, answer: Body) -> None:
    verdict = check(json.dumps(answer, indent=2).encode())
    assert (verdict.found, verdict.with_answer) == (Found.IN_LOG, True)
    assert found(answer["receipt"]) is Found.IN_LOG
    assert found(verdict.bundle) is Found.IN_LOG
    refused = Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], {"fact": "no_such_fact"}).body
    merge()
    assert found(refused) is Found.IN_LOG


def test_an_entry_that_waits_is_promised_and_not_called_merged(world: World) -> None:
    body = Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], VALID).body
    verdict = check(json.dumps(body).encode())
    assert (verdict.found, verdict.index) == (Found.PROMISED, None)


def _answer_changed(body: Body) -> None:
    body["answers"][0]["answer"] = "UNKNOWN"


def _time_changed(body: Body) -> None:
    body["receipt"]["merge_by"] += 1


def _disclosure_changed(body: Body) -> None:
    body["receipt"]["disclosures"][0] = body["receipt"]["disclosures"][0][:-4] + "AAAA"


def _signature_changed(body: Body) -> None:
    value = body["receipt"]["signature"]["value"]
    body["receipt"]["signature"]["value"] = ("B" if value[0] == "A" else "A") + value[1:]


def _root_changed(body: Body) -> None:
    body["receipt"]["signature"]["document"]["root"] = "sha256:" + "0" * 64


def _other_hub(body: Body) -> None:
    body["receipt"]["log"] = "elsewhere.example/log"


def _other_key(body: Body) -> None:
    body["receipt"]["keyid"] = "hub/answer-9"


def _key_of_another_use(body: Body) -> None:
    body["receipt"]["keyid"] = "hub/counter-1"


def _no_receipt(body: Body) -> None:
    del body["receipt"]


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (_answer_changed, Found.OTHER_ANSWER),
        (_time_changed, Found.CHANGED),
        (_disclosure_changed, Found.CHANGED),
        (_signature_changed, Found.BAD_SIGNATURE),
        (_root_changed, Found.BAD_SIGNATURE),
        (_other_hub, Found.OTHER_HUB),
        (_other_key, Found.UNKNOWN_KEY),
        (_key_of_another_use, Found.UNKNOWN_KEY),
        (_no_receipt, Found.NO_RECEIPT),
    ],
)
def test_each_change_is_named(answer: Body, change: Callable[[Body], None], verdict: Found) -> None:
    changed = copy.deepcopy(answer)
    change(changed)
    assert found(changed) is verdict


def test_no_shape_of_a_receipt_is_believed_or_breaks_the_check(answer: Body) -> None:
    for member in ("v", "leaf", "entry", "issued_ms", "merge_by", "disclosures", "proof", "signature", "keyid", "log"):
        for value in SHAPES:
            changed = copy.deepcopy(answer)
            changed["receipt"][member] = value
            assert found(changed) not in (Found.IN_LOG, Found.PROMISED), (member, value)


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 5000, b'"' + b"x" * 100])
def test_what_is_no_receipt_is_called_so(raw: bytes) -> None:
    assert check(raw).found in (Found.NOT_JSON, Found.NO_RECEIPT)


def test_a_forger_with_a_key_of_his_own_is_not_believed(answer: Body) -> None:
    signer = PemSigner("hub/answer-1", generate_private_key())
    parts = [ReceiptParts(b'{"forged":true}', [])]
    log = answer["receipt"]["log"]
    forged = issue_receipts(signer, log=log, hub=log, parts=parts, issued_ms=1, merge_by=2)[0]
    assert found(forged) is Found.BAD_SIGNATURE


def test_a_signed_entry_that_the_log_lost_is_evidence_after_its_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], VALID)
    Pending.objects.filter(raw=entry_bytes(reply)).delete()
    merge()
    assert found(reply.body) is Found.NOT_IN_LOG
    late = reply.body["receipt"]["merge_by"] * 1_000_000 + 1_000_000
    monkeypatch.setattr(time, "time_ns", lambda: late)
    assert found(reply.body) is Found.PROMISE_BROKEN


def test_every_verdict_has_its_words() -> None:
    assert set(WORDS) == set(Found)


def test_anyone_reads_the_verdict_as_a_sentence(answer: Body) -> None:
    page = Client().post("/en/verify", {"receipt": json.dumps(answer)})
    text = page.content.decode()
    assert page.status_code == 200
    assert "This receipt is genuine" in text
    assert "asked the" in text
    assert SUBJECTS[0] not in text
    chinese = Client().post("/zh-hans/verify", {"receipt": json.dumps(answer)}).content.decode()
    assert "该回执真实有效" in chinese


def test_a_file_is_read_too(answer: Body) -> None:
    file = SimpleUploadedFile("receipt.json", json.dumps(answer).encode())
    assert "This receipt is genuine" in Client().post("/en/verify", {"file": file}).content.decode()


def test_an_empty_form_asks_for_something(db: None) -> None:
    page = Client().post("/en/verify", {})
    assert page.status_code == 422
    assert "Paste a receipt, or choose a file." in page.content.decode()


def test_what_is_too_large_is_refused_unread(db: None) -> None:
    file = SimpleUploadedFile("receipt.json", b"x" * (LIMIT + 1))
    page = Client().post("/en/verify", {"file": file})
    assert page.status_code == 413
    assert "This is too large" in page.content.decode()
    assert check(b"x" * (LIMIT + 1)).found is Found.TOO_LARGE


def test_a_forged_form_is_refused(answer: Body) -> None:
    assert Client(enforce_csrf_checks=True).post("/en/verify", {"receipt": "{}"}).status_code == 403


def test_nothing_of_a_receipt_is_logged_or_kept(answer: Body, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = answer["receipt"]["entry"]
    page = Client().post("/en/verify", {"receipt": json.dumps(answer).replace(secret, secret[:-8] + "AAAAAAA=")})
    assert "no-store" in page["Cache-Control"]
    assert secret[:40] not in caplog.text
    assert secret[:40] not in page.content.decode()


def test_the_hub_signs_receipts_with_a_key_of_that_use_alone(answer: Body) -> None:
    assert answer["receipt"]["keyid"] == hub_signer(Use.HUB_ANSWER).keyid
