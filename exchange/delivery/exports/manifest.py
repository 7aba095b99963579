"""The signed manifest of an export: whoever has it notices data that are cut off, altered, or mixed with others."""

from __future__ import annotations

from typing import Any

from audit import acts, signers
from audit.ground import log_origin
from audit.proof.canonical import dumps, fresh_nonce
from audit.proof.keys import Use, sign_document
from exchange.delivery.exports.child import PIECE
from exchange.delivery.exports.making import Made
from exchange.delivery.exports.selection import Column
from exchange.delivery.models import Delivery

KIND = "export-manifest"
ROLE = "hub"


def seal_context(found: Delivery) -> str:
    """What a sealed file is: no file of another export opens in its place."""
    return f"{found.agreement}/{found.number}"


def signed_manifest(found: Delivery, made: Made, columns: tuple[Column, ...]) -> str:
    """`{document, signature}` as canonical JSON, signed by the hub's answer key (protocol, section 1)."""
    document: dict[str, Any] = {
        "v": 1,
        "hub": log_origin(),
        "nonce": fresh_nonce(),
        "salt": fresh_nonce(),
        "export": found.number,
        "agreement": found.agreement,
        "dataset": found.dataset,
        "version": found.version,
        "revision": found.revision,
        "as_of": found.as_of,
        "receipt": found.leaf,
        "format": found.form,
        "columns": [{"name": column.name, "type": column.type} for column in columns],
        "rows": made.rows,
        "bytes": made.size,
        "sha256": made.sha256,
        "piece_bytes": PIECE,
        "pieces": list(made.pieces),
    }
    if found.seal_to:
        document["sealed"] = {"to": found.seal_to, "context": seal_context(found), **made.plain}
    signer = signers.hub_signer(Use.HUB_ANSWER)
    signature = sign_document(signer, kind=KIND, document=document, role=ROLE, signed_at=acts.time_text())
    return dumps({"document": document, "signature": signature}).decode()
