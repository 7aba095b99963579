"""Step 7: receipts for a batch, under one signature of the hub's answer key."""

from __future__ import annotations

from collections.abc import Sequence

from audit import signers
from audit.ground import log_origin
from audit.proof.keys import Use
from audit.proof.receipt import ReceiptParts, written_receipts
from audit.trail import Built

MERGE_PROMISE_MS = 3_600_000


def receipts(built: Sequence[Built], issued_ms: int) -> list[bytes]:
    """One receipt for each entry, in order, as canonical JSON; the promise is to be in the log within the hour."""
    if not built:
        return []
    return written_receipts(
        signers.hub_signer(Use.HUB_ANSWER),
        log=log_origin(),
        hub=log_origin(),
        parts=[ReceiptParts(item.raw, item.disclosures) for item in built],
        issued_ms=issued_ms,
        merge_by=issued_ms + MERGE_PROMISE_MS,
    )
