"""A hub in memory, made of the proof modules: honest unless a test tells it how to lie."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hub_client.configuration import Configuration, KnownAgreement
from hub_client.connection import Reply
from hub_client.errors import NetworkError
from hub_client.session import Session

from audit.proof.canonical import b64url, dumps, fresh_nonce, loads, sha256_text
from audit.proof.disclosure import compose_entry, message_value, minute
from audit.proof.keys import PemSigner, Signer, generate_private_key, write_private_key
from audit.proof.merkle import inclusion_path, leaf_hash, root
from audit.proof.message import ParsedRequest, parse_request, sign_answer, sign_error
from audit.proof.note import sign_checkpoint
from audit.proof.receipt import ReceiptParts, issue_receipts
from tests.audit.proof.charter import CAB, GROUND, HUB, ROOT, Charter, founded, key, signer

NOW = 1_795_300_000.0  # 21 November 2026
ADDRESS = "http://127.0.0.1:8000"
AGREEMENT = "abcdefghijklmnopqrstuvwxyz234567"
VALID: dict[str, Any] = {"not_before": "2020-01-01T00:00:00Z", "not_after": "2100-01-01T00:00:00Z"}
SYSTEM_KEYID = "CAB-affairs/request-2"
SYSTEM_PEM = generate_private_key()
SYSTEM = PemSigner(SYSTEM_KEYID, SYSTEM_PEM)
ANSWER = signer("hub/answer-1")
LOG = signer("hub/log-1")

_PATH = re.compile(r"/exchange/v1/([a-z2-7]+)/(verify|query|batch)")


def _chartered() -> Charter:
    charter = founded()
    charter.add(key(ANSWER, "hub-answer", custody="hub", **VALID), ("root", ROOT))
    charter.add(key(LOG, "hub-log", custody="hub", **VALID), ("root", ROOT))
    charter.add(key(SYSTEM, "system", **VALID), ("issuer", CAB))
    return charter


def keys_document(charter: Charter) -> dict[str, Any]:
    """What GET /api/v1/keys answers."""
    about_keys = [stored for stored in charter.acts if loads(stored.raw)["order"]["type"] in {"key", "revoke_key"}]
    acts = [{"act": b64encode(stored.raw).decode(), "hub_signature": stored.hub_signature} for stored in about_keys]
    return {"log": HUB, "authority_root": b64url(GROUND.root), "acts": acts}


@dataclass
class FakeHub:
    """Answers as protocol section 4 says. Members named `lie_…` change one step; `sent` are the requests it saw."""

    charter: Charter = field(default_factory=_chartered)
    clock: Callable[[], float] = lambda: NOW
    address: str = ADDRESS
    refusal: dict[str, Any] | None = None
    door: tuple[int, str] | None = None
    unreachable: int = 0
    entries: list[bytes] = field(default_factory=list)
    merged: bool = True
    sent: list[tuple[ParsedRequest, dict[str, Any]]] = field(default_factory=list)
    lie_signer: Signer = ANSWER
    lie_receipt_signer: Signer = ANSWER
    lie_log_signer: Signer = LOG
    lie_request: Callable[[ParsedRequest], ParsedRequest] = lambda request: request
    lie_answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda answer: answer
    lie_kind: Callable[[str], str] = lambda kind: kind
    lie_body: Callable[[dict[str, Any]], dict[str, Any]] = lambda body: body
    lie_message: Callable[[dict[str, Any]], dict[str, Any]] = lambda message: message
    lie_route: Callable[[dict[str, Any]], dict[str, Any]] = lambda route: route
    lie_receipt: Callable[[dict[str, Any]], dict[str, Any]] = lambda receipt: receipt
    lie_reply: Callable[[Reply], Reply] = lambda reply: reply
    lie_keys: Callable[[dict[str, Any]], dict[str, Any]] = lambda document: document

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """The Transport of a session that talks to this hub."""
        if self.unreachable:
            self.unreachable -= 1
            raise NetworkError("UNREACHABLE", "the hub cannot be reached")
        if method == "GET":
            return self._get(path)
        parsed = parse_request(method=method, target_uri=self.address + path, headers=headers, body=body or b"")
        if path == "/exchange/v1/echo":
            return self.lie_reply(self._signed(200, self._echo(parsed), parsed))
        if self.door:
            return self.lie_reply(self._at_the_door(*self.door))
        return self.lie_reply(self._exchange(path, parsed, body or b""))

    def _get(self, path: str) -> Reply:
        if path == "/api/v1/keys":
            return _reply(200, dumps(self.lie_keys(keys_document(self.charter))))
        leaf = path.removeprefix("/api/v1/log/proof?leaf=")
        hashes = [leaf_hash(entry) for entry in self.entries]
        places = [place for place, item in enumerate(hashes) if f"sha256:{item.hex()}" == leaf]
        if not places:
            return _reply(404, b"{}")
        if not self.merged:
            return _reply(503, b'{"code":"NOT_YET_MERGED"}')
        proof = {
            "index": places[0],
            "size": len(hashes),
            "path": [f"sha256:{item.hex()}" for item in inclusion_path(hashes, places[0])],
            "checkpoint": sign_checkpoint(self.lie_log_signer, HUB, len(hashes), root(hashes)),
        }
        return _reply(200, dumps(proof))

    def _exchange(self, path: str, parsed: ParsedRequest, raw: bytes) -> Reply:
        match = _PATH.fullmatch(path)
        assert match
        wire = loads(raw)
        self.sent.append((parsed, wire))
        answer = self.lie_answer({**(self.refusal or _answer(match[2], wire)), "salt": fresh_nonce()})
        message = message_value(request=sha256_text(raw), signature=b64url(parsed.signature), answer=sha256_text(dumps(answer)))
        route = {
            "type": "refusal" if self.refusal else "exchange",
            "requester": "CAB",
            "provider": "PSB",
            "dataset": "R01",
            "agreement": match[1],
            "method": match[2].upper(),
            "purpose": wire["purpose"],
            "outcome": "REFUSED" if self.refusal else "ANSWERED",
        }
        answer["receipt"] = self.lie_receipt(self._receipt(self.lie_route(route), self.lie_message(message)))
        return self._signed(self.refusal["status"] if self.refusal else 200, self.lie_body(answer), parsed)

    def _receipt(self, route: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
        """One receipt of a batch of three, so that its path is not empty."""
        now = int(self.clock() * 1000)
        made = [compose_entry(kind="x", ts=minute(now), route=route, message=message) for _ in range(3)]
        self.entries += [entry for entry, _ in made]
        parts = [ReceiptParts(entry, texts) for entry, texts in made]
        return issue_receipts(self.lie_receipt_signer, log=HUB, hub=HUB, parts=parts, issued_ms=now, merge_by=now + 3_600_000)[1]

    def _signed(self, status: int, body: dict[str, Any], parsed: ParsedRequest) -> Reply:
        raw = dumps(body)
        kind = "application/json" if status < 400 else "application/problem+json"
        headers = sign_answer(
            self.lie_signer,
            status=status,
            content_type=self.lie_kind(kind),
            body=raw,
            request=self.lie_request(parsed),
            created=int(self.clock()),
        )
        return Reply(status, headers, raw)

    def _at_the_door(self, status: int, code: str) -> Reply:
        raw = dumps({"status": status, "code": code, "detail": "refused at the door"})
        headers = sign_error(self.lie_signer, status=status, body=raw, created=int(self.clock()))
        return Reply(status, {**headers, "content-type": "application/problem+json"}, raw)

    def _echo(self, parsed: ParsedRequest) -> dict[str, Any]:
        status = self.door[1] if self.door else "VALID"
        return {
            "key": {"keyid": parsed.keyid, "status": status},
            "clock_difference_s": parsed.created - int(self.clock()),
            "hub_time": int(self.clock()),
            "signature_base": parsed.signature_base.decode(),
            "hub": HUB,
        }


def _reply(status: int, body: bytes) -> Reply:
    return Reply(status, {"content-type": "application/json"}, body)


def _answer(method: str, wire: dict[str, Any]) -> dict[str, Any]:
    as_of = "2026-11-20T08:00:00Z"
    facts = [{**fact, "answer": "YES", "as_of": as_of} for fact in wire.get("facts", [])]
    if method == "verify":
        return {"answers": facts}
    if method == "query":
        return {"answer": {"state": "FOUND", "records": [{"grade": 2}], "as_of": as_of, "withheld": []}}
    found = {"facts": facts} if facts else {"state": "FOUND", "records": [{"grade": 2}]}
    subjects = [item["subject"] if isinstance(item, dict) and "subject" in item else item for item in wire["subjects"]]
    return {"answers": [{"subject": subject, **found} for subject in subjects]}


def configuration(folder: Path, **changes: Any) -> Configuration:
    """A configuration that fits the fake hub; the key file is written on first use."""
    path = folder / "request.pem"
    if not path.exists():
        write_private_key(path, SYSTEM_PEM)
    plain = Configuration(
        base_url=ADDRESS,
        keyid=SYSTEM_KEYID,
        private_key_file=str(path),
        authority_root=b64url(GROUND.root),
        log_origin=HUB,
        receipts="receipts",
        agreements=(KnownAgreement(AGREEMENT, "R01", "old_age_allowance", ("VERIFY", "QUERY", "BATCH")),),
        folder=folder,
        source="test",
    )
    return replace(plain, **changes)


def session(hub: FakeHub, folder: Path) -> Session:
    """A session with a fake hub, at the fake hub's time."""
    return Session(configuration(folder), SYSTEM, hub, hub.clock)
