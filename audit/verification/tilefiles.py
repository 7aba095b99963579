"""Compares entries with the tiles that the world reads: a second place that tells which entry was changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from audit.proof.merkle import HASH_SIZE
from audit.proof.tiles import TILE_WIDTH, Place, encode_bundle
from audit.tiles import folder
from audit.verification.report import VerificationReport
from audit.verification.source import StoredRow


@dataclass(slots=True)
class TileWatch:
    """Full level-0 tiles and bundles, one at a time. `agreed` is the size whose signed root the entries gave."""

    _tile: list[bytes] = field(default_factory=list)
    _raws: list[bytes] = field(default_factory=list)
    _index: int = -1
    _different: list[int] = field(default_factory=list)
    _bundles: list[int] = field(default_factory=list)

    def take(self, row: StoredRow) -> None:
        """Compare one entry's leaf hash with its tile, and a full bundle with its file."""
        index, offset = divmod(row.index, TILE_WIDTH)
        if index != self._index:
            self._open(index)
        if offset < len(self._tile) and self._tile[offset] != row.leaf:
            self._different.append(row.index)
        self._raws.append(row.raw)
        if len(self._raws) == TILE_WIDTH:
            self._check_bundle(index)

    def first_different(self, first: int) -> int | None:
        """The first entry from `first` on whose leaf hash is not the one in its tile."""
        return next((index for index in self._different if index >= first), None)

    def agree(self, size: int, report: VerificationReport) -> None:
        """A signed root agreed with the entries: where a tile differs, it is the tile that was changed."""
        for index in self._different:
            if index < size:
                report.add("tile", index, f"the tile of entry {index}: its file was changed")
        self._different = [index for index in self._different if index >= size]

    def finish(self, report: VerificationReport) -> None:
        """Name the bundles whose files are not the entries."""
        if any(item.kind == "entry" for item in report.findings):
            return  # the entries themselves were changed, and named already
        for index in self._bundles:
            report.add("tile", index * TILE_WIDTH, f"the bundle {Place(None, index, TILE_WIDTH).path}: its file was changed")

    def _open(self, index: int) -> None:
        self._index, self._raws, self._tile = index, [], []
        path = folder() / Place(0, index, TILE_WIDTH).path
        if path.exists():
            data = path.read_bytes()
        else:
            partial = sorted((folder() / f"{Place(0, index, TILE_WIDTH).path}.p").glob("[0-9]*"), key=lambda item: int(item.name))
            data = partial[-1].read_bytes() if partial else b""
        self._tile = [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]

    def _check_bundle(self, index: int) -> None:
        path = folder() / Place(None, index, TILE_WIDTH).path
        if path.exists() and path.read_bytes() != encode_bundle(self._raws):
            self._bundles.append(index)
