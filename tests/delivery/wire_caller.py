"""A department's system in tests: signs real requests, sends them through the door, verifies what comes back."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from audit import signers
from audit.ground import log_origin
from audit.proof import message
from audit.proof.canonical import fresh_nonce
from audit.proof.keys import Signer, Use
from audit.proof.receipt import check_answer, verify_receipt
from exchange.delivery.door import Arrival
from exchange.delivery.handling import handle
from exchange.delivery.responding import Response

COMMON = {"purpose": "disability_allowance", "case": "C-1", "officer": "automatic"}


@dataclass
class Reply:
    """One answer, its signature verified unless it came before authentication."""

    status: int
    body: dict[str, Any]
    route: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.body.get("code", ""))


@dataclass
class Caller:
    """Signs as one system. `clock_s` shifts its clock."""

    system: str
    clock_s: int = 0

    @property
    def signer(self) -> Signer:
        """The hub-held key of the system."""
        return signers.system_signer(f"{self.system}/system-1")

    def arrival(self, agreement: str, method: str, body: Any, *, nonce: str = "", address: str = "127.0.0.1") -> Arrival:
        """A signed request, ready for the door."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        path = "/exchange/v1/echo" if method == "echo" else f"/exchange/v1/{agreement}/{method}"
        headers = message.sign_request(
            self.signer,
            method="POST",
            target_uri=settings.PUBLIC_URLS[0] + path,
            body=raw,
            created=int(time.time()) + self.clock_s,
            nonce=nonce or fresh_nonce(),
        )
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        return Arrival("POST", path, False, pairs, raw, address)

    def call(self, agreement: str, method: str, **body: Any) -> Reply:
        """Send one call with the usual members."""
        return self.replies([self.arrival(agreement, method, {**COMMON, "salt": fresh_nonce(), **body})])[0]

    def query(self, agreement: str, subject: Any, **more: Any) -> Reply:
        """QUERY about one subject."""
        return self.call(agreement, "query", subject=subject, **more)

    def verify(self, agreement: str, subject: Any, *facts: dict[str, Any], **more: Any) -> Reply:
        """VERIFY facts about one subject."""
        return self.call(agreement, "verify", subject=subject, facts=list(facts), **more)

    def collect(self, agreement: str, intent: str) -> Reply:
        """A signed GET of a result; `intent` as in Location, or as in a receipt (`sha256:…`)."""
        path = f"/exchange/v1/{agreement}/results/{intent.removeprefix('sha256:')}"
        headers = message.sign_request(
            self.signer, method="GET", target_uri=settings.PUBLIC_URLS[0] + path, body=b"", created=int(time.time()), nonce=fresh_nonce()
        )
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        return self.replies([Arrival("GET", path, False, pairs, b"", "127.0.0.1")])[0]

    def replies(self, arrivals: list[Arrival]) -> list[Reply]:
        """Send a batch, verify every answer against its request and its receipt."""
        return [read(arrival, response) for arrival, response in zip(arrivals, handle(arrivals), strict=True)]


def read(arrival: Arrival, response: Response) -> Reply:
    """Verify and read one response; one without a receipt must be an error or a replay."""
    body = json.loads(response.body)
    headers = {name.decode(): value.decode() for name, value in response.headers}
    key = signers.hub_signer(Use.HUB_ANSWER).public_key
    if "receipt" not in body:
        return Reply(response.status, body, headers=headers)
    request = message.parse_request(
        method=arrival.method,
        target_uri=settings.PUBLIC_URLS[0] + arrival.path,
        headers={name.decode(): value.decode() for name, value in arrival.headers},
        body=arrival.body,
    )
    message.verify_answer(status=response.status, headers=headers, body=response.body, request=request, public_key=key)
    receipt = body["receipt"]
    verified = verify_receipt(receipt, public_key=key, log=log_origin())
    check_answer(receipt, {name: value for name, value in body.items() if name != "receipt"})
    return Reply(response.status, body, dict(verified.route or {}), headers)


def entry_bytes(reply: Reply) -> bytes:
    """The exact entry of a reply."""
    return base64.b64decode(reply.body["receipt"]["entry"])
