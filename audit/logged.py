"""Proves that acts are in the log: below the last checkpoint under its root, above it among what is durable and waits.

A row in the table of acts counts only with its entry, so a DBA who writes one must also rewrite a signed tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audit import copy
from audit.ground import log_origin
from audit.models import Act, Blob, Checkpoint, Entry, Pending
from audit.parts import disclosures_at
from audit.proof.acts import AuthorityError, Standing
from audit.proof.canonical import sha256_text
from audit.proof.keys import Use
from audit.proof.merkle import ProofError, leaf_hash, verify_inclusion
from audit.proof.note import Checkpoint as TreeHead
from audit.proof.note import NoteError, verify_checkpoint
from audit.proof.tiles import TileTree
from audit.proof.verify import verify_disclosures
from audit.tiles import read_tile

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an act's entry was found; `index` is None while it waits for one."""

    index: int | None
    raw: bytes
    blob_id: int
    position: int


def prove_acts_logged(standing: Standing, *, after: int) -> int:
    """Check the entries of all acts with a greater seq than `after`; give the seq up to which a checkpoint covers them.

    Raises AuthorityError naming the act, ProofError or NoteError.
    """
    head = newest_checkpoint(standing)
    tree = TileTree(read_tile, head.size) if head else None
    proven, all_covered = after, True
    for rows in _chunks(after):
        places = _places(rows)
        stored = Blob.objects.filter(pk__in={place.blob_id for place in places.values()})
        bodies = {key: bytes(body) for key, body in stored.values_list("pk", "body")}
        for row in rows:
            place = places.get(bytes(row.leaf))
            if place is None:
                raise AuthorityError(row.seq, "NOT_LOGGED", "the log has no entry for this act")
            _check_entry(row, place, bodies)
            covered = _check_included(row, place, head, tree)
            all_covered = all_covered and covered
            proven = row.seq if all_covered else proven
    return proven


def newest_checkpoint(standing: Standing) -> TreeHead | None:
    """The greatest checkpoint of database and second copy, its signature verified; None before the first."""
    row = Checkpoint.objects.order_by("-size").first()
    found = [verify_log_checkpoint(standing, text) for text in (row.text if row else None, copy.checkpoint_text()) if text]
    return max(found, key=lambda head: head.size, default=None)


def verify_log_checkpoint(standing: Standing, text: str) -> TreeHead:
    """Read a checkpoint under any certified key of the log; raise NoteError if none signed it."""
    keys = [item.certificate.public_key for item in standing.certificates.values() if item.certificate.use is Use.HUB_LOG]
    for number, key in enumerate(keys, 1):
        try:
            return verify_checkpoint(text, log_origin(), key)
        except NoteError:
            if number == len(keys):
                raise
    raise NoteError("no key of the log is certified")


def _chunks(after: int) -> Iterable[list[Act]]:
    while rows := list(Act.objects.filter(seq__gt=after).order_by("seq")[:_CHUNK]):
        yield rows
        after = rows[-1].seq


def _places(rows: list[Act]) -> dict[bytes, _Place]:
    leaves = [bytes(row.leaf) for row in rows]
    columns = ("leaf", "raw", "blob_id", "position")
    waiting = Pending.objects.filter(leaf__in=leaves).values_list(*columns)
    places = {bytes(leaf): _Place(None, bytes(raw), blob_id, position) for leaf, raw, blob_id, position in waiting}
    sequenced = Entry.objects.filter(leaf__in=leaves).values_list(*columns, "index")
    places |= {bytes(leaf): _Place(index, bytes(raw), blob_id, position) for leaf, raw, blob_id, position, index in sequenced}
    return places


def _check_entry(row: Act, place: _Place, bodies: dict[int, bytes]) -> None:
    if leaf_hash(place.raw) != bytes(row.leaf):
        raise AuthorityError(row.seq, "NOT_LOGGED", "the bytes of its entry were changed")
    try:
        opened = verify_disclosures(place.index or 0, place.raw, disclosures_at(bodies[place.blob_id], place.position))
        recorded = opened["message"]["act"]
    except (KeyError, TypeError, IndexError, ProofError) as error:
        raise AuthorityError(row.seq, "NOT_LOGGED", "what is disclosed beside its entry was changed or deleted") from error
    if recorded != sha256_text(bytes(row.raw)):
        raise AuthorityError(row.seq, "NOT_LOGGED", "its entry in the log is that of another act")


def _check_included(row: Act, place: _Place, head: TreeHead | None, tree: TileTree | None) -> bool:
    """Whether a checkpoint covers the act; raises unless it then stands under the checkpoint's root."""
    if head is None or tree is None or place.index is None or place.index >= head.size:
        return False
    try:
        verify_inclusion(bytes(row.leaf), place.index, head.size, tree.inclusion_path(place.index), head.root)
    except ProofError as error:
        raise AuthorityError(row.seq, "NOT_LOGGED", f"its entry does not stand under the signed root: {error}") from error
    return True
