"""Signatures of webhooks, as the specification "Standard Webhooks" has them (symmetric, v1). Pure.

Signed is `{webhook-id}.{webhook-timestamp}.{body}` by HMAC-SHA256 under the 32 bytes behind `whsec_`. The same is verified
by `hub_client.webhooks`; both are tested on the specification's own example.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh secret as it is shown, once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(secret: str, *, number: str, body: bytes, at_s: int) -> dict[str, str]:
    """The three headers of one try; `at_s` is the time of the try in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    signature = hmac.digest(key, f"{number}.{at_s}.".encode() + body, hashlib.sha256)
    return {"webhook-id": number, "webhook-timestamp": str(at_s), "webhook-signature": f"v1,{base64.b64encode(signature).decode()}"}
