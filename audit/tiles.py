"""Tiles and entry bundles on the disk, and the same read back from committed rows where a file is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

from audit.files import sync_folder, write_once
from audit.proof.merkle import ProofError
from audit.proof.tiles import TILE_WIDTH, Place, encode_bundle, join_hashes, parent_hash, places_between, width_at

_HASH_SIZE = 32


def folder() -> Path:
    """Where tiles, bundles and nothing else of the log stand."""
    return Path(settings.TILES_DIR)


def read_tile(level: int, index: int, width: int) -> bytes:
    """Bytes of a tile of this width: its file, else the first part of the full tile, else made from stored rows.

    Whoever uses it compares with a signed root, so the source need not be trusted.
    """
    for place in (Place(level, index, width), Place(level, index, TILE_WIDTH)):
        path = folder() / place.path
        if path.exists():
            return path.read_bytes()[: width * _HASH_SIZE]
    return tile_from_rows(level, index, width)


def tile_from_rows(level: int, index: int, width: int) -> bytes:
    """A tile computed from the leaf hashes of sequenced entries, or from the full tiles below."""
    if level:
        return join_hashes([parent_hash(read_tile(level - 1, index * TILE_WIDTH + offset, TILE_WIDTH)) for offset in range(width)])
    return join_hashes([leaf for _, leaf in rows_of(index, width)])


def rows_of(index: int, width: int) -> list[tuple[bytes, bytes]]:
    """(raw, leaf) of the entries under a level-0 tile; raises ProofError when one is missing."""
    first = index * TILE_WIDTH
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "index", raw, leaf FROM audit_entry WHERE "index" >= %s AND "index" < %s ORDER BY "index"',
            [first, first + width],
        )
        rows = cursor.fetchall()
    if [row[0] for row in rows] != list(range(first, first + width)):
        raise ProofError(f"entries between {first} and {first + width - 1} are missing")
    return [(bytes(raw), bytes(leaf)) for _, raw, leaf in rows]


def write_between(old_size: int, new_size: int) -> None:
    """Write every tile and bundle that grew between two sizes, from committed rows only, durably and once."""
    written: set[Path] = set()
    for place in places_between(old_size, new_size):
        for path, data in _contents(place):
            write_once(folder() / path, data)
            written.add((folder() / path).parent)
    for parent in sorted(written):  # also where all stood already: an earlier run may not have come so far
        sync_folder(parent)


def _contents(place: Place) -> list[tuple[str, bytes]]:
    """Path and bytes of a tile and, on level 0, of the bundle beside it."""
    if place.level:
        return [(place.path, tile_from_rows(place.level, place.index, place.width))]
    rows = rows_of(place.index, place.width)
    bundle = Place(None, place.index, place.width)
    return [
        (place.path, join_hashes([leaf for _, leaf in rows])),
        (bundle.path, encode_bundle(raw for raw, _ in rows)),
    ]


def drop_partial(old_size: int, new_size: int) -> None:
    """Remove the partial forms of tiles that are full now, as C2SP tlog-tiles allows."""
    for place in places_between(old_size, new_size):
        if place.width == TILE_WIDTH:
            _drop(place)
            if place.level == 0:
                _drop(Place(None, place.index, TILE_WIDTH))


def exists_at(place: Place, size: int) -> bool:
    """Whether a log of `size` entries has this tile or bundle."""
    return 1 <= place.width <= width_at(place.level or 0, place.index, size)


def _drop(place: Place) -> None:
    shutil.rmtree(folder() / f"{place.path}.p", ignore_errors=True)
