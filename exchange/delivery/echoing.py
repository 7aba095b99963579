"""What the hub made of a signed request, and where the caller's own reading of it parts from that. Pure."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from audit.proof.canonical import CanonicalError, dumps, loads
from audit.proof.message import ParsedRequest

LONGEST = 8_192


def echoed(parsed: ParsedRequest, body: bytes, *, status: str, now_s: int, hub: str) -> bytes:
    """The answer to an echo: key, clocks and signature base; with a member `signature_base` in `body`, `first_difference` too."""
    base = parsed.signature_base.decode("ascii")
    told: dict[str, Any] = {
        "key": {"keyid": parsed.keyid, "status": status},
        "clock_difference_s": parsed.created - now_s,
        "hub_time": now_s,
        "signature_base": base,
        "hub": hub,
    }
    sent = _sent_base(body)
    if sent is not None:
        told["first_difference"] = first_difference(sent, base)
    return dumps(told)


def _sent_base(body: bytes) -> object:
    try:
        document = loads(body)
    except CanonicalError:
        return None
    return document.get("signature_base") if isinstance(document, dict) else None


def first_difference(sent: object, computed: str) -> dict[str, Any] | None:
    """`{line, yours, hub}` of the first line where the caller's own signature base and the hub's differ; None where none does.

    `line` counts from 1; a line that one side lacks is null. What is no text, or longer than LONGEST, differs from line 1 on.
    """
    if not isinstance(sent, str) or len(sent) > LONGEST:
        return {"line": 1, "yours": None, "hub": computed.split("\n")[0]}
    pairs = zip_longest(sent.split("\n"), computed.split("\n"))
    for number, (yours, ours) in enumerate(pairs, start=1):
        if yours != ours:
            return {"line": number, "yours": yours, "hub": ours}
    return None
