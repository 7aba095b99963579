"""Writes the indexes that auditors and citizens search by, from the log itself; they can be thrown away and rebuilt."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from audit.head import mark_followed, read_head
from audit.models import Blob, Entry, EntryIndex, LogHead, SubjectTrace
from audit.parts import Part, part_at
from audit.proof.disclosure import DisclosureError, open_disclosure
from audit.proof.merkle import ProofError

UNREADABLE = "unreadable"
_CHUNK = 500
_CHUNKS_A_TURN = 4
_PAUSE_SECONDS = 0.001
_TEXTS = ("requester", "system", "provider", "dataset", "agreement", "method", "purpose", "outcome", "reason")


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
    found = [(row.index, _part(row, bodies)) for row in rows]
    indexes = [index_of(index, part) for index, part in found]
    traces = [(person.blind, index, position) for index, part in found if part for position, person in enumerate(part.persons)]
    with transaction.atomic():
        _insert("audit_entryindex", [str(field.column) for field in EntryIndex._meta.concrete_fields], indexes)
        _insert("audit_subjecttrace", ["blind", "entry", "position"], traces)
        mark_followed(last)


def index_of(index: int, part: Part | None) -> tuple[Any, ...]:
    """The columns of one entry's index; of an entry whose disclosures were damaged, that they were."""
    route = _route(part)
    texts = {name: _text(route.get(name)) for name in _TEXTS}
    row = EntryIndex(
        entry=index,
        time_ms=_whole(route.get("time_ms"), 0),
        type=_text(route.get("type")) or UNREADABLE,
        act_type=_text(route.get("act")),
        act_seq=_whole(route.get("seq"), None),
        count=_whole(route.get("count"), 1),
        **texts,
    )
    columns = EntryIndex._meta.concrete_fields
    return tuple(str(getattr(row, item.attname))[: item.max_length] if item.max_length else getattr(row, item.attname) for item in columns)


def _part(row: Entry, bodies: dict[int, bytes]) -> Part | None:
    try:
        return part_at(bodies[row.blob_id], row.position)
    except (KeyError, ProofError):
        return None


def _route(part: Part | None) -> dict[str, Any]:
    for text in part.disclosures if part else ():
        try:
            _salt, name, value = open_disclosure(text)
        except DisclosureError:
            continue
        if name == "route" and isinstance(value, dict):
            return value
    return {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any, default: Any) -> Any:
    return value if type(value) is int else default


def _insert(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that may be there already: the log never changes, so what stands is right."""
    if not rows:
        return
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING", rows)  # noqa: S608 - constants
