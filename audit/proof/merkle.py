"""Merkle trees of RFC 6962 section 2.1, with the verification algorithms of RFC 9162 section 2.1.

Leaf hashes go in, never leaves: whoever holds stored bytes hashes them with `leaf_hash` first. Hash: SHA-256.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
MAX_SIZE = 2**63


class ProofError(ValueError):
    """A proof does not prove what it claims; the message says where it fails."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes; of no leaves, the hash of nothing."""
    level = list(leaf_hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def inclusion_path(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path of one leaf, nearest sibling first. Raises ProofError for an index outside the tree."""
    _require_index(index, len(leaf_hashes))
    return _path_in(_levels(leaf_hashes), index)


def inclusion_paths(leaf_hashes: Sequence[bytes]) -> tuple[bytes, list[list[bytes]]]:
    """Root and the audit paths of all leaves, hashing the tree once."""
    if not leaf_hashes:
        return EMPTY_ROOT, []
    levels = _levels(leaf_hashes)
    return levels[-1][0], [_path_in(levels, index) for index in range(len(leaf_hashes))]


def consistency_path(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Proof that the first `old_size` leaves are a prefix of this tree; empty for size zero and for the same size."""
    size = len(leaf_hashes)
    _require_old_size(old_size, size)
    if old_size in (0, size):
        return []
    return _subproof(leaf_hashes, old_size, whole=True)


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> None:
    """Raise ProofError unless `leaf` (a leaf hash) stands at `index` of the tree (RFC 9162 section 2.1.3.2)."""
    _require_index(index, size)
    _require_hashes(leaf, expected_root, *path)
    node, last, computed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the audit path is too long")
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            node, last = _skip_to_right_child(node, last)
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the audit path is too short")
    if computed != expected_root:
        raise ProofError("the audit path leads to another root")


def verify_consistency(old_size: int, new_size: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise ProofError unless the old tree is a prefix of the new one (RFC 9162 section 2.1.4.2).

    Size zero is a prefix of everything: its root must be the hash of nothing, and its path empty.
    """
    _require_old_size(old_size, new_size)
    _require_hashes(old_root, new_root, *path)
    if old_size in (0, new_size):
        _verify_trivial_consistency(old_size, new_size, path, old_root, new_root)
        return
    if not path:
        raise ProofError("the consistency path is empty")
    old_is_one_subtree = old_size & (old_size - 1) == 0
    computed = _fold(old_size, new_size, [old_root, *path] if old_is_one_subtree else path)
    if computed != (old_root, new_root):
        raise ProofError("the consistency path leads to other roots")


@dataclass(slots=True)
class Frontier:
    """The right edge of a growing tree: roots of its whole subtrees, largest first. Enough to append and to sign."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        peaks, remaining, node = self.peaks, self.size, leaf
        while remaining & 1:
            node = sha256(b"\x01" + peaks.pop() + node).digest()
            remaining >>= 1
        peaks.append(node)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add many leaf hashes in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """Root of the tree at its present size."""
        if not self.peaks:
            return EMPTY_ROOT
        computed = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            computed = node_hash(peak, computed)
        return computed

    def copy(self) -> "Frontier":
        """An independent frontier at the same place."""
        return Frontier(self.size, list(self.peaks))

    def to_bytes(self) -> bytes:
        """Size as 8 big-endian bytes, then the peaks of 32 bytes each."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Read `to_bytes`; raise ProofError if the number of peaks does not fit the size."""
        size = int.from_bytes(data[:8], "big")
        if len(data) != 8 + HASH_SIZE * size.bit_count():
            raise ProofError("the stored frontier has a wrong length")
        return cls(size, [data[at : at + HASH_SIZE] for at in range(8, len(data), HASH_SIZE)])


def largest_power_below(size: int) -> int:
    """The largest power of two smaller than `size` (at least 2): where RFC 6962 splits a tree."""
    return 1 << (size - 1).bit_length() - 1


def _parents(level: list[bytes]) -> list[bytes]:
    """One level up; a node without sibling rises unchanged, which gives the same tree as RFC 6962's recursion."""
    parents = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        parents.append(level[-1])
    return parents


def _levels(leaf_hashes: Sequence[bytes]) -> list[list[bytes]]:
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        levels.append(_parents(levels[-1]))
    return levels


def _path_in(levels: list[list[bytes]], index: int) -> list[bytes]:
    path = []
    for level in levels[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        index >>= 1
    return path


def _subproof(leaf_hashes: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2; `whole` says that the verifier knows this subtree's root."""
    size = len(leaf_hashes)
    if old_size == size:
        return [] if whole else [root(leaf_hashes)]
    split = largest_power_below(size)
    left, right = leaf_hashes[:split], leaf_hashes[split:]
    if old_size <= split:
        return [*_subproof(left, old_size, whole=whole), root(right)]
    return [*_subproof(right, old_size - split, whole=False), root(left)]


def _fold(old_size: int, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Walk a consistency path; give the old and the new root that follow from it."""
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_computed = new_computed = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the consistency path is too long")
        if node & 1 or node == last:
            old_computed = node_hash(sibling, old_computed)
            new_computed = node_hash(sibling, new_computed)
            node, last = _skip_to_right_child(node, last)
        else:
            new_computed = node_hash(new_computed, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the consistency path is too short")
    return old_computed, new_computed


def _skip_to_right_child(node: int, last: int) -> tuple[int, int]:
    """Pass the levels on which this node has no sibling and so adds no hash."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _verify_trivial_consistency(old_size: int, new_size: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    if path:
        raise ProofError("nothing is to be proved between these sizes, so the path must be empty")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise ProofError("the root of an empty tree is the hash of nothing")
    if old_size == new_size and old_root != new_root:
        raise ProofError("two roots for one size")


def _require_index(index: int, size: int) -> None:
    if type(index) is not int or type(size) is not int or not 0 <= index < size <= MAX_SIZE:
        raise ProofError("the index is outside the tree")


def _require_old_size(old_size: int, new_size: int) -> None:
    if type(old_size) is not int or type(new_size) is not int or not 0 <= old_size <= new_size <= MAX_SIZE:
        raise ProofError("the old size is not between zero and the new size")


def _require_hashes(*hashes: bytes) -> None:
    if any(not isinstance(item, bytes) or len(item) != HASH_SIZE for item in hashes):
        raise ProofError("a hash is not 32 bytes long")
