"""The acts about keys in one document, from which anybody checks every signature of the hub, given the authority's root."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from audit.authority import standing
from audit.ground import authority_root, log_origin
from audit.models import Act
from audit.proof.canonical import Document, b64url, loads


def keys_document() -> Document:
    """`{log, authority_root, acts: [{seq, keyid, act, hub_signature}]}` in order. Raises PolicyRollback where they do not verify."""
    standing()
    rows = Act.objects.filter(type__in=("key", "revoke_key")).order_by("seq")
    acts: list[Any] = [_key_act(row) for row in rows]
    return {"log": log_origin(), "authority_root": b64url(authority_root()), "acts": acts}


def _key_act(row: Act) -> Document:
    raw = bytes(row.raw)
    order = loads(raw)["order"]
    keyid = order.get("keyid") or f"{order['owner']}/{order['name']}"
    signature: Any = loads(row.hub_signature.encode())
    return {"seq": row.seq, "keyid": keyid, "act": b64encode(raw).decode("ascii"), "hub_signature": signature}
