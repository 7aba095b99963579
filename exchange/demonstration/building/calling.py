"""Call the hub as a system of a department does: a signed request through the same door, with nothing special about it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from audit.proof.canonical import dumps, fresh_nonce
from audit.proof.keys import Signer
from audit.proof.message import sign_request
from exchange.delivery.door import Arrival
from exchange.delivery.handling import handle

_LOOPBACK = "127.0.0.1"


class HubUnavailable(Exception):
    """The hub did not decide a call (5xx); the text has its code and detail."""


@dataclass(frozen=True)
class Reply:
    """Status and body of an answer or a refusal."""

    status: int
    body: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The code of a refusal; empty for an answer."""
        return str(self.body.get("code", ""))


def call(signer: Signer, agreement: str, method: str, document: Mapping[str, Any]) -> Reply:
    """Sign one call of `method` (verify, query or batch) and hand it in. Raises HubUnavailable."""
    path = f"/exchange/v1/{agreement}/{method}"
    body = dumps({"salt": fresh_nonce(), **document})
    headers = sign_request(
        signer, method="POST", target_uri=settings.PUBLIC_URLS[0] + path, body=body, created=int(time.time()), nonce=fresh_nonce()
    )
    wire = [(name.encode(), value.encode()) for name, value in {**headers, "content-type": "application/json"}.items()]
    (response,) = handle([Arrival("POST", path, False, wire, body, _LOOPBACK)])
    reply = Reply(response.status, json.loads(response.body))
    if reply.status >= 500:
        raise HubUnavailable(f"{reply.code}: {reply.body.get('detail', '')}")
    return reply
