"""The JavaScript client against a hub that lies in one thing at a time."""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hub_client.connection import Reply

from audit.proof.canonical import b64url, dumps, fresh_nonce, loads
from audit.proof.disclosure import open_disclosure
from audit.proof.keys import sign_document
from audit.proof.merkle import leaf_hash
from audit.proof.message import ParsedRequest, content_digest, parse_request, sign_answer
from tests.audit.proof.charter import DATA, GROUND, HUB, ROOT, key, order, signer
from tests.client.fake_hub import AGREEMENT, ANSWER, NOW, SYSTEM_KEYID, SYSTEM_PEM, VALID, FakeHub
from tests.client.javascript import JavaScript, JavaScriptError, running

WIRE: dict[str, Any] = {"purpose": "p", "subject": "510104194001010011", "facts": [{"fact": "age_at_least", "with": {"n": 80}}]}
STRANGER = signer("hub/answer-9")
IMPOSTER = type("Imposter", (), {"keyid": ANSWER.keyid, "alg": "ed25519", "sign": signer("nobody/key").sign})()


@pytest.fixture(scope="module")
def javascript() -> Iterator[JavaScript]:
    """One process for all these tests."""
    with running() as asked:
        yield asked


@contextmanager
def served(hub: FakeHub) -> Iterator[FakeHub]:
    """The fake hub at an address of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = hub.send(self.command, self.path, headers=headers, body=body or None)
            self.send_response(reply.status)
            for name, value in {**reply.headers, "content-length": str(len(reply.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = _answer  # noqa: N815  (the standard library's names)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.address = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield hub
        finally:
            server.shutdown()


def opened(javascript: JavaScript, hub: FakeHub, **changes: Any) -> JavaScript:
    options = {"baseUrl": hub.address, "keyid": SYSTEM_KEYID, "privateKey": SYSTEM_PEM.decode()}
    options |= {"authorityRoot": b64url(GROUND.root), "logOrigin": HUB}
    javascript.do("open", options=options | changes, now=NOW)
    return javascript


def error_of(javascript: JavaScript, hub: FakeHub, method: str = "verify", **changes: Any) -> JavaScriptError:
    with served(hub), pytest.raises(JavaScriptError) as caught:
        opened(javascript, hub, **changes).do("ask", agreement=AGREEMENT, method=method, wire=WIRE)
    return caught.value


def test_an_honest_hub_is_believed(javascript: JavaScript) -> None:
    subjects: list[Any] = ["a", {"subject": "b", "case": "c"}, {"kind": "person", "id": "d"}]
    with served(FakeHub()) as hub:
        opened(javascript, hub)
        facts = javascript.do("ask", agreement=AGREEMENT, method="verify", wire=WIRE)
        found = javascript.do("ask", agreement=AGREEMENT, method="query", wire={"purpose": "p", "subject": {"kind": "person", "id": "张"}})
        batch = javascript.do("ask", agreement=AGREEMENT, method="batch", wire={"purpose": "p", "subjects": subjects})
    assert facts["body"]["answers"][0]["answer"] == "YES"
    assert facts["receipt"]["route"]["agreement"] == AGREEMENT
    assert found["body"]["answer"]["state"] == "FOUND"
    assert [answer["subject"] for answer in batch["body"]["answers"]] == ["a", "b", {"kind": "person", "id": "d"}]
    assert len({wire["salt"] for _, wire in hub.sent}) == len({parsed.nonce for parsed, _ in hub.sent}) == 3


# --- a hub, or something before it, that lies ----------------------------------------------------------------------


def header(name: str, value: str) -> Callable[[Reply], Reply]:
    return lambda reply: replace(reply, headers={**reply.headers, name: value})


def without(*names: str) -> Callable[[Reply], Reply]:
    return lambda reply: replace(reply, headers={name: value for name, value in reply.headers.items() if name not in names})


def told(old: str, new: str) -> Callable[[Reply], Reply]:
    return lambda reply: header("signature-input", reply.headers["signature-input"].replace(old, new))(reply)


def other_body(reply: Reply) -> Reply:
    return replace(reply, body=reply.body.replace(b"YES", b"NO"))


def other_body_and_digest(reply: Reply) -> Reply:
    return header("content-digest", content_digest(other_body(reply).body))(other_body(reply))


def only(receipt: dict[str, Any], name: str) -> dict[str, Any]:
    return {**receipt, "disclosures": [text for text in receipt["disclosures"] if open_disclosure(text)[1] == name]}


def beside(true: str, false: list[Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """One true disclosure, and an invented one."""
    return lambda receipt: {**receipt, "disclosures": [*only(receipt, true)["disclosures"], b64url(dumps(false))]}


def in_receipt(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda receipt: {**receipt, **changes}


def in_proof(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda receipt: {**receipt, "proof": {**receipt["proof"], **changes}}


def in_signature(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda receipt: {**receipt, "signature": {**receipt["signature"], **changes}}


def in_signed(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda receipt: in_signature(document={**receipt["signature"]["document"], **changes})(receipt)


def reissued(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The receipt with changes, signed anew by the hub's own key as the only one of its batch."""

    def lie(receipt: dict[str, Any]) -> dict[str, Any]:
        changed = {**receipt, **changes}
        leaf = leaf_hash(dumps({name: changed[name] for name in ("v", "log", "leaf", "entry", "issued_ms", "merge_by", "keyid")}))
        document: dict[str, Any] = {"root": f"sha256:{leaf.hex()}", "size": 1, "hub": HUB, "nonce": fresh_nonce()}
        signature = sign_document(ANSWER, kind="receipts", document=document, role="hub", signed_at="2026-11-20T08:00:00Z")
        return {**changed, "proof": {"index": 0, "size": 1, "path": []}, "signature": {**signature, "document": document}}

    return lie


def other_entry(change: Callable[[bytes], bytes]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The same about other bytes of an entry."""

    def lie(receipt: dict[str, Any]) -> dict[str, Any]:
        raw = change(b64decode(receipt["entry"]))
        return reissued(entry=b64encode(raw).decode(), leaf=f"sha256:{leaf_hash(raw).hex()}")(receipt)

    return lie


def backwards(raw: bytes) -> bytes:
    """The entry with its digests in the wrong order."""
    entry = loads(raw)
    return dumps({**entry, "_sd": entry["_sd"][::-1]})


def test_a_receipt_alone_in_its_batch_is_believed(javascript: JavaScript) -> None:
    with served(FakeHub(lie_receipt=reissued())) as hub:
        assert opened(javascript, hub).do("ask", agreement=AGREEMENT, method="verify", wire=WIRE)["status"] == 200


LIES: list[tuple[str, dict[str, Any]]] = [
    ("DIGEST_MISMATCH", {"lie_reply": other_body}),
    ("DIGEST_MISMATCH", {"lie_reply": without("content-digest")}),
    ("SIGNATURE_WRONG", {"lie_reply": other_body_and_digest}),
    ("SIGNATURE_WRONG", {"lie_reply": lambda reply: replace(reply, status=201)}),
    ("SIGNATURE_WRONG", {"lie_reply": header("content-type", "text/html")}),
    ("CONTENT_ENCODING", {"lie_reply": header("content-encoding", "identity")}),
    ("SIGNATURE_MISSING", {"lie_reply": without("signature")}),
    ("COMPONENTS_WRONG", {"lie_reply": without("signature-input")}),
    ("SIGNATURE_MALFORMED", {"lie_reply": header("signature", "hub=:AAAA:")}),
    ("PARAMETERS_WRONG", {"lie_reply": told('alg="ed25519"', 'alg="none"')}),
    ("TAG_WRONG", {"lie_reply": told("mianzheng-answer-v1", "mianzheng-provider-answer-v1")}),
    ("SIGNATURE_MISSING", {"lie_reply": lambda _reply: Reply(200, {"content-type": "application/json"}, dumps({"answers": []}))}),
    ("NOT_THE_HUB", {"lie_reply": lambda _reply: Reply(502, {"content-type": "text/html"}, b"<html>")}),
    ("KEY_UNKNOWN", {"lie_signer": STRANGER}),
    ("KEY_UNKNOWN", {"lie_signer": signer("hub/log-1")}),
    ("SIGNATURE_WRONG", {"lie_signer": IMPOSTER}),
    ("SIGNATURE_WRONG", {"lie_request": lambda request: replace(request, target_uri=request.target_uri + "x")}),
    ("CONTENT_TYPE", {"lie_kind": lambda _kind: "text/html"}),
    ("NO_SALT", {"lie_answer": lambda answer: {name: value for name, value in answer.items() if name != "salt"}}),
    ("OTHER_ANSWER", {"lie_answer": lambda answer: {**answer, "answers": [{**answer["answers"][0], "fact": "alive"}]}}),
    ("OTHER_ANSWER", {"lie_answer": lambda answer: {**answer, "answers": [{**answer["answers"][0], "answer": "MAYBE"}]}}),
    ("BAD_RECEIPT", {"lie_body": lambda body: {**body, "answers": [{**body["answers"][0], "answer": "NO"}]}}),
    ("NO_RECEIPT", {"lie_body": lambda body: {name: value for name, value in body.items() if name != "receipt"}}),
    ("BAD_RECEIPT", {"lie_receipt": reissued(v=2)}),
    ("BAD_RECEIPT", {"lie_receipt": reissued(log="other.example/log")}),
    ("BAD_RECEIPT", {"lie_receipt": reissued(issued_ms=9_999_999_999_999)}),
    ("BAD_RECEIPT", {"lie_receipt": reissued(issued_ms=0, merge_by=1)}),
    ("BAD_RECEIPT", {"lie_receipt": reissued(leaf="sha256:" + "0" * 64)}),
    ("BAD_RECEIPT", {"lie_receipt": in_receipt(merge_by=9_999_999_999_999)}),
    ("BAD_RECEIPT", {"lie_receipt": other_entry(lambda raw: raw.replace(b'"v":1', b'"v":2'))}),
    ("BAD_RECEIPT", {"lie_receipt": other_entry(backwards)}),
    ("BAD_RECEIPT", {"lie_receipt": in_receipt(disclosures=[])}),
    ("BAD_RECEIPT", {"lie_receipt": in_receipt(more=1)}),
    ("BAD_RECEIPT", {"lie_receipt": lambda receipt: {**receipt, "disclosures": [*receipt["disclosures"], receipt["disclosures"][0]]}}),
    ("BAD_RECEIPT", {"lie_receipt": beside("message", ["A" * 22, "route", {"agreement": AGREEMENT, "method": "VERIFY"}])}),
    ("BAD_RECEIPT", {"lie_receipt": beside("message", ["A" * 22, "person", {"id": "x"}])}),
    ("BAD_RECEIPT", {"lie_receipt": lambda receipt: only(receipt, "route")}),
    ("OTHER_ROUTE", {"lie_receipt": lambda receipt: only(receipt, "message")}),
    ("BAD_RECEIPT", {"lie_receipt": in_proof(index=0)}),
    ("BAD_RECEIPT", {"lie_receipt": in_proof(size=4)}),
    ("BAD_RECEIPT", {"lie_receipt": in_proof(path=[])}),
    ("BAD_RECEIPT", {"lie_receipt": in_proof(path=["sha256:" + "0" * 64])}),
    ("BAD_RECEIPT", {"lie_receipt": in_signature(role="root")}),
    ("BAD_RECEIPT", {"lie_receipt": in_signature(value="A" * 86)}),
    ("BAD_RECEIPT", {"lie_receipt": in_signed(root="sha256:" + "0" * 64)}),
    ("BAD_RECEIPT", {"lie_receipt": in_signed(hub="other.example/log")}),
    ("KEY_UNKNOWN", {"lie_receipt_signer": STRANGER}),
    ("BAD_RECEIPT", {"lie_receipt_signer": IMPOSTER}),
    ("OTHER_REQUEST", {"lie_message": lambda message: {**message, "request": "sha256:" + "0" * 64}}),
    ("OTHER_REQUEST", {"lie_message": lambda message: {**message, "signature": "A" * 86}}),
    ("OTHER_ROUTE", {"lie_route": lambda route: {**route, "agreement": "b" * 32}}),
    ("OTHER_ROUTE", {"lie_route": lambda route: {**route, "method": "QUERY"}}),
    ("OTHER_HUB", {"lie_keys": lambda document: {**document, "log": "other.example/log"}}),
    ("BAD_KEYS", {"lie_keys": lambda _document: {"log": HUB}}),
    ("KEY_UNKNOWN", {"lie_keys": lambda document: {**document, "acts": document["acts"][:4]}}),
    ("NOT_AN_ANSWER", {"door": (200, "FINE")}),
    ("LOG_BEHIND", {"door": (503, "LOG_BEHIND")}),
    ("KEY_UNKNOWN", {"door": (401, "X"), "lie_signer": STRANGER}),
    ("SIGNATURE_WRONG", {"door": (401, "X"), "lie_signer": IMPOSTER}),
]


@pytest.mark.parametrize(("code", "lie"), LIES, ids=[f"{code}-{place}" for place, (code, _) in enumerate(LIES)])
def test_a_hub_that_lies_in_one_thing_is_not_believed(javascript: JavaScript, code: str, lie: dict[str, Any]) -> None:
    error = error_of(javascript, FakeHub(**lie))
    assert (error.code, error.told["ours"]) == (code, True), error


@pytest.mark.parametrize("raw", [b"[]", b'"x"', b"{", b'{"a":1,"a":2}', b'{"a":1.5}', b'{"a":1.0}', b'{"a": 1}', b"\xff"])
def test_a_signed_answer_that_is_not_canonical_is_not_believed(javascript: JavaScript, raw: bytes) -> None:
    hub = FakeHub()

    def signed(_reply: Reply) -> Reply:
        headers = sign_answer(ANSWER, status=200, content_type="application/json", body=raw, request=hub.sent[-1][0], created=0)
        return Reply(200, headers, raw)

    hub.lie_reply = signed
    assert error_of(javascript, hub).code == "BAD_JSON"


# --- keys ------------------------------------------------------------------------------------------------------------


def test_keys_under_another_root_are_not_believed(javascript: JavaScript) -> None:
    assert error_of(javascript, FakeHub(), authorityRoot=b64url(DATA.public_key)).code == "BAD_KEYS"


def test_a_revoked_answer_key_is_not_believed(javascript: JavaScript) -> None:
    hub = FakeHub()
    hub.charter.add(order("revoke_key", keyid="hub/answer-1", reason={"en": "lost", "zh": "遗失"}), ("root", ROOT))
    assert error_of(javascript, hub).code == "KEY_REVOKED"


@pytest.mark.parametrize("years", [("2020", "2021"), ("2027", "2028")])
def test_an_answer_key_counts_in_its_time_alone(javascript: JavaScript, years: tuple[str, str]) -> None:
    hub = FakeHub(lie_signer=STRANGER)
    time = {name: f"{year}-01-01T00:00:00Z" for name, year in zip(("not_before", "not_after"), years, strict=True)}
    hub.charter.add(key(STRANGER, "hub-answer", custody="hub", **time), ("root", ROOT))
    assert error_of(javascript, hub).code == "KEY_EXPIRED"


def test_a_new_answer_key_is_asked_for(javascript: JavaScript) -> None:
    with served(FakeHub()) as hub:
        opened(javascript, hub).do("ask", agreement=AGREEMENT, method="verify", wire=WIRE)
        hub.charter.add(key(STRANGER, "hub-answer", custody="hub", **VALID), ("root", ROOT))
        hub.lie_signer = hub.lie_receipt_signer = STRANGER
        assert javascript.do("ask", agreement=AGREEMENT, method="verify", wire=WIRE)["status"] == 200


# --- refusals and mistakes ---------------------------------------------------------------------------------------------


def test_a_refusal_comes_with_its_code_and_receipt(javascript: JavaScript) -> None:
    error = error_of(javascript, FakeHub(refusal={"status": 403, "code": "REVOKED", "detail": "the agreement was revoked"}))
    assert (error.name, error.code, error.told["status"]) == ("RefusedError", "REVOKED", 403)
    assert error.told["receipt"]["route"]["outcome"] == "REFUSED"


def test_a_refusal_at_the_door_has_no_receipt(javascript: JavaScript) -> None:
    error = error_of(javascript, FakeHub(door=(401, "KEY_UNKNOWN")))
    assert (error.name, error.told["status"], error.told["receipt"]) == ("RefusedError", 401, None)


def test_a_hub_that_is_gone_is_a_matter_of_the_network(javascript: JavaScript) -> None:
    with served(FakeHub()) as hub:
        opened(javascript, hub)
    with pytest.raises(JavaScriptError) as caught:
        javascript.do("ask", agreement=AGREEMENT, method="verify", wire=WIRE)
    assert (caught.value.name, caught.value.code) == ("NetworkError", "UNREACHABLE")


@pytest.mark.parametrize(
    ("code", "option"),
    [
        ("NOT_ENCRYPTED", {"baseUrl": "http://hub.example"}),
        ("BAD_ADDRESS", {"baseUrl": "ftp://hub.example"}),
        ("BAD_KEYID", {"keyid": "nobody"}),
        ("BAD_KEY", {"privateKey": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}),
        ("BAD_ROOT", {"authorityRoot": "short"}),
        ("NOT_CONFIGURED", {"logOrigin": ""}),
    ],
)
def test_a_wrong_configuration_is_said_before_anything_is_sent(javascript: JavaScript, code: str, option: dict[str, str]) -> None:
    with pytest.raises(JavaScriptError) as caught:
        opened(javascript, FakeHub(), **option)
    assert (caught.value.name, caught.value.code) == ("UsageError", code)


def test_a_request_that_cannot_be_written_is_not_sent(javascript: JavaScript) -> None:
    with served(FakeHub()) as hub, pytest.raises(JavaScriptError) as caught:
        opened(javascript, hub).do("ask", agreement=AGREEMENT, method="query", wire={"purpose": "p", "subject": 1.5})
    assert caught.value.code == "BAD_REQUEST"
    assert not hub.sent


# --- changes, and what waits -------------------------------------------------------------------------------------------


class Register(FakeHub):
    """Answers `changes` too: page after page until the cursor is 2."""

    def _exchange(self, path: str, parsed: ParsedRequest, raw: bytes) -> Reply:
        place = int(loads(raw).get("cursor", "0")) + 1
        page = {
            "changes": [{"row": f"r{place}", "state": "GONE"}],
            "cursor": str(place),
            "more": place < 2,
            "as_of": "2026-11-20T08:00:00Z",
        }
        self.lie_answer = lambda answer: {**page, "salt": answer["salt"]}
        self.lie_route = lambda route: {**route, "method": "CHANGES"}
        return super()._exchange(path.replace("/changes", "/query"), parsed, raw)


def test_changes_are_followed_page_by_page(javascript: JavaScript) -> None:
    with served(Register()) as hub:
        opened(javascript, hub)
        pages = javascript.do("follow", agreement=AGREEMENT, wire={"purpose": "p"})
        rest = javascript.do("follow", agreement=AGREEMENT, wire={"purpose": "p", "cursor": "1", "most": 5})
    assert [page["changes"][0]["row"] for page in pages] == ["r1", "r2"]
    assert [page["cursor"] for page in rest] == ["2"]
    assert [(wire.get("cursor"), wire.get("most")) for _, wire in hub.sent] == [(None, None), ("1", None), ("1", 5)]


class Waiting(FakeHub):
    """Answers 202 first, and the result at the second look: with the receipt of the call, signed over the look itself."""

    looks = 0
    kept: dict[str, Any]

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """As a hub whose provider takes its time."""
        if "/results/" not in path:
            return super().send(method, path, headers=headers, body=body)
        self.looks += 1
        parsed = parse_request(method=method, target_uri=self.address + path, headers=headers, body=body or b"")
        first = path.endswith(str(self.waiting["receipt"]["leaf"]).removeprefix("sha256:"))
        return self._signed(*((200, self.kept) if self.looks > 1 else (202, self.waiting)) if first else (404, {}), parsed)

    def _exchange(self, path: str, parsed: ParsedRequest, raw: bytes) -> Reply:
        self.kept = loads(super()._exchange(path, parsed, raw).body)
        self.lie_answer = lambda answer: {"state": "WAITING", "salt": answer["salt"]}
        self.waiting = loads(super()._exchange(path, parsed, raw).body)
        return self._signed(202, self.waiting, parsed)


def test_what_waits_is_collected(javascript: JavaScript) -> None:
    with served(Waiting()) as hub:
        found = opened(javascript, hub).do("wait", agreement=AGREEMENT, method="verify", wire=WIRE, seconds=60)
    assert (found["first"], found["status"], found["body"]["answers"][0]["answer"]) == (202, 200, "YES")


def test_the_result_of_another_call_is_not_believed(javascript: JavaScript) -> None:
    class Mixing(Waiting):
        def _exchange(self, path: str, parsed: ParsedRequest, raw: bytes) -> Reply:
            reply = super()._exchange(path, parsed, raw)
            self.lie_answer = lambda answer: answer
            other = FakeHub._exchange(self, path, replace(parsed, signature=bytes(64)), raw)
            self.kept = loads(other.body)
            return reply

    with served(Mixing()) as hub, pytest.raises(JavaScriptError) as caught:
        opened(javascript, hub).do("wait", agreement=AGREEMENT, method="verify", wire=WIRE, seconds=60)
    assert caught.value.code == "OTHER_REQUEST"
