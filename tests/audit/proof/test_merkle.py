"""Trees against the published vectors of RFC 6962, against pymerkle, and against forged proofs."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from audit.proof.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    consistency_path,
    inclusion_path,
    inclusion_paths,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "merkle.json").read_text())
PUBLISHED = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
LEAVES = [leaf_hash(str(number).encode()) for number in range(300)]
SIZES = st.integers(1, 300)


def recursive_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 writes it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + recursive_root(leaves[:split]) + recursive_root(leaves[split:])).digest()


def hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert root(PUBLISHED[:size]).hex() == VECTORS["roots"][size]


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=lambda case: f"{case['index']} of {case['size']}")
def test_published_inclusion_paths(case: dict[str, Any]) -> None:
    path = inclusion_path(PUBLISHED[: case["size"]], case["index"])
    assert path == hashes(case["path"])
    verify_inclusion(PUBLISHED[case["index"]], case["index"], case["size"], path, bytes.fromhex(VECTORS["roots"][case["size"]]))


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=lambda case: f"{case['old_size']} to {case['new_size']}")
def test_published_consistency_paths(case: dict[str, Any]) -> None:
    old, new = case["old_size"], case["new_size"]
    path = consistency_path(PUBLISHED[:new], old)
    assert path == hashes(case["path"])
    verify_consistency(old, new, path, bytes.fromhex(VECTORS["roots"][old]), bytes.fromhex(VECTORS["roots"][new]))


def test_roots_and_paths_agree_with_another_library() -> None:
    tree = InmemoryTree("sha256")
    for size in range(1, 70):
        tree.append_entry(str(size - 1).encode())
        assert tree.get_root() == root(LEAVES[:size])
        for index in range(0, size, 5):
            # Their path begins with the leaf itself.
            assert tree.prove_inclusion(index + 1).path == [LEAVES[index], *inclusion_path(LEAVES[:size], index)]


@pytest.mark.parametrize("size", range(130))
def test_every_leaf_of_every_tree_is_proved(size: int) -> None:
    leaves = LEAVES[:size]
    whole = recursive_root(leaves)
    computed, paths = inclusion_paths(leaves)
    assert computed == root(leaves) == whole
    for index, path in enumerate(paths):
        assert path == inclusion_path(leaves, index)
        verify_inclusion(leaves[index], index, size, path, whole)


@settings(max_examples=300)
@given(st.data(), SIZES)
def test_every_prefix_is_proved_and_nothing_else(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size))
    path = consistency_path(LEAVES[:size], old)
    old_root, new_root = recursive_root(LEAVES[:old]), recursive_root(LEAVES[:size])
    verify_consistency(old, size, path, old_root, new_root)
    other = data.draw(st.integers(1, 300).filter(lambda number: number != old))
    with pytest.raises(ProofError):
        verify_consistency(min(other, size) if other < size else old, size, path, recursive_root(LEAVES[:other]), new_root)


@settings(max_examples=300)
@given(st.data(), SIZES)
def test_a_leaf_is_proved_at_its_own_place_only(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index)) if size > 1 else None
    path, whole = inclusion_path(LEAVES[:size], index), root(LEAVES[:size])
    if other is not None:
        for leaf, place in ((LEAVES[other], index), (LEAVES[index], other)):
            with pytest.raises(ProofError):
                verify_inclusion(leaf, place, size, path, whole)
    with pytest.raises(ProofError):
        verify_inclusion(LEAVES[index], index, size, [*path, whole], whole)
    if path:
        for shorter in (path[1:], path[:-1]):
            with pytest.raises(ProofError):
                verify_inclusion(LEAVES[index], index, size, shorter, whole)
        place = data.draw(st.integers(0, len(path) - 1))
        with pytest.raises(ProofError):
            verify_inclusion(LEAVES[index], index, size, [*path[:place], leaf_hash(b"forged"), *path[place + 1 :]], whole)


@settings(max_examples=300)
@given(st.data(), st.integers(2, 300))
def test_a_changed_consistency_path_fails(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size - 1))
    path = consistency_path(LEAVES[:size], old)
    roots = root(LEAVES[:old]), root(LEAVES[:size])
    place = data.draw(st.integers(0, len(path) - 1))
    forged = [*path[:place], leaf_hash(b"forged"), *path[place + 1 :]]
    for wrong in (forged, path[1:], path[:-1], [*path, roots[1]], []):
        with pytest.raises(ProofError):
            verify_consistency(old, size, wrong, *roots)
    with pytest.raises(ProofError):
        verify_consistency(old, size, path, roots[0], leaf_hash(b"forged"))


def test_a_path_longer_than_the_tree_is_high_proves_nothing() -> None:
    whole = root(LEAVES[:2])
    verify_inclusion(LEAVES[1], 1, 2, [LEAVES[0]], whole)
    with pytest.raises(ProofError):
        verify_inclusion(LEAVES[1], 0, 1, [LEAVES[0]], whole)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (5, 5), (-1, 5), (5, -1), (True, 5), (1.0, 5)])
def test_an_index_outside_the_tree_is_refused(index: Any, size: Any) -> None:
    with pytest.raises(ProofError):
        verify_inclusion(LEAVES[0], index, size, [], LEAVES[0])


@pytest.mark.parametrize("index", [-1, 0, 3])
def test_no_path_for_an_index_outside_the_tree(index: int) -> None:
    with pytest.raises(ProofError):
        inclusion_path(LEAVES[: max(index, 0)], index)


@pytest.mark.parametrize(("leaf", "path"), [(b"short", []), (LEAVES[0], [b"\0" * 31]), (LEAVES[0], ["text"]), (LEAVES[0] + b"\0", [])])
def test_hashes_of_a_wrong_length_are_refused(leaf: bytes, path: Any) -> None:
    with pytest.raises(ProofError):
        verify_inclusion(leaf, 0, 2, path, LEAVES[0])


def test_the_empty_tree_is_a_prefix_of_everything_and_has_one_root() -> None:
    verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    verify_consistency(0, 5, [], EMPTY_ROOT, root(LEAVES[:5]))
    for wrong in ((0, 5, [], LEAVES[0], LEAVES[1]), (0, 5, [LEAVES[0]], EMPTY_ROOT, LEAVES[1]), (0, 0, [], EMPTY_ROOT, LEAVES[0])):
        with pytest.raises(ProofError):
            verify_consistency(*wrong)


def test_a_tree_that_shrinks_or_forks_is_refused() -> None:
    whole = root(LEAVES[:5])
    for wrong in (
        (6, 5, [], LEAVES[0], whole),
        (-1, 5, [], LEAVES[0], whole),
        (5, 5, [], LEAVES[0], whole),
        (5, 5, [LEAVES[0]], whole, whole),
    ):
        with pytest.raises(ProofError):
            verify_consistency(*wrong)


def test_a_node_cannot_pass_for_a_leaf() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != root([left, right])


def test_a_frontier_grows_like_the_tree_and_survives_a_restart() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for size, leaf in enumerate(LEAVES, start=1):
        frontier = Frontier.from_bytes(frontier.to_bytes())
        frontier.append(leaf)
        assert (frontier.size, frontier.root()) == (size, root(LEAVES[:size]))


def test_a_copied_frontier_goes_its_own_way() -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:3])
    frontier.copy().append(LEAVES[3])
    assert frontier.root() == root(LEAVES[:3])


@pytest.mark.parametrize("data", [b"", b"\0" * 7, b"\0" * 7 + b"\1", b"\0" * 7 + b"\1" + b"\0" * 31, b"\0" * 9])
def test_a_stored_frontier_of_a_wrong_length_is_refused(data: bytes) -> None:
    with pytest.raises(ProofError):
        Frontier.from_bytes(data)
