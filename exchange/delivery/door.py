"""The door of the data path: who is calling? Only what verifies goes on to `deliver`; strangers are counted, not logged."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from audit.proof import message
from audit.proof.canonical import CanonicalError, b64url, loads, sha256_text
from audit.proof.keys import Use
from audit.proof.message import MessageError, ParsedRequest
from exchange.delivery.calls import Call, VerifiedCaller
from exchange.delivery.counting import FLOORS
from exchange.delivery.deciding import utc_text
from exchange.sharing.policy import Method

FRESH_S = 60
BODY_LIMIT = 1 << 20
STRANGERS_A_MINUTE = 120
MOST_ADDRESSES = 50_000
# What a signature depends on; no other header is looked at.
_READ = frozenset({b"signature", b"signature-input", b"content-digest", b"content-encoding", b"content-type"})


class DoorError(Exception):
    """Refused before anyone was known: a problem signed as an error, never as an answer."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


@dataclass(slots=True)
class Arrival:
    """One HTTP request as it came in, before anything is believed about it."""

    method: str
    path: str
    has_query: bool
    headers: Iterable[tuple[bytes, bytes]]
    body: bytes
    address: str


@dataclass
class Strangers:
    """Failed attempts of the running minute by address, in this process; never more addresses than MOST_ADDRESSES."""

    minute: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def are_too_many(self, address: str) -> bool:
        """Whether this address has failed 120 times in the running minute."""
        return self.minute == _minute() and self.counts[address] >= STRANGERS_A_MINUTE

    def note(self, address: str) -> None:
        """One more failure of this address."""
        with self.lock:
            if self.minute != _minute():
                self.minute, self.counts = _minute(), Counter()
            if address in self.counts or len(self.counts) < MOST_ADDRESSES:
                self.counts[address] += 1


STRANGERS = Strangers()


def _minute() -> int:
    return int(time.time()) // 60


def limited(error: DoorError, address: str) -> DoorError:
    """What a stranger is told: past the limit of its address nothing more about what was wrong, until the minute is over.

    Whoever signs rightly is served all the same: behind one proxy or one outgoing address, a stranger must not be able
    to shut out a department.
    """
    if STRANGERS.are_too_many(address):
        return DoorError(429, "TOO_MANY_ATTEMPTS", "too many failed attempts from this address; wait a minute")
    STRANGERS.note(address)
    return error


def parse(arrival: Arrival, public_url: str = "") -> ParsedRequest:
    """Shape, digest and form of the signature; the target is built from PUBLIC_URLS, the Host header is never read."""
    if arrival.has_query:
        raise DoorError(400, "QUERY_STRING", "signed calls have no query string; put everything into the body")
    if len(arrival.body) > BODY_LIMIT:
        raise DoorError(413, "TOO_LARGE", f"send at most {BODY_LIMIT} bytes")
    try:
        headers = message.single_headers(pair for pair in arrival.headers if pair[0].lower() in _READ)
        target = (public_url or settings.PUBLIC_URLS[0]) + arrival.path
        return message.parse_request(method=arrival.method, target_uri=target, headers=headers, body=arrival.body)
    except (MessageError, UnicodeError) as error:
        raise DoorError(401, getattr(error, "code", "SIGNATURE_MALFORMED"), str(error)) from None


def authenticate(arrival: Arrival, standing: Any, now_s: int, mark: int) -> tuple[ParsedRequest, VerifiedCaller]:
    """Verify one request against the certificates of the verified standing. Raises DoorError."""
    parsed = parse(arrival)
    _require_fresh(parsed, now_s, mark)
    certificate = _certificate(parsed.keyid, standing, now_s)
    parsed = _verified(arrival, parsed, certificate.certificate.public_key)
    caller = VerifiedCaller(
        system=certificate.certificate.owner,
        department=certificate.department,
        keyid=parsed.keyid,
        request_digest=sha256_text(arrival.body),
        signature=b64url(parsed.signature),
        nonce=parsed.nonce,
        created=parsed.created,
    )
    return parsed, caller


def call_of(arrival: Arrival, caller: VerifiedCaller, agreement: str, method: Method) -> Call:
    """The call of an authenticated request. A body that is no strict JSON makes a call with a fault: it is refused, with an entry."""
    try:
        document = loads(arrival.body, allow_floats=True)
    except CanonicalError as error:
        return Call(caller, agreement, method, fault=f"the body is not strict JSON: {error}")
    return Call(caller, agreement, method, document)


def _require_fresh(parsed: ParsedRequest, now_s: int, mark: int) -> None:
    if abs(now_s - parsed.created) > FRESH_S:
        raise DoorError(
            401, "NOT_FRESH", f"created is {parsed.created - now_s:+d} s from the hub's clock; at most {FRESH_S} s: set your clock"
        )
    if parsed.created < max(mark, FLOORS.started_s):
        raise DoorError(401, "BEFORE_START", "signed before the hub's present start; sign a new request")


def _certificate(keyid: str, standing: Any, now_s: int) -> Any:
    certificate = standing.certificates.get(keyid)
    if certificate is None:
        raise DoorError(401, "KEY_UNKNOWN", "no certificate of that keyid stands in the hub's chain of acts")
    if certificate.certificate.use != Use.SYSTEM:
        raise DoorError(401, "KEY_USE", "this key is not certified for a system's calls")
    if certificate.revoked_seq is not None:
        raise DoorError(401, "KEY_REVOKED", "this key was revoked; sign with its successor")
    if not certificate.certificate.valid_at(utc_text(now_s * 1000)):
        raise DoorError(401, "KEY_EXPIRED", "this key's certificate is not valid now; certify a new one")
    return certificate


def _verified(arrival: Arrival, parsed: ParsedRequest, public_key: bytes) -> ParsedRequest:
    """The request under the public address for which its signature verifies; a hub may have several."""
    for public_url in settings.PUBLIC_URLS:
        candidate = parsed if public_url == settings.PUBLIC_URLS[0] else parse(arrival, public_url)
        try:
            message.verify_request(candidate, public_key)
        except MessageError:
            continue
        return candidate
    detail = f"the signature does not verify; the hub computed its base with the target {parsed.target_uri}"
    raise DoorError(401, "SIGNATURE_WRONG", detail)
