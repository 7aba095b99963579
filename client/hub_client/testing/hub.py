"""A hub in memory for tests: it verifies what it is asked, answers from what a test gives it, and truly signs. It lies when told to."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit.proof.canonical import b64url, dumps, fresh_nonce, loads, sha256_text
from audit.proof.disclosure import compose_entry, message_value, minute
from audit.proof.keys import Signer, write_private_key
from audit.proof.merkle import inclusion_path, leaf_hash, root
from audit.proof.message import MessageError, ParsedRequest, parse_request, sign_answer, sign_error, verify_request
from audit.proof.note import sign_checkpoint
from audit.proof.receipt import ReceiptParts, issue_receipts
from hub_client.client import Client, Settings
from hub_client.configuration import Configuration, KnownAgreement
from hub_client.connection import Reply
from hub_client.errors import NetworkError
from hub_client.session import Session
from hub_client.testing.answering import Answer, Held, answer_of
from hub_client.testing.keys import FakeKeys, made_keys

ADDRESS = "http://127.0.0.1:8000"
AGREEMENT = "abcdefghijklmnopqrstuvwxyz234567"
_PATH = re.compile(r"/exchange/v1/([a-z2-7]{32})/(verify|query|batch|changes)")
_RESULT = re.compile(r"/exchange/v1/([a-z2-7]{32})/results/([0-9a-f]{64})")
Twist = Callable[[Any], Any]


def _honest(value: Any) -> Any:
    return value


@dataclass
class FakeHub:
    """A transport that is a hub. `sent` are the requests that it saw; the members named `lie_…` change one step of an answer."""

    records: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)  # identifier -> records; absent: NO_RECORD
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # identifier -> fact -> YES or NO; absent: UNKNOWN
    changed: list[dict[str, Any]] = field(default_factory=list)
    answer: Answer | None = None  # (method, wire) -> body, in the place of records and facts
    keys: FakeKeys = field(default_factory=made_keys)
    clock: Callable[[], float] = time.time
    address: str = ADDRESS
    refusal: dict[str, Any] | None = None
    door: tuple[int, str] | None = None
    unreachable: int = 0
    waits: int = 0
    merged: bool = True
    entries: list[bytes] = field(default_factory=list)
    sent: list[tuple[ParsedRequest, dict[str, Any]]] = field(default_factory=list)
    lie_signer: Signer | None = None
    lie_receipt_signer: Signer | None = None
    lie_log_signer: Signer | None = None
    lie_request: Twist = _honest
    lie_answer: Twist = _honest
    lie_kind: Twist = _honest
    lie_body: Twist = _honest
    lie_message: Twist = _honest
    lie_route: Twist = _honest
    lie_receipt: Twist = _honest
    lie_reply: Twist = _honest
    lie_keys: Twist = _honest
    _spent: set[str] = field(default_factory=set)
    _held: dict[str, Held] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """How many calls there were (without collecting results, echo and keys)."""
        return len(self.sent)

    def refuse(self, code: str, *, status: int = 403, **more: Any) -> None:
        """Refuse every call from now on, with a signature and a receipt; `allow` ends it."""
        self.refusal = {"code": code, "status": status, "detail": f"The hub refuses: {code}.", **more}

    def allow(self) -> None:
        """Answer again."""
        self.refusal, self.door = None, None

    def wait(self, times: int = 1) -> None:
        """Answer the next calls with 202; the result is there when it was asked for `times` times."""
        self.waits = times

    def tamper(self, twist: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Change each answer after its receipt was made and before it is signed: a client must notice."""
        self.lie_body = twist

    def client(self, folder: Path, *, wait_s: float = 30, **settings: Any) -> Client:
        """A client of this hub, whose receipts go into `folder`."""
        return Client(self.session(folder), Settings(retries=0, wait_s=wait_s, **settings))

    def session(self, folder: Path) -> Session:
        """The session behind it."""
        return Session(self.configuration(folder), self.keys.system, self, self.clock)

    def configuration(self, folder: Path) -> Configuration:
        """What hub.toml would say; the key's file is written into `folder`."""
        path = folder / "request-1.pem"
        if not path.exists():
            write_private_key(path, self.keys.system_pem)
        return Configuration(
            base_url=self.address,
            keyid=self.keys.system.keyid,
            private_key_file=str(path),
            authority_root=b64url(self.keys.root),
            log_origin=self.keys.hub,
            agreements=(KnownAgreement(AGREEMENT, "FAKE", "testing", ("VERIFY", "QUERY", "BATCH", "CHANGES")),),
            folder=folder,
            source="a fake hub",
        )

    @contextmanager
    def served(self, port: int = 0) -> Iterator[str]:
        """Listen on this machine, for programs in any language; gives the address."""
        from hub_client.testing.serving import listening

        with listening(self, port) as self.address:
            yield self.address

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """One request, as a transport carries it."""
        if self.unreachable:
            self.unreachable -= 1
            raise NetworkError("UNREACHABLE", "the hub cannot be reached")
        if method == "GET" and (match := _RESULT.fullmatch(path)):
            return self._signed_call(method, path, headers, b"", lambda parsed: self._collected(match[2], parsed))
        if method == "GET":
            return self._get(path)
        raw = body or b""
        if path == "/exchange/v1/echo":
            parsed = parse_request(method=method, target_uri=self.address + path, headers=headers, body=raw)
            return self.lie_reply(self._signed(200, self._echo(parsed), parsed))  # type: ignore[no-any-return]
        return self._signed_call(method, path, headers, raw, lambda parsed: self._exchange(path, parsed, raw))

    def _signed_call(
        self, method: str, path: str, headers: Mapping[str, str], raw: bytes, answer: Callable[[ParsedRequest], Reply]
    ) -> Reply:
        try:
            parsed = parse_request(method=method, target_uri=self.address + path, headers=headers, body=raw)
            if parsed.keyid == self.keys.system.keyid:
                verify_request(parsed, self.keys.system.public_key)
        except MessageError as error:
            return self._at_the_door(401, error.code)
        if self.door:
            return self.lie_reply(self._at_the_door(*self.door))  # type: ignore[no-any-return]
        if parsed.nonce in self._spent:
            return self._signed(409, {"code": "REPLAYED", "status": 409, "detail": "this nonce was here before"}, parsed)
        self._spent.add(parsed.nonce)
        return self.lie_reply(answer(parsed))  # type: ignore[no-any-return]

    def _get(self, path: str) -> Reply:
        if path == "/api/v1/keys":
            return _reply(200, dumps(self.lie_keys(self.keys.document())))
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
            "checkpoint": sign_checkpoint(self.lie_log_signer or self.keys.log, self.keys.hub, len(hashes), root(hashes)),
        }
        return _reply(200, dumps(proof))

    def _exchange(self, path: str, parsed: ParsedRequest, raw: bytes) -> Reply:
        match = _PATH.fullmatch(path)
        if match is None:
            return self._at_the_door(404, "NO_SUCH_CALL")
        wire = loads(raw)
        self.sent.append((parsed, wire))
        held = Held(match[1], match[2], wire, sha256_text(raw), b64url(parsed.signature))
        if self.waits and not self.refusal:
            held.left = self.waits
            return self._waiting(held, parsed)
        return self._answered(held, parsed)

    def _answered(self, held: Held, parsed: ParsedRequest, **route: Any) -> Reply:
        told = self.refusal or (self.answer or self._known)(held.method, held.wire)
        kind, outcome = ("refusal", "REFUSED") if self.refusal else ("exchange", "ANSWERED")
        answer = self.lie_answer({**told, "salt": fresh_nonce()})
        body = self._with_receipt(answer, held, type=kind, outcome=outcome, **route)
        return self._signed(self.refusal["status"] if self.refusal else 200, self.lie_body(body), parsed)

    def _waiting(self, held: Held, parsed: ParsedRequest) -> Reply:
        held.body = held.body or self._with_receipt({"state": "WAITING", "salt": fresh_nonce()}, held, type="intent", outcome="WAITING")
        held.intent = held.intent or str(held.body["receipt"]["leaf"]).removeprefix("sha256:")
        self._held[held.intent] = held
        return self._signed(202, held.body, parsed)

    def _collected(self, intent: str, parsed: ParsedRequest) -> Reply:
        held = self._held.get(intent)
        if held is None:
            return self._signed(404, {"code": "RESULT_UNKNOWN", "status": 404, "detail": "There is no such result."}, parsed)
        held.left -= 1
        if held.left > 0:
            return self._waiting(held, parsed)
        del self._held[intent]
        return self._answered(held, parsed, intent=f"sha256:{intent}")

    def _known(self, method: str, wire: dict[str, Any]) -> dict[str, Any]:
        return answer_of(method, wire, records=self.records, facts=self.facts, changed=self.changed)

    def _with_receipt(self, answer: dict[str, Any], held: Held, **route: Any) -> dict[str, Any]:
        message = message_value(request=held.request, signature=held.signature, answer=sha256_text(dumps(answer)))
        parties = {"requester": "DEPT", "provider": "OTHER", "dataset": "FAKE", "purpose": held.wire.get("purpose", "")}
        told = {**parties, "agreement": held.agreement, "method": held.method.upper(), **route}
        return {**answer, "receipt": self.lie_receipt(self._receipt(self.lie_route(told), self.lie_message(message)))}

    def _receipt(self, route: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
        """One receipt of a batch of three, so that its path is not empty."""
        now, log = int(self.clock() * 1000), self.keys.hub
        made = [compose_entry(kind="x", ts=minute(now), route=route, message=message) for _ in range(3)]
        self.entries += [entry for entry, _ in made]
        parts = [ReceiptParts(entry, texts) for entry, texts in made]
        signer = self.lie_receipt_signer or self.keys.answer
        return issue_receipts(signer, log=log, hub=log, parts=parts, issued_ms=now, merge_by=now + 3_600_000)[1]

    def _signed(self, status: int, body: dict[str, Any], parsed: ParsedRequest) -> Reply:
        raw = dumps(body)
        headers = sign_answer(
            self.lie_signer or self.keys.answer,
            status=status,
            content_type=self.lie_kind("application/json" if status < 400 else "application/problem+json"),
            body=raw,
            request=self.lie_request(parsed),
            created=int(self.clock()),
        )
        return Reply(status, headers, raw)

    def _at_the_door(self, status: int, code: str) -> Reply:
        raw = dumps({"status": status, "code": code, "detail": "refused at the door"})
        headers = sign_error(self.lie_signer or self.keys.answer, status=status, body=raw, created=int(self.clock()))
        return Reply(status, {**headers, "content-type": "application/problem+json"}, raw)

    def _echo(self, parsed: ParsedRequest) -> dict[str, Any]:
        status = self.door[1] if self.door else "VALID"
        return {
            "key": {"keyid": parsed.keyid, "status": status},
            "clock_difference_s": parsed.created - int(self.clock()),
            "hub_time": int(self.clock()),
            "signature_base": parsed.signature_base.decode(),
            "hub": self.keys.hub,
        }


def _reply(status: int, body: bytes) -> Reply:
    return Reply(status, {"content-type": "application/json"}, body)
