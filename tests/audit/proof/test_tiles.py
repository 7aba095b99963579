"""Tiles of C2SP tlog-tiles: names as the standard spells them, and proofs read from few tiles."""

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.proof.merkle import ProofError, consistency_path, inclusion_path, leaf_hash, root
from audit.proof.tiles import (
    Place,
    ReadTile,
    TileTree,
    decode_bundle,
    encode_bundle,
    entries_path,
    join_hashes,
    parent_hash,
    parse_path,
    places_between,
    split_hashes,
    tile_path,
    width_at,
)
from tests.audit.proof.sample_log import SampleLog

SIZE = 70_000
LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(SIZE)]


def build_tiles(size: int) -> dict[tuple[int, int], bytes]:
    tiles: dict[tuple[int, int], bytes] = {}
    for place in places_between(0, size):
        level = place.level or 0
        span = range(place.index * 256, place.index * 256 + place.width)
        tiles[level, place.index] = join_hashes([LEAVES[at] if level == 0 else parent_hash(tiles[level - 1, at]) for at in span])
    return tiles


def serving(data: bytes) -> ReadTile:
    return lambda level, index, width: data


@pytest.fixture(scope="module")
def tiles() -> dict[tuple[int, int], bytes]:
    return build_tiles(SIZE)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("tile/0/x001/x234/067", Place(0, 1_234_067, 256)),  # the standard's own example
        ("tile/0/000", Place(0, 0, 256)),
        ("tile/2/000.p/1", Place(2, 0, 1)),
        ("tile/63/999.p/255", Place(63, 999, 255)),
        ("tile/10/x001/000", Place(10, 1000, 256)),
        ("tile/0/x001/234.p/5", Place(0, 1234, 5)),
        ("tile/entries/x001/x234/067.p/16", Place(None, 1_234_067, 16)),
        ("tile/entries/000", Place(None, 0, 256)),
    ],
)
def test_paths_as_the_standard_spells_them(path: str, place: Place) -> None:
    assert place.path == path
    assert parse_path(path) == place


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/234",
        "tile/0/x1/234",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000.p/999",
        "tile/0/000.p/5/",
        "tile/0/../000",
        "tile/data/000",
        "tile/0/٠٠٠",
        "/tile/0/000",
        "tile/0/000\n",
    ],
)
def test_other_spellings_are_refused(path: str) -> None:
    with pytest.raises(ProofError):
        parse_path(path)


@pytest.mark.parametrize(("level", "index", "width"), [(64, 0, None), (-1, 0, None), (0, -1, None), (0, 0, 0), (0, 0, 257)])
def test_no_path_for_a_tile_that_cannot_be(level: int, index: int, width: int | None) -> None:
    with pytest.raises(ProofError):
        tile_path(level, index, width)


@pytest.mark.parametrize(("index", "width"), [(-1, None), (0, 0), (0, -3), (0, 257)])
def test_no_path_for_a_bundle_that_cannot_be(index: int, width: int | None) -> None:
    with pytest.raises(ProofError):
        entries_path(index, width)


def test_a_tree_of_70000_has_the_tiles_that_the_standard_counts() -> None:
    counted = Counter((place.level, place.width) for place in places_between(0, SIZE))
    assert counted == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}


def test_a_tree_of_256_has_a_full_tile_and_a_partial_one_above() -> None:
    assert [place.path for place in places_between(0, 256)] == ["tile/0/000", "tile/1/000.p/1"]


@given(st.integers(0, 10**9), st.integers(0, 600))
def test_growth_writes_each_changed_tile_once(old: int, more: int) -> None:
    changed = [(place.level, place.index) for place in places_between(old, old + more)]
    assert len(changed) == len(set(changed))
    for level, index in changed:
        assert level is not None
        assert width_at(level, index, old + more) > width_at(level, index, old)


def test_nothing_is_written_where_nothing_grew() -> None:
    assert list(places_between(SIZE, SIZE)) == []


def test_proofs_read_from_tiles_are_those_of_the_tree(tiles: dict[tuple[int, int], bytes]) -> None:
    reads: Counter[tuple[int, int]] = Counter()

    def read(level: int, index: int, width: int) -> bytes:
        reads[level, index] += 1
        return tiles[level, index][: 32 * width]

    tree = TileTree(read, SIZE)
    assert tree.root() == root(LEAVES)
    for index in (0, 1, 255, 256, 65_535, 65_536, 69_888, SIZE - 1):
        assert tree.inclusion_path(index) == inclusion_path(LEAVES, index)
    for old in (0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537, SIZE - 1, SIZE):
        assert tree.consistency_path(old) == consistency_path(LEAVES, old)
    assert max(reads.values()) == 1
    assert len(reads) < 20


@settings(max_examples=60)
@given(st.data(), st.integers(1, 900))
def test_proofs_from_tiles_at_any_size(data: st.DataObject, size: int) -> None:
    tiles = build_tiles(size)
    tree = TileTree(lambda level, index, width: tiles[level, index], size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    assert tree.root() == root(LEAVES[:size])
    assert tree.inclusion_path(index) == inclusion_path(LEAVES[:size], index)
    assert tree.consistency_path(old) == consistency_path(LEAVES[:size], old)


@pytest.mark.parametrize("index", [-1, 10, 11])
def test_no_proof_outside_the_tree(index: int) -> None:
    tree = TileTree(lambda level, index, width: b"".join(LEAVES[:10]), 10)
    with pytest.raises(ProofError):
        tree.inclusion_path(index)


@pytest.mark.parametrize("old", [-1, 11])
def test_no_consistency_with_a_larger_tree(old: int) -> None:
    tree = TileTree(lambda level, index, width: b"".join(LEAVES[:10]), 10)
    with pytest.raises(ProofError):
        tree.consistency_path(old)


def test_a_tile_of_a_wrong_length_is_refused() -> None:
    for wrong in (b"", LEAVES[0][:31], LEAVES[0] * 2):
        with pytest.raises(ProofError):
            split_hashes(wrong, 1)
        with pytest.raises(ProofError):
            TileTree(serving(wrong), 1).root()


def test_a_partial_tile_is_never_hashed_upward() -> None:
    with pytest.raises(ProofError):
        parent_hash(b"".join(LEAVES[:255]))


@pytest.mark.parametrize("hashes", [[], [b"short"], LEAVES[:257]])
def test_no_tile_of_too_few_or_too_many_hashes(hashes: list[bytes]) -> None:
    with pytest.raises(ProofError):
        join_hashes(hashes)


@given(st.lists(st.binary(max_size=400), max_size=256))
def test_bundles_read_back(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == entries


def test_a_bundle_is_length_prefixed_big_endian() -> None:
    assert encode_bundle([b"ab", b"", b"c" * 258]) == b"\x00\x02ab" + b"\x00\x00" + b"\x01\x02" + b"c" * 258


@pytest.mark.parametrize(("data", "width"), [(b"\x00", 1), (b"\x00\x05abc", 1), (b"\x00\x01a", 2), (b"\x00\x01a\x00\x01b", 1), (b"", 1)])
def test_a_cut_or_overfull_bundle_is_refused(data: bytes, width: int) -> None:
    with pytest.raises(ProofError):
        decode_bundle(data, width)


def test_an_entry_beyond_the_length_prefix_is_refused() -> None:
    assert decode_bundle(encode_bundle([b"a" * 65_535]), 1) == [b"a" * 65_535]
    with pytest.raises(ProofError):
        encode_bundle([b"a" * 65_536])


def test_bundles_of_a_log_hash_to_its_tiles() -> None:
    log = SampleLog()
    for number in range(260):
        log.act(f"sha256:{number:064x}")
    files = log.tiles()
    assert set(files) == {"tile/0/000", "tile/0/001.p/4", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/4"}
    entries = decode_bundle(files["tile/entries/001.p/4"], 4)
    assert [leaf_hash(entry) for entry in entries] == split_hashes(files["tile/0/001.p/4"], 4)
