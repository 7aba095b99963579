"""A sealed errand, opened again: the call as it was made, and what its system was told."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.proof.envelope import EnvelopeError
from audit.proof.merkle import leaf_hash
from audit.trail import Built
from exchange.delivery.calls import Call, VerifiedCaller
from exchange.delivery.errands import sealing
from exchange.delivery.models import Errand
from exchange.sharing.policy import Method


@dataclass(frozen=True)
class Opened:
    """The call, the joint key, and the WAITING answer in its two pieces with the entry of the intent."""

    call: Call
    key: bytes
    waiting: tuple[bytes, bytes]
    built: Built


def opened(errand: Errand) -> Opened | None:
    """None where the key of somebody whom it names is gone, the row was emptied, or it was changed."""
    key = sealing.key_of(bytes(errand.blinds)) if errand.question else None
    if key is None:
        return None
    try:
        question = sealing.unseal(key, sealing.place_of(errand), "question", errand.question)
    except EnvelopeError:
        return None
    keyid, digest, signature, nonce, created = question["caller"]
    caller = VerifiedCaller(errand.system, errand.department, keyid, digest, signature, nonce, created)
    call = Call(caller, errand.agreement, Method(errand.method), question["document"])
    before, after = question["waiting"]
    return Opened(call, key, (before.encode(), after.encode()), built_of(question))


def unreadable(errand: Errand) -> Call:
    """The call of an errand that cannot be opened any more: whose it was, and nothing about whom."""
    caller = VerifiedCaller(errand.system, errand.department, "", "", "", "", 0)
    return Call(caller, errand.agreement, Method(errand.method), fault="a key of somebody whom it names was destroyed")


def built_of(kept: Mapping[str, Any]) -> Built:
    """The entry that a row keeps beside an answer, for its receipt."""
    text = kept["entry"]
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return Built(raw, leaf_hash(raw), kept["disclosures"], {}, 0)
