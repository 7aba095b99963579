"""Whether the log bears out the rows from which clocks are counted: each step of a part, each extension, correction, dispute.

The log has digests of steps, and the numbers of corrections and disputes; a row that was added, changed or taken away differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from audit.models import Blob, Entry, Pending
from audit.parts import part_at
from audit.proof.merkle import ProofError
from audit.proof.verify import verify_disclosures
from exchange.sharing.lifecycle.clocks import ExtensionState
from exchange.sharing.models import ClockKind, CorrectionRequest, Dispute, Extension, Move, RequestPart
from exchange.sharing.moves import move_digest

_CHUNK = 500
_NUMBERED = {("department_correction", "ask"), ("department_correction", "publish"), ("dispute", "open"), ("dispute", "rule")}
_WATCHED = ("request", "clock", "department_correction", "dispute")


def differences() -> int:
    """How many steps, extensions, corrections and disputes stand in the rows and not in the log, or the other way round."""
    logged, stored = Counter(_logged()), Counter(_stored())
    return ((logged - stored) + (stored - logged)).total()


def _logged() -> Iterator[tuple[str, ...]]:
    for route, message in _opened():
        kind, event = str(route.get("type")), str(route.get("event"))
        if kind == "request" and "move" in message:
            yield "move", str(message["move"])
        elif kind == "clock" and event == "extension_granted":
            yield "extension", str(route.get("dataset")), str(route.get("requester"))
        elif (kind, event) in _NUMBERED:
            yield kind, event, str(route.get("number"))


def _stored() -> Iterator[tuple[str, ...]]:
    for move in Move.objects.filter(part__isnull=False).select_related("part__request", "person", "department").iterator(_CHUNK):
        if move.part is not None:
            yield "move", move_digest(move, move.part.request.number)
    granted = Extension.objects.filter(kind=ClockKind.PART, state=ExtensionState.GRANTED).values_list("target", flat=True)
    for part in RequestPart.objects.filter(pk__in=[int(target) for target in granted]).select_related("request", "dataset"):
        yield "extension", part.dataset.code, part.request.requester_id
    for number, published in CorrectionRequest.objects.values_list("number", "published_at"):
        yield "department_correction", "ask", number
        if published is not None:
            yield "department_correction", "publish", number
    for number, state in Dispute.objects.values_list("number", "state"):
        yield "dispute", "open", number
        if state == "RULED":
            yield "dispute", "rule", number


def _opened() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What every watched entry says in clear, matched with its bytes; entries that wait for their place count too."""
    for table in (Entry, Pending):
        yield from _read(table)


def _read(table: type[Model]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    rows: Any = table
    last = -1
    while chunk := list(rows.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "raw", "blob_id", "position")[:_CHUNK]):
        last = chunk[-1][0]
        bodies = dict(Blob.objects.filter(pk__in={row[2] for row in chunk}).values_list("pk", "body"))
        for index, raw, blob_id, position in chunk:
            opened = _open_one(index, bytes(raw), bytes(bodies.get(blob_id, b"")), position)
            if opened.get("route", {}).get("type") in _WATCHED:
                yield opened["route"], opened.get("message") or {}


def _open_one(index: int, raw: bytes, body: bytes, position: int) -> dict[str, Any]:
    try:
        return verify_disclosures(index, raw, part_at(body, position).disclosures)
    except ProofError:
        return {}
