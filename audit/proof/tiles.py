"""Tiles and entry bundles of C2SP tlog-tiles: names, bytes, and proofs read from them.

A tile holds up to 256 hashes of whole subtrees of 256^level leaves; a bundle holds the entries under a level-0 tile.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from audit.proof.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    ProofError,
    largest_power_below,
    node_hash,
    root,
)

TILE_WIDTH = 256
MAX_ENTRY_BYTES = 65_535
_MAX_LEVEL = 63
_PATH = re.compile(r"tile/(0|[1-9][0-9]?|entries)/((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

ReadTile = Callable[[int, int, int], bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tile stands: `level` None for an entry bundle; `width` 1 to 256 hashes or entries."""

    level: int | None
    index: int
    width: int

    @property
    def path(self) -> str:
        """Its path below the log's prefix."""
        if self.level is None:
            return entries_path(self.index, self.width)
        return tile_path(self.level, self.index, self.width)


def tile_path(level: int, index: int, width: int | None = None) -> str:
    """Path of a tile: `tile/0/x001/234` when full (width None or 256), `tile/0/x001/234.p/5` when partial."""
    if not 0 <= level <= _MAX_LEVEL:
        raise ProofError("a tile's level is between 0 and 63")
    return f"tile/{level}/{_number(index)}{_partial(width)}"


def entries_path(index: int, width: int | None = None) -> str:
    """Path of an entry bundle: `tile/entries/x001/234` or `tile/entries/x001/234.p/5`."""
    return f"tile/entries/{_number(index)}{_partial(width)}"


def parse_path(path: str) -> Place:
    """Read a tile's or bundle's path; raise ProofError unless it is the one spelling that the standard allows."""
    match = _PATH.fullmatch(path)
    if not match:
        raise ProofError("not the path of a tile")
    level, folders, last, width = match.groups()
    place = Place(
        None if level == "entries" else int(level),
        int(folders.replace("x", "").replace("/", "") + last),
        int(width) if width else TILE_WIDTH,
    )
    if (width and place.width >= TILE_WIDTH) or place.path != path:
        raise ProofError("not the path of a tile")
    return place


def width_at(level: int, index: int, size: int) -> int:
    """How many hashes this tile has in a tree of `size` leaves; 0 where there is none yet."""
    return max(0, min(TILE_WIDTH, (size >> 8 * level) - index * TILE_WIDTH))


def places_between(old_size: int, new_size: int) -> Iterator[Place]:
    """Tiles (not bundles) that are new or wider at `new_size` than at `old_size`, lower levels first."""
    for level in range(_MAX_LEVEL + 1):
        before, after = old_size >> 8 * level, new_size >> 8 * level
        if after == before:
            return
        for index in range(before // TILE_WIDTH, (after - 1) // TILE_WIDTH + 1):
            yield Place(level, index, width_at(level, index, new_size))


def join_hashes(hashes: Sequence[bytes]) -> bytes:
    """Bytes of a tile from its hashes (1 to 256 of 32 bytes)."""
    if not 1 <= len(hashes) <= TILE_WIDTH or any(len(item) != HASH_SIZE for item in hashes):
        raise ProofError("a tile holds 1 to 256 hashes of 32 bytes")
    return b"".join(hashes)


def split_hashes(tile: bytes, width: int) -> list[bytes]:
    """Hashes of a tile; raise ProofError unless it holds exactly `width`."""
    if not 1 <= width <= TILE_WIDTH or len(tile) != HASH_SIZE * width:
        raise ProofError("the tile has a wrong length")
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]


def parent_hash(tile: bytes) -> bytes:
    """Hash in the level above for a full tile; partial tiles are never hashed upward."""
    return root(split_hashes(tile, TILE_WIDTH))


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Bytes of an entry bundle: each entry behind its length as big-endian uint16."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise ProofError("an entry is longer than 65535 bytes")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """Entries of a bundle; raise ProofError unless it holds exactly `width` and nothing more."""
    entries, at = [], 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise ProofError("the entry bundle is cut off")
        entries.append(data[start:at])
    if len(entries) != width:
        raise ProofError(f"the entry bundle holds {len(entries)} entries instead of {width}")
    return entries


@dataclass(slots=True)
class TileTree:
    """A tree of `size` leaves read from tiles: proofs with a few reads, whatever the size.

    `read(level, index, width)` gives the bytes of one tile. Every tile is read once.
    """

    read: ReadTile
    size: int
    _tiles: dict[tuple[int, int], list[bytes]] = field(default_factory=dict)

    def root(self) -> bytes:
        """Root of the whole tree."""
        return self._hash(0, self.size) if self.size else EMPTY_ROOT

    def inclusion_path(self, index: int) -> list[bytes]:
        """Audit path of the leaf at `index`, nearest sibling first."""
        if not 0 <= index < self.size:
            raise ProofError("the index is outside the tree")
        path, low, high = [], 0, self.size
        while high - low > 1:
            middle = low + largest_power_below(high - low)
            if index < middle:
                path.append(self._hash(middle, high))
                high = middle
            else:
                path.append(self._hash(low, middle))
                low = middle
        return path[::-1]

    def consistency_path(self, old_size: int) -> list[bytes]:
        """Proof that the tree of `old_size` leaves is a prefix of this one; empty for zero and for the same size."""
        if not 0 <= old_size <= self.size:
            raise ProofError("the old size is not between zero and the new size")
        if old_size == 0:
            return []
        path, low, high = [], 0, self.size
        while high != old_size:
            middle = low + largest_power_below(high - low)
            if old_size <= middle:
                path.append(self._hash(middle, high))
                high = middle
            else:
                path.append(self._hash(low, middle))
                low = middle
        if low:  # else the verifier knows this subtree's root already: it is the old root
            path.append(self._hash(low, high))
        return path[::-1]

    def _hash(self, low: int, high: int) -> bytes:
        """MTH(D[low:high]); whole aligned subtrees come from a tile."""
        width = high - low
        if width & (width - 1) == 0:
            return self._subtree(low, width.bit_length() - 1)
        middle = low + largest_power_below(width)
        return node_hash(self._hash(low, middle), self._hash(middle, high))

    def _subtree(self, low: int, height: int) -> bytes:
        level, count = height // 8, 1 << height % 8
        index, offset = divmod(low >> 8 * level, TILE_WIDTH)
        return root(self._tile(level, index)[offset : offset + count])

    def _tile(self, level: int, index: int) -> list[bytes]:
        found = self._tiles.get((level, index))
        if found is None:
            width = width_at(level, index, self.size)
            found = self._tiles[level, index] = split_hashes(self.read(level, index, width), width)
        return found


def _number(index: int) -> str:
    if index < 0:
        raise ProofError("a tile's index is not negative")
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))


def _partial(width: int | None) -> str:
    if width is None or width == TILE_WIDTH:
        return ""
    if not 1 <= width < TILE_WIDTH:
        raise ProofError("a partial tile is 1 to 255 wide")
    return f".p/{width}"
