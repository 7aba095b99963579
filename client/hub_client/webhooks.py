"""Verifies a webhook that says that there are changes: the receiver's side of the specification "Standard Webhooks".

Standard library only, so that it can be copied into any program. What it says is a hint: the changes themselves are asked for
by a signed call, and verified like every answer.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any

TOLERANCE_S = 300
LARGEST_BYTES = 65_536
_PREFIX = "whsec_"
_SECONDS = re.compile(r"[0-9]{1,12}")


class WebhookRefused(Exception):
    """The message is not from the hub, or not from now: answer 400, and do nothing else with it."""


def verify_webhook(headers: Mapping[str, str], body: bytes, secret: str, *, now_s: float | None = None) -> dict[str, Any]:
    """The message, once its signature and its time hold; `secret` is `whsec_…` as the hub showed it, `body` the exact bytes.

    Of several signatures (a secret is being renewed) one must hold; they are compared in constant time. The same
    `webhook-id` may come more than once: whoever has seen it answers 200 and does nothing. Raises WebhookRefused.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        number, at, signatures = given["webhook-id"], given["webhook-timestamp"], given["webhook-signature"]
    except KeyError as missing:
        raise WebhookRefused(f"the header {missing.args[0]} is missing") from None
    if len(body) > LARGEST_BYTES:
        raise WebhookRefused("the message is too large")
    if not _SECONDS.fullmatch(at) or abs((time.time() if now_s is None else now_s) - int(at)) > TOLERANCE_S:
        raise WebhookRefused("it was not sent within the last five minutes; is this machine's clock right?")
    expected = hmac.digest(_key(secret), f"{number}.{at}.".encode() + body, "sha256")
    found = [hmac.compare_digest(expected, given_one) for given_one in _signatures(signatures)]
    if not any(found):
        raise WebhookRefused("the signature does not hold under this secret")
    return _read(body)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise WebhookRefused("the secret is not of the form whsec_…: copy it whole")
    return key


def _signatures(text: str) -> list[bytes]:
    """The signatures of version 1; others are left to programs that know them."""
    found = []
    for part in text.split(" ")[:20]:
        version, _comma, encoded = part.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(encoded, validate=True))
            except ValueError:
                continue
    return found


def _read(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError:
        raise WebhookRefused("the message is not JSON") from None
    if not isinstance(message, dict):
        raise WebhookRefused("the message is not an object")
    return message
