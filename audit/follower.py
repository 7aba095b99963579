"""Writes the indexes that auditors and citizens search by, from the log itself; they can be thrown away and rebuilt."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction

from audit.head import mark_followed, read_head
from audit.models import Blob, Entry, EntryIndex, LogHead, SubjectTrace
from audit.parts import clear_at
from audit.proof.merkle import ProofError

UNREADABLE = "unreadable"
_CHUNK = 250
_CHUNKS_A_TURN = 12
_PAUSE_SECONDS = 0.001
# The widths of the columns: what is longer is cut in the index, and whole in the log.
_TEXTS = {
    "requester": 64,
    "system": 64,
    "provider": 64,
    "dataset": 64,
    "agreement": 71,
    "method": 16,
    "purpose": 64,
    "outcome": 16,
    "reason": 64,
}
_COLUMNS = ("entry", "time_ms", "type", "act_type", "act_seq", "count", *_TEXTS)


def follow_once() -> int:
    """Index the entries that were sequenced since the last time, at most some thousands; give how many."""
    done = 0
    for _ in range(_CHUNKS_A_TURN):
        head = read_head()
        if head.followed_size >= head.size:
            break
        last = min(head.size, head.followed_size + _CHUNK)
        _follow(head.followed_size, last)
        done += last - head.followed_size
        time.sleep(_PAUSE_SECONDS)
    return done


def rebuild() -> int:
    """Throw the indexes away and write them again from entries and blobs; give how many entries are indexed."""
    with transaction.atomic():
        EntryIndex.objects.all().delete()
        SubjectTrace.objects.all().delete()
        LogHead.objects.update(followed_size=0)
    total = 0
    while done := follow_once():
        total += done
    return total


def _follow(first: int, last: int) -> None:
    rows = list(Entry.objects.filter(index__gte=first, index__lt=last).order_by("index"))
    bodies = {pk: bytes(body) for pk, body in Blob.objects.filter(pk__in={row.blob_id for row in rows}).values_list("pk", "body")}
    found = [(row.index, *_beside(row, bodies)) for row in rows]
    indexes = [index_of(index, disclosures) for index, disclosures, _ in found]
    traces = [(blind, index, position) for index, _, blinds in found for position, blind in enumerate(blinds)]
    with transaction.atomic():
        _insert("audit_entryindex", _COLUMNS, indexes)
        _insert("audit_subjecttrace", ["blind", "entry", "position"], traces)
        mark_followed(last)


def index_of(index: int, disclosures: Sequence[str]) -> tuple[Any, ...]:
    """The columns of one entry's index; of an entry whose disclosures were damaged, that they were."""
    route = _route(disclosures)
    return (
        index,
        _whole(route.get("time_ms"), 0),
        _text(route.get("type"), 32) or UNREADABLE,
        _text(route.get("act"), 32),
        _whole(route.get("seq"), None),
        _whole(route.get("count"), 1),
        *(_text(route.get(name), width) for name, width in _TEXTS.items()),
    )


def _beside(row: Entry, bodies: dict[int, bytes]) -> tuple[list[str], list[bytes]]:
    try:
        return clear_at(bodies[row.blob_id], row.position)
    except (KeyError, ProofError):
        return [], []


def _route(disclosures: Sequence[str]) -> dict[str, Any]:
    """The route as it is stored. Whether it is the one in the entry is for whoever verifies; an index proves nothing."""
    for text in disclosures:
        try:
            _salt, name, value = orjson.loads(urlsafe_b64decode(f"{text}=="))
        except (ValueError, TypeError):
            continue
        if name == "route" and isinstance(value, dict):
            return value
    return {}


def _text(value: Any, width: int) -> str:
    return value[:width] if isinstance(value, str) else ""


def _whole(value: Any, default: Any) -> Any:
    return value if type(value) is int else default


def _insert(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that may be there already: the log never changes, so what stands is right."""
    if not rows:
        return
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING", rows)  # noqa: S608 - constants
