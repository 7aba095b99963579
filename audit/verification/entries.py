"""Walks the entries in order and in constant memory: bytes, tree, signed roots, and what lies beside each entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from audit.logged import verify_log_checkpoint
from audit.parts import Part, part_at
from audit.proof.acts import Standing
from audit.proof.envelope import EnvelopeError, open_person, person_disclosure
from audit.proof.merkle import ProofError
from audit.proof.note import NoteError
from audit.proof.verify import Fault, LogFault, LogWalk, StoredEntry, verify_disclosures, verify_person_count
from audit.subjects import find_keys
from audit.verification.report import VerificationReport
from audit.verification.source import LogSource, StoredCheckpoint, StoredRow, bodies_of, checkpoints
from audit.verification.tilefiles import TileWatch

_CHANGED = "the stored bytes were changed"


@dataclass(slots=True)
class EntryWalk:
    """The state between chunks: the tree so far, the next signed root, and the acts that entries record."""

    source: LogSource
    report: VerificationReport
    standing: Standing
    size: int
    walk: LogWalk = field(default_factory=LogWalk)
    watch: TileWatch = field(default_factory=TileWatch)
    logged_acts: dict[int, tuple[int, str]] = field(default_factory=dict)
    is_broken: bool = False
    _heads: Iterator[StoredCheckpoint] = field(init=False)
    _next: StoredCheckpoint | None = field(init=False)

    def __post_init__(self) -> None:
        self._heads = checkpoints(self.source, self.size)
        self._next = next(self._heads, None)

    def take(self, rows: list[StoredRow]) -> None:
        """Verify the next chunk; after a gap or a wrong root the tree cannot be continued, and `is_broken` says so."""
        bodies = bodies_of(self.source, rows)
        parts = {row.index: _part(row, bodies) for row in rows}
        keys = find_keys(list({person.blind for part in parts.values() if part for person in part.persons}))
        for row in rows:
            if not self._goes_on_after(row, parts[row.index], keys):
                return

    def finish(self) -> None:
        """The log must reach the size that the head and the checkpoints claim."""
        if not self.is_broken and self.walk.size < self.size:
            self._fault(self.walk.size, f"entry {self.walk.size}: deleted; the log had {self.size} entries", is_end=True)
        self.watch.finish(self.report)

    def _goes_on_after(self, row: StoredRow, part: Part | None, keys: dict[bytes, bytes]) -> bool:
        if self._take_entry(row):
            self._check_beside(row, part, keys)
        self._check_heads()
        return not self.is_broken

    def _take_entry(self, row: StoredRow) -> bool:
        """Whether the bytes are sound; a changed entry is named, and the tree goes on with its stored leaf hash."""
        self.watch.take(row)
        try:
            self.walk.add(StoredEntry(row.index, row.raw, row.leaf))
        except LogFault as fault:
            self._place_fault(row, fault)
            return False
        return True

    def _place_fault(self, row: StoredRow, fault: LogFault) -> None:
        if fault.fault is Fault.GAP:
            self._fault(fault.index, f"entry {fault.index}: deleted; what follows is entry {row.index}", is_end=True)
            return
        text = f"entry {fault.index}: {_CHANGED}" if fault.fault in (Fault.LEAF, Fault.BYTES) else str(fault)
        self._fault(fault.index, text)
        self.walk.frontier.append(row.leaf)

    def _check_heads(self) -> None:
        while not self.is_broken and self._next is not None and self._next.size <= self.walk.size:
            self._check_head(self._next)
            self._next = next(self._heads, None)

    def _check_head(self, head: StoredCheckpoint) -> None:
        try:
            signed = verify_log_checkpoint(self.standing, head.text)
        except NoteError as error:
            self.report.add("checkpoint", head.size, f"checkpoint {head.size}: {error}")
            return
        if (signed.size, signed.root) != (head.size, head.root):
            self.report.add("checkpoint", head.size, f"checkpoint {head.size}: its columns are not what was signed")
        self.report.checkpoints += 1
        if signed.size == self.walk.size:
            self.check_root(signed.size, signed.root)

    def check_root(self, size: int, root: bytes) -> None:
        """Compare with a signed root of the present size; a tile that differs tells which entry it is."""
        try:
            self.walk.check_root(size, root)
        except LogFault as fault:
            index = self.watch.first_different(fault.index)
            text = f"entry {index}: {_CHANGED}" if index is not None else f"{fault}"
            already = any(item.kind == "entry" and fault.index <= item.number < size for item in self.report.findings)
            if not already:
                self._fault(fault.index if index is None else index, text)
            self.is_broken = True
            return
        self.watch.agree(size, self.report)

    def _check_beside(self, row: StoredRow, part: Part | None, keys: dict[bytes, bytes]) -> None:
        try:
            opened = check_part(row, part, keys, self.report)
        except LogFault as fault:
            self._fault(row.index, f"entry {row.index}: {_beside(fault)}")
            return
        route = opened["route"]
        if isinstance(route, dict) and route.get("type") == "act" and isinstance(route.get("seq"), int):
            message = opened.get("message")
            self.logged_acts[route["seq"]] = (row.index, message.get("act", "") if isinstance(message, dict) else "")

    def _fault(self, index: int, text: str, *, is_end: bool = False) -> None:
        self.report.add("entry", index, text)
        self.is_broken = self.is_broken or is_end


def check_part(row: StoredRow, part: Part | None, keys: dict[bytes, bytes], report: VerificationReport) -> dict[str, Any]:
    """Match an entry with what lies beside it, persons included where their keys exist. Raises LogFault."""
    if part is None:
        raise LogFault(row.index, Fault.MISSING, "what lies beside it was deleted or cannot be read", part="all")
    texts = _person_texts(row.index, part, keys)
    opened = verify_disclosures(row.index, row.raw, part.disclosures, persons=texts)
    verify_person_count(row.index, opened, len(part.persons))
    report.disclosures += len(opened)
    if texts is None:
        report.persons_unread += len(part.persons)
    else:
        report.persons += len(texts)
    return opened


def _person_texts(index: int, part: Part, keys: dict[bytes, bytes]) -> list[str] | None:
    """All person disclosures rebuilt; None when a key is gone and the root can no longer be formed."""
    if any(person.blind not in keys for person in part.persons):
        return None
    texts = []
    for position, person in enumerate(part.persons):
        key = keys[person.blind]
        try:
            opened = open_person(key, part.nonce, position, person.ciphertext)
        except EnvelopeError:
            raise LogFault(index, Fault.MISMATCH, "the sealed part of a person was changed", part="person") from None
        texts.append(person_disclosure(key, part.nonce, position, opened))
    return texts


def _part(row: StoredRow, bodies: dict[int, bytes]) -> Part | None:
    try:
        return part_at(bodies[row.blob_id], row.position)
    except (KeyError, ProofError):
        return None


def _beside(fault: LogFault) -> str:
    return str(fault).partition(": ")[2]
