"""Calls from inside the hub: a signed request as it would come over the wire, for the same door, with nothing special about it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from audit.proof.canonical import dumps, fresh_nonce
from audit.proof.keys import Signer
from audit.proof.message import sign_request
from exchange.delivery.door import Arrival

_LOOPBACK = "127.0.0.1"


def collecting_arrival(signer: Signer, *, agreement: str, intent: bytes) -> Arrival:
    """The collection of a remote store's result, signed now; `intent` is the leaf of the intent's entry."""
    return reading_arrival(signer, f"/exchange/v1/{agreement}/results/{intent.hex()}")


def reading_arrival(signer: Signer, path: str) -> Arrival:
    """A signed GET of one address of the data path, with an empty body."""
    return _arrival(signer, "GET", path, b"")


def signed_arrival(signer: Signer, *, agreement: str, method: str, document: Mapping[str, Any]) -> Arrival:
    """One call of `method` (verify, query, batch, exports) under an agreement, signed now with a fresh nonce (RFC 9421)."""
    return _arrival(signer, "POST", f"/exchange/v1/{agreement}/{method}", dumps(dict(document)))


def _arrival(signer: Signer, method: str, path: str, body: bytes) -> Arrival:
    headers = sign_request(
        signer, method=method, target_uri=settings.PUBLIC_URLS[0] + path, body=body, created=int(time.time()), nonce=fresh_nonce()
    )
    wire = [(name.encode(), value.encode()) for name, value in {**headers, "content-type": "application/json"}.items()]
    return Arrival(method, path, False, wire, body, _LOOPBACK)
