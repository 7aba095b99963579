"""One signed call and everything that is checked before its answer is believed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.proof.canonical import CanonicalError, b64url, dumps, fresh_nonce, loads, sha256_text
from audit.proof.keys import SignatureError, Signer
from audit.proof.message import (
    MessageError,
    ParsedRequest,
    parse_request,
    sign_request,
    signing_keyid,
    verify_answer,
    verify_error,
)
from audit.proof.receipt import ReceiptError, VerifiedReceipt, check_answer, verify_receipt
from hub_client import limits, trust
from hub_client.configuration import Configuration
from hub_client.connection import MAX_ANSWER, Connection, Reply, Transport
from hub_client.errors import DataError, NetworkError, RefusedError, UsageError
from hub_client.keyfile import open_signer
from hub_client.trust import Trust, utc_text

JSON_TYPES = frozenset({"application/json", "application/problem+json"})
TRUST_LASTS_S = 600
_SALT_LENGTH = 22
_WITHOUT_RECEIPT = frozenset({"REPLAYED", "RESULT_GONE", "RESULT_UNKNOWN"})  # signed, but nothing new happened


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it went out."""

    parsed: ParsedRequest
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that verified. `receipt` is None only for `echo` and for a refused replay; `left` is what is left of the limits."""

    status: int
    body: dict[str, Any]
    receipt: VerifiedReceipt | None
    bundle: dict[str, Any]
    left: Mapping[str, Mapping[str, int | str]] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        """Whether the hub refused, with its signature."""
        return self.status >= 400

    @property
    def is_waiting(self) -> bool:
        """Whether the hub is still asking the department that knows; `results.wait` collects what comes of it."""
        return self.status == 202


@dataclass(slots=True)
class Session:
    """The hub as one system of a department sees it: configuration, key, connection, and whom to trust."""

    configuration: Configuration
    signer: Signer
    transport: Transport
    clock: Callable[[], float] = time.time
    _trust: Trust | None = None
    _trusted_at: float = field(default=0.0)

    def trust(self, *, fresh: bool = False) -> Trust:
        """The hub's keys, asked for once in ten minutes."""
        now = self.clock()
        if fresh or self._trust is None or now - self._trusted_at > TRUST_LASTS_S:
            self._trust = trust.fetch(self.transport, self.configuration)
            self._trusted_at = now
        return self._trust

    def answer_key(self, keyid: str) -> bytes:
        """The public key behind an answer just received; asks again for the hub's keys if it is a new one."""
        fresh = keyid not in self.trust().certificates
        return self.trust(fresh=fresh).answer_key(keyid, utc_text(self.clock()))


def open_session(configuration: Configuration) -> Session:
    """A session over HTTP; raises UsageError for a configuration or key file that does not serve."""
    signer = open_signer(configuration)
    return Session(configuration, signer, Connection(configuration.address))


def ask(session: Session, agreement: str, method: str, wire: Mapping[str, Any]) -> Answered:
    """Send one call (`method` verify, query, batch or changes) and check the whole answer; a fresh salt is added.

    Gives refusals and 202 (WAITING) too, once verified. Raises DataError if anything does not hold, RefusedError if the hub refused
    before it knew the caller, NetworkError without an answer.
    """
    body = {**wire, "salt": fresh_nonce()}
    answered = post(session, f"/exchange/v1/{agreement}/{method}", body)
    if answered.receipt is None:
        if answered.is_refusal and answered.body.get("code") in _WITHOUT_RECEIPT:
            return answered
        raise DataError("NO_RECEIPT", "the hub answered without a receipt: do not use this answer")
    check_route(answered.receipt, agreement, method)
    if answered.is_waiting:
        check_waiting(answered)
    elif not answered.is_refusal:
        check_content(method, wire, answered.body)
    return answered


def post(session: Session, path: str, body: Mapping[str, Any]) -> Answered:
    """Sign, send, and verify signature, digest and receipt of the answer to a POST."""
    sent = signed(session, path, body)
    reply = session.transport.send("POST", path, headers=sent.headers, body=sent.body)
    check_answer_signature(session, sent, reply)
    document = json_object(reply)
    receipt = checked_receipt(session, document)
    if receipt is not None and "idempotency_key" not in body:  # the same call made before keeps the receipt that it got
        check_message(receipt, sha256_text(sent.body), b64url(sent.parsed.signature))
    return Answered(reply.status, document, receipt, bundle_of(sent, reply, document), limits.left(reply.headers))


def signed_get(session: Session, path: str) -> Sent:
    """A signed GET: empty body, the digest of the empty body (protocol, section 4)."""
    target = session.configuration.address + path
    headers = sign_request(session.signer, method="GET", target_uri=target, body=b"", created=int(session.clock()), nonce=fresh_nonce())
    return Sent(parse_request(method="GET", target_uri=target, headers=headers, body=b""), headers, b"")


def signed(session: Session, path: str, body: Mapping[str, Any]) -> Sent:
    """A request with its signature headers; another signature each time, so a retry is a new exchange."""
    try:
        raw = dumps(dict(body))
    except CanonicalError as error:
        raise UsageError("BAD_REQUEST", f"the request: {error}") from None
    target = session.configuration.address + path
    headers = sign_request(session.signer, method="POST", target_uri=target, body=raw, created=int(session.clock()), nonce=fresh_nonce())
    parsed = parse_request(method="POST", target_uri=target, headers=headers, body=raw)
    return Sent(parsed, {"content-type": "application/json", **headers}, raw)


def check_answer_signature(session: Session, sent: Sent, reply: Reply) -> None:
    """The answer is signed by a certified hub-answer key, over our request's own signature."""
    if "signature" not in reply.headers:
        raise _unsigned(reply)
    try:
        public_key = session.answer_key(signing_keyid(reply.headers))
        verify_answer(status=reply.status, headers=reply.headers, body=reply.body, request=sent.parsed, public_key=public_key)
    except MessageError as error:
        if error.code == "COMPONENTS_WRONG":
            raise _refused_at_the_door(session, reply) from None
        raise DataError(error.code, f"the answer's signature does not hold: {error}") from None
    if reply.headers.get("content-type", "").partition(";")[0].strip() not in JSON_TYPES:
        raise DataError("CONTENT_TYPE", "the answer is not JSON")


def _refused_at_the_door(session: Session, reply: Reply) -> Exception:
    """A refusal from before the hub knew who was asking: signed, but not as an answer."""
    try:
        public_key = session.answer_key(signing_keyid(reply.headers))
        verify_error(status=reply.status, headers=reply.headers, body=reply.body, public_key=public_key)
    except MessageError as error:
        return DataError(error.code, f"the answer's signature does not hold: {error}")
    problem = json_object(reply)
    if reply.status < 400:
        return DataError("NOT_AN_ANSWER", "the hub signed an error that claims to be a success")
    return _unavailable(reply, problem) if reply.status == 503 else RefusedError(reply.status, problem)


def _unsigned(reply: Reply) -> Exception:
    if reply.status >= 500 or reply.status in (404, 407):
        return NetworkError(
            "NOT_THE_HUB", f"status {reply.status} without the hub's signature: is something in between?", status=reply.status
        )
    return DataError("SIGNATURE_MISSING", "the answer is not signed: do not use it", status=reply.status)


def _unavailable(reply: Reply, problem: Mapping[str, Any]) -> NetworkError:
    detail = str(problem.get("detail", "the hub is not available now"))
    return NetworkError(str(problem.get("code", "UNAVAILABLE")), detail, status=503, retry_after=reply.headers.get("retry-after"))


def json_object(reply: Reply) -> dict[str, Any]:
    """The JSON object in a reply. Raises DataError."""
    try:
        document = loads(reply.body, max_bytes=MAX_ANSWER)
    except CanonicalError as error:
        raise DataError("BAD_JSON", f"the answer: {error}") from None
    if not isinstance(document, dict):
        raise DataError("BAD_JSON", "the answer is no JSON object")
    return document


def checked_receipt(session: Session, document: Mapping[str, Any]) -> VerifiedReceipt | None:
    """The receipt of this very answer, verified; None where it has none. Whose question it was is not looked at yet."""
    receipt = document.get("receipt")
    if receipt is None:
        return None
    if not isinstance(receipt, dict) or not isinstance(receipt.get("keyid"), str):
        raise DataError("BAD_RECEIPT", "the receipt is malformed")
    public_key = session.answer_key(receipt["keyid"])
    try:
        verified = verify_receipt(receipt, public_key=public_key, log=session.trust().hub)
        check_answer(verified, {name: value for name, value in document.items() if name != "receipt"})
    except (ReceiptError, SignatureError) as error:
        raise DataError("BAD_RECEIPT", f"the receipt does not hold: {error}") from None
    if len(str(document.get("salt", ""))) < _SALT_LENGTH:
        raise DataError("NO_SALT", "the answer has no salt, so its digest in the log would tell its content")
    if verified.merge_by < session.clock() * 1000:
        raise DataError("BAD_RECEIPT", "the receipt promises a time that is over already: check this machine's clock")
    return verified


def check_message(receipt: VerifiedReceipt, request: str, signature: str) -> None:
    """The receipt names this request, by the digest of its body and its signature. Raises DataError."""
    message = receipt.message or {}
    if message.get("request") != request or message.get("signature") != signature:
        raise DataError("OTHER_REQUEST", "the receipt belongs to another request")


def check_route(receipt: VerifiedReceipt, agreement: str, method: str) -> None:
    """What the auditor will read is what we asked: same agreement, same method. Raises DataError."""
    route = receipt.route or {}
    if route.get("agreement") != agreement or route.get("method") != method.upper():
        raise DataError("OTHER_ROUTE", "the receipt records another agreement or method than the one that was asked")


def check_waiting(answered: Answered) -> None:
    """A 202 says that it waits, and holds nothing that could be taken for an answer. Raises DataError."""
    if answered.body.get("state") != "WAITING" or answered.body.keys() != {"state", "salt", "receipt"}:
        raise DataError("OTHER_ANSWER", "the hub accepted the question and says something else than WAITING")


def check_content(method: str, wire: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """The answer has the form of protocol section 4 and speaks of what was asked, in the same order. Raises DataError."""
    try:
        holds = _speaks_of(method, wire, body)
    except (KeyError, TypeError, AttributeError):
        holds = False
    if not holds:
        raise DataError("OTHER_ANSWER", "the answer does not speak of what was asked")


def _speaks_of(method: str, wire: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    if method == "verify":
        asked = [(fact["fact"], fact.get("with", {})) for fact in wire["facts"]]
        holds = [(answer["fact"], answer.get("with", {})) for answer in body["answers"]] == asked
        return holds and all(answer["answer"] in ("YES", "NO", "UNKNOWN") for answer in body["answers"])
    if method == "batch":
        asked_subjects = [item["subject"] if isinstance(item, dict) and "subject" in item else item for item in wire["subjects"]]
        return [answer["subject"] for answer in body["answers"]] == asked_subjects
    if method == "changes":
        return isinstance(body["changes"], list) and isinstance(body["cursor"], str) and isinstance(body["more"], bool)
    return isinstance(body["answer"]["state"], str)


def bundle_of(sent: Sent, reply: Reply, document: Mapping[str, Any]) -> dict[str, Any]:
    """What is filed: both messages as they were, so that every signature can be checked again, and the receipt."""
    return {
        "v": 1,
        "request": {
            "method": sent.parsed.method,
            "target_uri": sent.parsed.target_uri,
            "headers": {name: sent.headers[name] for name in ("content-digest", "signature-input", "signature")},
            "body": sent.body.decode("utf-8"),
        },
        "answer": {
            "status": reply.status,
            "headers": {name: reply.headers[name] for name in ("content-type", "content-digest", "signature-input", "signature")},
            "body": reply.body.decode("utf-8"),
        },
        "receipt": document.get("receipt"),
        "keys": None,
        "checkpoint": None,
        "proof": None,
    }
