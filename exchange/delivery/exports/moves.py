"""How an export changes: one conditional UPDATE of a row of the lifecycle table, an entry in the log, and no file left behind."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import trail
from exchange.delivery.exports.child import PIECE
from exchange.delivery.exports.lifecycle import DELIVERY, DeliveryEvent, DeliveryState
from exchange.delivery.exports.making import exports_folder
from exchange.delivery.models import Delivery

_ENDS = frozenset({DeliveryState.COLLECTED, DeliveryState.CANCELLED, DeliveryState.STOPPED, DeliveryState.EXPIRED, DeliveryState.FAILED})
_OUTCOMES = {DeliveryEvent.STOP: "REFUSED", DeliveryEvent.FAIL: "FAILED"}


def file_of(found: Delivery) -> Path:
    """Where the rows of an export lie while it has any."""
    return exports_folder() / found.number


def remove_file(found: Delivery) -> None:
    """The rows are not kept any longer than they are wanted."""
    with contextlib.suppress(FileNotFoundError):
        file_of(found).unlink()


def move(found: Delivery, event: DeliveryEvent, **changes: Any) -> bool:
    """Whether this call moved the export; refreshes `found` either way."""
    sources, target = DELIVERY[event]
    if target in _ENDS:
        changes["ended_at"] = timezone.now()
    moved = Delivery.objects.filter(pk=found.pk, state__in=sources).update(state=target, **changes)
    found.refresh_from_db()
    return bool(moved)


def end(found: Delivery, event: DeliveryEvent, *, reason: str = "", acting: str = "", side: str = "", sent: int | None = None) -> bool:
    """End an export in one transaction with the entry that says so and how much had left; then its rows are removed.

    `acting` is the key of the person, `side` the department that the person acts for; both are empty where the hub ends it.
    """
    with transaction.atomic():
        changes: dict[str, Any] = {"reason": reason} | ({"sent": sent} if sent is not None else {})
        moved = move(found, event, **changes)
        if moved:
            trail.record(route_of(found, event, {"reason": reason} | ({"acting": acting, "side": side} if acting else {})))
    if moved:
        remove_file(found)
    return moved


def route_of(found: Delivery, event: DeliveryEvent, more: dict[str, Any]) -> dict[str, Any]:
    """What the log says of a step of an export: codes and counts. `rows` that had left are counted up to the one begun."""
    return {
        "type": "delivery",
        "event": event.value,
        "export": found.number,
        "agreement": found.agreement,
        "requester": found.requester,
        "system": found.system,
        "provider": found.provider,
        "dataset": found.dataset,
        "version": found.version,
        "method": "EXPORT",
        "purpose": found.purpose,
        "items": list(found.columns),
        "outcome": _OUTCOMES.get(event, "ANSWERED"),
        "count": 0,
        "bytes": found.sent,
        "rows_at_most": rows_at_most(found, found.sent),
        **more,
    }


def rows_at_most(found: Delivery, sent: int) -> int:
    """How many rows can have left with so many bytes; of forms whose bytes tell nothing about rows, all of them."""
    if not sent or not found.row_marks:
        return found.row_count if sent else 0
    ended = found.row_marks[min(-(-sent // PIECE), len(found.row_marks)) - 1]
    return min(int(ended) + 1, found.row_count)
