"""The sequencer: each step broken in both ways, two at once, and a signer that never contradicts itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction

from audit import acts, checkpoints, copy, files, head, sequencer, tally, tiles, trail
from audit.errors import LogStopped, PolicyRollback
from audit.ground import log_origin
from audit.head import read_head
from audit.models import Checkpoint, Entry, Pending, TallyCount
from audit.proof.keys import Use
from audit.proof.merkle import Frontier, leaf_hash, root
from audit.proof.note import verify_checkpoint
from audit.proof.tiles import TileTree, decode_bundle
from audit.sequencer import sequence_once
from audit.signers import hub_signer
from audit.verification import verify
from tests.audit.conftest import run_sql


def _record(count: int) -> None:
    with transaction.atomic():
        trail.insert([trail.build(trail.Draft({"type": "case", "n": n}), at_ms=trail.now_ms(), keys={}) for n in range(count)])


def _leaves() -> list[bytes]:
    rows = list(Entry.objects.order_by("index").values_list("index", "raw", "leaf"))
    assert [row[0] for row in rows] == list(range(len(rows)))
    assert all(leaf_hash(bytes(raw)) == bytes(leaf) for _, raw, leaf in rows)
    return [bytes(leaf) for _, _, leaf in rows]


def _assert_published(size: int) -> None:
    leaves = _leaves()
    newest = Checkpoint.objects.get(size=size)
    signed = verify_checkpoint(newest.text, log_origin(), hub_signer(Use.HUB_LOG).public_key)
    assert (signed.size, signed.root) == (size, root(leaves[:size]))
    assert read_head().published_size == size
    assert copy.checkpoint_text() == newest.text


def test_entries_get_contiguous_indexes_under_a_signed_root(hub: None) -> None:
    start = read_head().size
    _record(3)
    assert sequence_once() == sequencer.SequenceResult(3, start + 3)
    _assert_published(start + 3)
    assert not Pending.objects.exists()
    assert sequence_once() == sequencer.SequenceResult(0, start + 3)


def test_tiles_and_bundles_are_what_any_client_expects(hub: None) -> None:
    start = read_head().size
    for size in (100, 200, 300):
        _record(size)
        sequence_once()
    leaves = _leaves()
    folder = Path(settings.TILES_DIR)
    size = start + 600
    assert (folder / "tile/0/000").read_bytes() == b"".join(leaves[:256])
    assert (folder / f"tile/0/002.p/{size - 512}").read_bytes() == b"".join(leaves[512:])
    assert (folder / "tile/1/000.p/2").read_bytes() == root(leaves[:256]) + root(leaves[256:512])
    raws = [bytes(raw) for raw in Entry.objects.order_by("index").values_list("raw", flat=True)]
    assert decode_bundle((folder / "tile/entries/001").read_bytes(), 256) == raws[256:512]
    assert not (folder / "tile/0/000.p").exists()
    assert TileTree(tiles.read_tile, size).root() == root(leaves)


class _Killed(BaseException):
    """Stands for the end of the process."""


STEPS: list[tuple[Any, str]] = [
    (sequencer, "give_indexes"),
    (tiles, "write_between"),
    (checkpoints, "sign"),
    (copy, "keep_checkpoint"),
    (checkpoints, "keep"),
    (sequencer, "mark_published"),
    (tiles, "drop_partial"),
]


@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done but reported failed"])
@pytest.mark.parametrize(("module", "name"), STEPS, ids=[name for _, name in STEPS])
def test_broken_off_at_any_step_the_next_run_finishes(
    hub: None, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, is_done: bool
) -> None:
    start = read_head().size
    _record(300)
    real: Callable[..., Any] = getattr(module, name)

    def broken(*arguments: Any, **options: Any) -> None:
        if is_done:
            real(*arguments, **options)
        raise _Killed

    with monkeypatch.context() as breaking:
        breaking.setattr(module, name, broken)
        with pytest.raises(_Killed):
            sequence_once()
    before = list(Checkpoint.objects.values_list("size", "text"))
    acts.forget()
    _record(2)
    sequence_once()
    sequence_once()
    _assert_published(start + 302)
    for size, text in before:
        assert Checkpoint.objects.get(size=size).text == text
    assert verify().is_sound


def test_broken_off_within_the_tiles_the_next_run_finishes(hub: None, monkeypatch: pytest.MonkeyPatch) -> None:
    start = read_head().size
    _record(600)
    real = files._write
    written: list[Path] = []

    def killed_in_between(path: Path, data: bytes) -> None:
        if len(written) == 3:
            raise _Killed
        written.append(path)
        real(path, data)

    with monkeypatch.context() as breaking:
        breaking.setattr(files, "_write", killed_in_between)
        with pytest.raises(_Killed):
            sequence_once()
    sequence_once()
    _assert_published(start + 600)
    assert verify().is_sound


def test_two_sequencers_at_once_never_fork(hub: None) -> None:
    start = read_head().size
    faults: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(12):
                sequence_once()
        except BaseException as error:  # noqa: BLE001 - whatever a thread meets is the test's to tell
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        _record(7)
    for thread in threads:
        thread.join()
    assert [error for error in faults if not isinstance(error, OSError | LogStopped)] == []
    acts.forget()
    sequence_once()
    _assert_published(start + 70)
    assert verify().is_sound


def test_one_holds_the_lease_and_another_gets_it_when_it_ends(hub: None) -> None:
    assert head.take_lease("first", 1_000, 500)
    assert head.take_lease("first", 1_200, 500)
    assert not head.take_lease("second", 1_600, 500)
    assert head.take_lease("second", 1_701, 500)
    head.give_up_lease("second")
    assert head.take_lease("first", 1_702, 500)


def test_a_changed_waiting_entry_stops_the_sequencer(hub: None) -> None:
    _record(1)
    size = read_head().size
    run_sql("UPDATE audit_pending SET raw = %s", [b'{"v":1}'])
    with pytest.raises(LogStopped):
        sequence_once()
    assert read_head().size == size


def _unpublish_and_shrink() -> None:
    last = read_head().size - 1
    run_sql('DELETE FROM audit_entry WHERE "index" = %s', [last])
    _set_head(last)
    run_sql("DELETE FROM audit_checkpoint")


def _another_root() -> None:
    size = read_head().size
    run_sql('UPDATE audit_entry SET leaf = %s, raw = %s WHERE "index" = %s', [leaf_hash(b"x"), b"x", size - 1])
    _set_head(size)


def _grown_on_another_past() -> None:
    size = read_head().size
    run_sql('UPDATE audit_entry SET leaf = %s, raw = %s WHERE "index" = 0', [leaf_hash(b"x"), b"x"])
    run_sql('INSERT INTO audit_entry ("index", raw, leaf, blob_id, position) VALUES (%s, %s, %s, 1, 0)', [size, b"y", leaf_hash(b"y")])
    _set_head(size + 1)
    run_sql("DELETE FROM audit_checkpoint")


def _set_head(size: int) -> None:
    """What a clever DBA would do: a head whose root and right edge fit the changed rows, to be signed again."""
    frontier = Frontier()
    frontier.extend(bytes(leaf) for leaf in Entry.objects.filter(index__lt=size).order_by("index").values_list("leaf", flat=True))
    run_sql(
        "UPDATE audit_loghead SET size = %s, root = %s, frontier = %s, published_size = 0",
        [size, frontier.root(), frontier.to_bytes()],
    )


@pytest.mark.parametrize("tamper", [_unpublish_and_shrink, _another_root, _grown_on_another_past], ids=lambda item: item.__name__)
@pytest.mark.parametrize("with_tiles", [True, False], ids=["tiles kept", "tiles deleted"])
def test_the_signer_refuses_a_second_history(hub: None, tamper: Callable[[], None], with_tiles: bool) -> None:
    _record(3)
    sequence_once()
    signed = copy.checkpoint_text()
    tamper()
    if not with_tiles:
        import shutil

        shutil.rmtree(settings.TILES_DIR)
    for _ in range(2):
        with pytest.raises((LogStopped, PolicyRollback)):
            sequence_once()
    assert copy.checkpoint_text() == signed


def test_a_mark_that_claims_it_was_published_hides_nothing(hub: None) -> None:
    _record(2)
    sequencer.give_indexes()
    size = read_head().size
    run_sql("UPDATE audit_loghead SET published_size = size")
    sequence_once()
    _assert_published(size)
    run_sql("UPDATE audit_loghead SET published_size = size + 100")
    with pytest.raises(LogStopped):
        sequence_once()


def test_the_signer_refuses_a_clock_that_went_back(hub: None) -> None:
    run_sql("UPDATE audit_checkpoint SET signed_ms = %s", [time.time_ns() // 1_000_000 + 3_600_000])
    _record(1)
    with pytest.raises(LogStopped, match="clock"):
        sequence_once()


def test_nothing_is_signed_while_the_acts_do_not_verify(hub: None) -> None:
    _record(1)
    run_sql("DELETE FROM audit_act WHERE seq = (SELECT max(seq) FROM audit_act)")
    acts.forget()
    with pytest.raises(PolicyRollback):
        sequence_once()
    assert read_head().published_size < read_head().size


def test_acts_are_in_the_second_copy_before_the_checkpoint(hub: None, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.COPY_DIR / "acts.jsonl").unlink()
    _record(1)
    order: list[object] = []
    real = copy.keep_checkpoint

    def keep(text: str) -> None:
        order.append(copy.head())
        real(text)

    monkeypatch.setattr(copy, "keep_checkpoint", keep)
    sequence_once()
    assert order == [acts.version()]


@pytest.mark.usefixtures("early_in_an_hour")
def test_an_hour_of_strangers_is_one_tally_entry(hub: None) -> None:
    start = read_head().size
    run_sql("INSERT INTO audit_tallycount (minute, kind, name, count) VALUES ('2020-01-01T10:15Z', 'stranger', 'BAD_SIGNATURE', 7)")
    run_sql("INSERT INTO audit_tallycount (minute, kind, name, count) VALUES ('2020-01-01T10:59Z', 'download', 'R21', 2)")
    tally.count_stranger("BAD_SIGNATURE")
    tally.count_stranger("BAD_SIGNATURE")
    sequencer.write_tallies(time.time_ns() // 1_000_000)
    sequence_once()
    assert read_head().size == start + 1
    assert b'"t":"tally"' in bytes(Entry.objects.get(index=start).raw)
    assert [(row.name, row.count) for row in TallyCount.objects.all()] == [("BAD_SIGNATURE", 2)]
    assert verify().is_sound


def test_running_sequences_until_stopped(hub: None) -> None:
    start = read_head().size
    stop = threading.Event()

    def work() -> None:
        try:
            sequencer.run(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        _record(5)
        deadline = time.monotonic() + 90
        while read_head().followed_size < start + 5 and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        stop.set()
        thread.join()
    _assert_published(start + 5)
    assert read_head().followed_size == start + 5
