"""Reads one entry and its proof under the newest published checkpoint, with a few tile reads whatever the log's size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit import checkpoints
from audit.errors import Missing, Unavailable
from audit.head import read_head
from audit.models import Blob, Checkpoint, Entry, Pending
from audit.parts import part_at
from audit.proof.merkle import ProofError
from audit.proof.tiles import TileTree
from audit.proof.verify import verify_disclosures
from audit.tiles import read_tile


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as served: index, exact bytes, and its clear disclosures (for auditors and the parties)."""

    index: int
    raw: bytes
    leaf: bytes
    disclosures: tuple[str, ...]


def inclusion(*, leaf: bytes | None = None, index: int | None = None) -> dict[str, Any]:
    """`{index, size, path: [sha256:…], checkpoint}` of an entry, by leaf hash or index.

    Raises Missing for what the log does not have, Unavailable (NOT_YET_MERGED) for what waits for its place.
    """
    found = _index_of(leaf) if leaf is not None else index
    newest = published_checkpoint()
    if found is None or found < 0:
        raise Missing(_("The log has no such entry."))
    if newest is None or found >= newest.size:
        raise _not_yet() if leaf is not None else Missing(_("The log has no such entry."))
    return inclusion_under(newest, found)


def inclusion_under(checkpoint: Checkpoint, index: int) -> dict[str, Any]:
    """The same under one checkpoint that the caller holds, so that many proofs stand under one root."""
    try:
        path = TileTree(read_tile, checkpoint.size).inclusion_path(index)
    except ProofError as error:
        raise Unavailable(_("The log cannot be read here. Run: manage.py verify_log"), code="LOG_DAMAGED") from error
    return {"index": index, "size": checkpoint.size, "path": [_text(item) for item in path], "checkpoint": checkpoint.text}


def entry(index: int) -> StoredEntry:
    """One published entry with what is disclosed beside it. Raises Missing."""
    row = Entry.objects.filter(index=index, index__lt=read_head().published_size).first() if 0 <= index < 2**62 else None
    if row is None:
        raise Missing(_("The log has no such entry."))
    return StoredEntry(row.index, bytes(row.raw), bytes(row.leaf), _disclosures(row))


def opened(found: StoredEntry) -> dict[str, Any]:
    """What is disclosed in clear beside an entry, by name; raises ProofError unless it belongs to the entry."""
    return verify_disclosures(found.index, found.raw, found.disclosures)


def opened_many(indexes: Sequence[int]) -> dict[int, dict[str, Any] | None]:
    """What is disclosed in clear beside each entry, in two queries; None where it is missing or is not the entry's own."""
    rows = list(Entry.objects.filter(index__in=indexes))
    bodies = {key: bytes(body) for key, body in Blob.objects.filter(pk__in={row.blob_id for row in rows}).values_list("pk", "body")}
    return {row.index: _opened_or_none(row, bodies) for row in rows}


def published_checkpoint() -> Checkpoint | None:
    """The newest checkpoint that the world may see; None before the first."""
    size = read_head().published_size
    return checkpoints.published(size) if size else None


def _index_of(leaf: bytes) -> int | None:
    index: int | None = Entry.objects.filter(leaf=leaf).values_list("index", flat=True).first()
    if index is None and Pending.objects.filter(leaf=leaf).exists():
        raise _not_yet()
    return index


def _not_yet() -> Unavailable:
    return Unavailable(_("The entry is kept and waits for its place in the log. Ask again in a few seconds."), code="NOT_YET_MERGED")


def _disclosures(row: Entry) -> tuple[str, ...]:
    body = Blob.objects.filter(pk=row.blob_id).values_list("body", flat=True).first()
    try:
        return part_at(bytes(body or b""), row.position).disclosures
    except ProofError:
        return ()


def _opened_or_none(row: Entry, bodies: dict[int, bytes]) -> dict[str, Any] | None:
    try:
        return verify_disclosures(row.index, bytes(row.raw), part_at(bodies[row.blob_id], row.position).disclosures)
    except (KeyError, ProofError):
        return None


def _text(data: bytes) -> str:
    return "sha256:" + data.hex()
