"""A call and its answer: an honest hub is believed, and a hub that lies in any one thing is not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hub_client.connection import Reply
from hub_client.errors import ClientError, DataError, NetworkError, RefusedError, UsageError
from hub_client.session import ask

from audit.proof.canonical import b64url, dumps
from audit.proof.disclosure import open_disclosure
from audit.proof.message import ParsedRequest, content_digest, sign_answer, verify_request
from tests.audit.proof.charter import DATA, GROUND, HUB, ROOT, key, order, signer
from tests.client.fake_hub import AGREEMENT, ANSWER, NOW, SYSTEM, VALID, FakeHub, session

WIRE: dict[str, Any] = {
    "purpose": "old_age_allowance",
    "subject": "510104194001010011",
    "facts": [{"fact": "age_at_least", "with": {"n": 80}}],
}
STRANGER = signer("hub/answer-9")


def code_of(hub: FakeHub, folder: Path, kind: type[ClientError] = DataError, method: str = "verify") -> str:
    with pytest.raises(kind) as caught:
        ask(session(hub, folder), AGREEMENT, method, WIRE)
    return caught.value.code


def test_an_honest_answer_is_believed(tmp_path: Path) -> None:
    hub = FakeHub()
    answered = ask(session(hub, tmp_path), AGREEMENT, "verify", WIRE)
    assert answered.body["answers"][0]["answer"] == "YES"
    assert answered.receipt is not None
    assert answered.receipt.route is not None
    assert answered.receipt.route["agreement"] == AGREEMENT
    parsed, wire = hub.sent[0]
    verify_request(parsed, SYSTEM.public_key)
    assert {name: wire[name] for name in WIRE} == WIRE
    assert len(wire["salt"]) == 22


def test_two_calls_share_neither_salt_nor_signature(tmp_path: Path) -> None:
    hub = FakeHub()
    talk = session(hub, tmp_path)
    for _ in range(2):
        ask(talk, AGREEMENT, "verify", WIRE)
    (first, first_wire), (second, second_wire) = hub.sent
    assert first.nonce != second.nonce
    assert first.signature != second.signature
    assert first_wire["salt"] != second_wire["salt"]


def test_a_query_and_a_batch_are_believed(tmp_path: Path) -> None:
    query = {"purpose": "p", "subject": {"kind": "person", "id": "x"}}
    assert ask(session(FakeHub(), tmp_path), AGREEMENT, "query", query).body["answer"]["state"] == "FOUND"
    batch: dict[str, Any] = {"purpose": "p", "subjects": ["a", {"subject": "b", "case": "c"}, {"kind": "person", "id": "d"}]}
    answers = ask(session(FakeHub(), tmp_path), AGREEMENT, "batch", batch).body["answers"]
    assert [answer["subject"] for answer in answers] == ["a", "b", {"kind": "person", "id": "d"}]


# --- a hub that lies --------------------------------------------------------------------------------------------


def other_body(reply: Reply) -> Reply:
    return replace(reply, body=reply.body.replace(b"YES", b"NO"))


def other_body_and_digest(reply: Reply) -> Reply:
    body = reply.body.replace(b"YES", b"NO")
    return replace(reply, body=body, headers={**reply.headers, "content-digest": content_digest(body)})


def only_disclosed(receipt: dict[str, Any], name: str) -> dict[str, Any]:
    return {**receipt, "disclosures": [text for text in receipt["disclosures"] if open_disclosure(text)[1] == name]}


def without(name: str) -> Callable[[Reply], Reply]:
    return lambda reply: replace(reply, headers={key_: value for key_, value in reply.headers.items() if key_ != name})


@pytest.mark.parametrize(
    ("code", "lie"),
    [
        ("DIGEST_MISMATCH", other_body),
        ("SIGNATURE_WRONG", other_body_and_digest),
        ("SIGNATURE_WRONG", lambda reply: replace(reply, status=201)),
        ("SIGNATURE_WRONG", lambda reply: replace(reply, headers={**reply.headers, "content-type": "text/html"})),
        ("CONTENT_ENCODING", lambda reply: replace(reply, headers={**reply.headers, "content-encoding": "gzip"})),
        ("SIGNATURE_MISSING", without("signature")),
        ("SIGNATURE_MISSING", without("signature-input")),
        ("DIGEST_MISSING", without("content-digest")),
    ],
)
def test_a_changed_answer_is_not_believed(tmp_path: Path, code: str, lie: Callable[[Reply], Reply]) -> None:
    assert code_of(FakeHub(lie_reply=lie), tmp_path) == code


def test_an_answer_signed_by_another_key_is_not_believed(tmp_path: Path) -> None:
    assert code_of(FakeHub(lie_signer=STRANGER), tmp_path) == "KEY_UNKNOWN"
    assert code_of(FakeHub(lie_signer=signer("hub/log-1")), tmp_path) == "KEY_UNKNOWN"  # certified, for another use
    imposter = signer("nobody/key")
    imposter_named = type("Imposter", (), {"keyid": ANSWER.keyid, "alg": "ed25519", "sign": imposter.sign})()
    assert code_of(FakeHub(lie_signer=imposter_named), tmp_path) == "SIGNATURE_WRONG"


def test_an_answer_to_another_request_is_not_believed(tmp_path: Path) -> None:
    """The hub signs somebody else's earlier request into the answer, with the same body and address."""
    hub = FakeHub()
    ask(session(hub, tmp_path), AGREEMENT, "verify", WIRE)
    earlier = hub.sent[0][0]
    hub.lie_request = lambda _request: earlier
    assert code_of(hub, tmp_path) == "SIGNATURE_WRONG"


@pytest.mark.parametrize(
    ("code", "lie"),
    [
        ("BAD_RECEIPT", lambda body: {**body, "answers": [{**body["answers"][0], "answer": "NO"}]}),
        ("BAD_RECEIPT", lambda body: {**body, "salt": "A" * 22}),
        ("NO_RECEIPT", lambda body: {name: value for name, value in body.items() if name != "receipt"}),
        ("BAD_RECEIPT", lambda body: {**body, "receipt": "one"}),
        ("BAD_RECEIPT", lambda body: {**body, "receipt": {**body["receipt"], "merge_by": 9_999_999_999_999}}),
        ("BAD_RECEIPT", lambda body: {**body, "receipt": {**body["receipt"], "disclosures": []}}),
        ("BAD_RECEIPT", lambda body: {**body, "receipt": only_disclosed(body["receipt"], "route")}),
        ("OTHER_ROUTE", lambda body: {**body, "receipt": only_disclosed(body["receipt"], "message")}),
    ],
)
def test_an_answer_that_its_receipt_does_not_prove_is_not_believed(
    tmp_path: Path, code: str, lie: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """The hub signs the answer as a message, and logs something else or nothing."""
    assert code_of(FakeHub(lie_body=lie), tmp_path) == code


def test_an_answer_without_a_salt_or_of_another_type_is_not_believed(tmp_path: Path) -> None:
    """All signatures and the receipt hold; without a salt the log's digest would tell a guesser the answer."""
    saltless = FakeHub(lie_answer=lambda answer: {name: value for name, value in answer.items() if name != "salt"})
    assert code_of(saltless, tmp_path) == "NO_SALT"
    assert code_of(FakeHub(lie_answer=lambda answer: {**answer, "salt": "short"}), tmp_path) == "NO_SALT"
    assert code_of(FakeHub(lie_kind=lambda _kind: "text/html"), tmp_path) == "CONTENT_TYPE"


@pytest.mark.parametrize("raw", [b"[]", b'"x"', b"{", b'{"a":1,"a":2}', b'{"a":1.5}', b"\xff"])
def test_a_signed_answer_that_is_no_strict_json_object_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr("tests.client.fake_hub.FakeHub._signed", _signing(raw))
    assert code_of(FakeHub(), tmp_path) == "BAD_JSON"


def _signing(raw: bytes) -> Callable[..., Reply]:
    def signed(_hub: FakeHub, status: int, _body: dict[str, Any], parsed: ParsedRequest) -> Reply:
        headers = sign_answer(ANSWER, status=status, content_type="application/json", body=raw, request=parsed, created=0)
        return Reply(status, headers, raw)

    return signed


def test_a_request_that_cannot_be_written_is_not_sent(tmp_path: Path) -> None:
    hub = FakeHub()
    with pytest.raises(UsageError, match="as a string"):
        ask(session(hub, tmp_path), AGREEMENT, "query", {"purpose": "p", "subject": 1.5})
    assert not hub.sent


def test_the_receipt_of_another_batch_is_not_believed(tmp_path: Path) -> None:
    hub = FakeHub()
    kept: list[dict[str, Any]] = []

    def first_again(receipt: dict[str, Any]) -> dict[str, Any]:
        kept.append(receipt)
        return kept[0]

    hub.lie_receipt = first_again
    talk = session(hub, tmp_path)
    ask(talk, AGREEMENT, "verify", WIRE)
    with pytest.raises(DataError) as caught:
        ask(talk, AGREEMENT, "verify", WIRE)
    assert caught.value.code == "BAD_RECEIPT"


def test_a_receipt_with_the_path_of_another_is_not_believed(tmp_path: Path) -> None:
    def other_path(receipt: dict[str, Any]) -> dict[str, Any]:
        return {**receipt, "proof": {**receipt["proof"], "index": 0}}

    assert code_of(FakeHub(lie_receipt=other_path), tmp_path) == "BAD_RECEIPT"


def test_a_receipt_signed_by_another_key_is_not_believed(tmp_path: Path) -> None:
    assert code_of(FakeHub(lie_receipt_signer=STRANGER), tmp_path) == "KEY_UNKNOWN"


@pytest.mark.parametrize("member", ["request", "signature"])
def test_a_receipt_for_another_request_is_not_believed(tmp_path: Path, member: str) -> None:
    hub = FakeHub(lie_message=lambda message: {**message, member: "sha256:" + "0" * 64})
    assert code_of(hub, tmp_path) == "OTHER_REQUEST"


@pytest.mark.parametrize("change", [{"agreement": "b" * 32}, {"method": "QUERY"}])
def test_an_entry_about_another_agreement_or_method_is_not_believed(tmp_path: Path, change: dict[str, str]) -> None:
    assert code_of(FakeHub(lie_route=lambda route: {**route, **change}), tmp_path) == "OTHER_ROUTE"


def test_an_old_receipt_is_not_believed(tmp_path: Path) -> None:
    hub = FakeHub(clock=lambda: NOW - 7200)
    talk = session(hub, tmp_path)
    talk.clock = lambda: NOW
    with pytest.raises(DataError, match="clock"):
        ask(talk, AGREEMENT, "verify", WIRE)


def test_an_answer_about_something_else_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All signatures hold; the hub answered another question."""
    other = {"answers": [{"fact": "alive", "with": {}, "answer": "YES"}]}
    monkeypatch.setattr("tests.client.fake_hub._answer", lambda _method, _wire: dict(other))
    assert code_of(FakeHub(), tmp_path) == "OTHER_ANSWER"
    assert code_of(FakeHub(), tmp_path, method="batch") == "OTHER_ANSWER"
    assert code_of(FakeHub(), tmp_path, method="query") == "OTHER_ANSWER"


# --- keys -------------------------------------------------------------------------------------------------------


def test_keys_that_do_not_go_back_to_the_pinned_root_are_not_believed(tmp_path: Path) -> None:
    hub = FakeHub()
    talk = session(hub, tmp_path)
    talk.configuration = replace(talk.configuration, authority_root=b64url(DATA.public_key))
    with pytest.raises(DataError) as caught:
        ask(talk, AGREEMENT, "verify", WIRE)
    assert caught.value.code == "BAD_KEYS"
    assert GROUND.root == ROOT.public_key


@pytest.mark.parametrize(
    ("code", "lie"),
    [
        ("OTHER_HUB", lambda document: {**document, "log": "other.example/log"}),
        ("BAD_KEYS", lambda document: {**document, "acts": document["acts"][1:]}),
        ("BAD_KEYS", lambda document: {**document, "acts": document["acts"][::-1]}),
        ("BAD_KEYS", lambda document: {**document, "acts": [{"act": item["act"]} for item in document["acts"]]}),
        ("BAD_KEYS", lambda document: {"log": HUB}),
        ("KEY_UNKNOWN", lambda document: {**document, "acts": document["acts"][:4]}),
    ],
)
def test_a_falsified_list_of_keys_is_not_believed(tmp_path: Path, code: str, lie: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    assert code_of(FakeHub(lie_keys=lie), tmp_path) == code


def test_a_revoked_answer_key_is_not_believed(tmp_path: Path) -> None:
    hub = FakeHub()
    hub.charter.add(order("revoke_key", keyid="hub/answer-1", reason={"en": "lost", "zh": "遗失"}), ("root", ROOT))
    assert code_of(hub, tmp_path) == "KEY_REVOKED"


@pytest.mark.parametrize(
    ("not_before", "not_after"), [("2020-01-01T00:00:00Z", "2026-11-01T00:00:00Z"), ("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z")]
)
def test_an_answer_key_counts_in_its_time_alone(tmp_path: Path, not_before: str, not_after: str) -> None:
    hub = FakeHub(lie_signer=STRANGER)
    order_ = key(STRANGER, "hub-answer", custody="hub", not_before=not_before, not_after=not_after)
    hub.charter.add(order_, ("root", ROOT))
    assert code_of(hub, tmp_path) == "KEY_EXPIRED"


@pytest.mark.parametrize("raw", [b"[]", b"{", b'{"a":1,"a":2}'])
def test_keys_that_are_no_strict_json_object_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr("tests.client.fake_hub.FakeHub._get", lambda _hub, _path: Reply(200, {}, raw))
    assert code_of(FakeHub(), tmp_path) == "BAD_JSON"


def test_a_new_answer_key_is_asked_for_once(tmp_path: Path) -> None:
    hub = FakeHub()
    talk = session(hub, tmp_path)
    ask(talk, AGREEMENT, "verify", WIRE)
    hub.charter.add(key(STRANGER, "hub-answer", custody="hub", **VALID), ("root", ROOT))
    hub.lie_signer = hub.lie_receipt_signer = STRANGER
    assert ask(talk, AGREEMENT, "verify", WIRE).status == 200


# --- refusals ---------------------------------------------------------------------------------------------------


def test_a_refusal_comes_with_its_receipt(tmp_path: Path) -> None:
    hub = FakeHub(refusal={"status": 403, "code": "REVOKED", "detail": "the agreement was revoked"})
    answered = ask(session(hub, tmp_path), AGREEMENT, "verify", WIRE)
    assert answered.is_refusal
    assert answered.receipt is not None
    assert answered.receipt.route is not None
    assert answered.receipt.route["outcome"] == "REFUSED"


def test_a_refusal_at_the_door_is_never_an_answer(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as caught:
        ask(session(FakeHub(door=(401, "KEY_UNKNOWN")), tmp_path), AGREEMENT, "verify", WIRE)
    assert (caught.value.status, caught.value.code) == (401, "KEY_UNKNOWN")
    assert code_of(FakeHub(door=(200, "FINE")), tmp_path) == "NOT_AN_ANSWER"
    assert code_of(FakeHub(door=(503, "LOG_BEHIND")), tmp_path, NetworkError) == "LOG_BEHIND"
    assert code_of(FakeHub(door=(401, "X"), lie_signer=STRANGER), tmp_path) == "KEY_UNKNOWN"


@pytest.mark.parametrize("status", [502, 504, 404, 407])
def test_what_something_in_between_says_is_a_matter_of_the_network(tmp_path: Path, status: int) -> None:
    page = Reply(status, {"content-type": "text/html"}, b"<html>")
    assert code_of(FakeHub(lie_reply=lambda _reply: page), tmp_path, NetworkError) == "NOT_THE_HUB"


def test_an_unsigned_success_is_not_believed(tmp_path: Path) -> None:
    page = Reply(200, {"content-type": "application/json"}, dumps({"answers": []}))
    assert code_of(FakeHub(lie_reply=lambda _reply: page), tmp_path) == "SIGNATURE_MISSING"


def test_the_fake_hub_refuses_what_is_not_signed() -> None:
    """The fake must be able to fail: it verifies the request as the hub does."""
    reply = FakeHub().send("POST", f"/exchange/v1/{AGREEMENT}/verify", headers={}, body=b"{}")
    assert (reply.status, b"DIGEST_MISSING" in reply.body) == (401, True)
