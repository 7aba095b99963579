"""Verifying a log and a receipt file offline: every break is named with its entry."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.proof.canonical import dumps, loads
from audit.proof.disclosure import build_entry, digest, disclosure, open_disclosure
from audit.proof.envelope import open_person, person_disclosure
from audit.proof.merkle import EMPTY_ROOT, Frontier, ProofError, consistency_path, leaf_hash, verify_inclusion
from audit.proof.note import parse_checkpoint
from audit.proof.receipt import ReceiptError, verify_receipt
from audit.proof.verify import (
    Fault,
    LogFault,
    LogWalk,
    StoredEntry,
    verify_bundle,
    verify_disclosures,
    verify_entries,
    verify_extension,
    verify_inclusion_proof,
    verify_person_count,
)
from tests.audit.proof.sample_log import ORIGIN, SampleLog, fresh_signer

SIZE = 9


@pytest.fixture
def log() -> SampleLog:
    log = SampleLog()
    for number in range(SIZE):
        log.exchange(persons=["p-1", "p-2"][: number % 3], minutes=number // 3)
    return log


def check(log: SampleLog, bundle: Any) -> Any:
    return verify_bundle(
        loads(dumps(bundle)), receipt_keys={"hub/answer-1": log.answer_signer.public_key}, log_key=log.log_signer.public_key, log=ORIGIN
    )


# --- entries ---


def test_a_whole_log_verifies_against_all_its_heads(log: SampleLog) -> None:
    walk = verify_entries(log.stored(), log.heads(0, 1, 4, 4, SIZE))
    assert (walk.size, walk.frontier.root()) == (SIZE, log.root())


def test_progress_is_told_on_the_way() -> None:
    raw = build_entry(kind="x", ts="2026-11-20T22:46Z", digests=[])
    told: list[int] = []
    verify_entries((StoredEntry(index, raw) for index in range(2500)), progress=told.append)
    assert told == [1000, 2000]


def test_a_walk_goes_on_where_another_stopped(log: SampleLog) -> None:
    heads = log.heads(2, 5, SIZE)
    walk = verify_entries(log.stored()[:5], heads[:2])
    again = LogWalk(Frontier.from_bytes(walk.frontier.to_bytes()), walk.newest)
    assert verify_entries(log.stored()[5:], heads, walk=again).frontier.root() == log.root()


@pytest.mark.parametrize("index", [0, 3, SIZE - 1])
def test_a_changed_byte_is_named(log: SampleLog, index: int) -> None:
    stored = log.stored()
    raw = stored[index].raw
    stored[index] = StoredEntry(index, raw[:10] + bytes([raw[10] ^ 1]) + raw[11:], stored[index].leaf)
    with pytest.raises(LogFault, match=f"entry {index}:") as caught:
        verify_entries(stored, log.heads(SIZE))
    assert (caught.value.index, caught.value.fault) == (index, Fault.LEAF)


def test_a_changed_byte_with_its_hash_is_found_by_the_root(log: SampleLog) -> None:
    stored, heads = log.stored(), log.heads(2, 6, SIZE)
    forged = build_entry(kind="x", ts="2026-11-20T22:47Z", digests=[])
    stored[3] = StoredEntry(3, forged, leaf_hash(forged))
    with pytest.raises(LogFault, match="entries 2 to 5:") as caught:
        verify_entries(stored, heads)
    assert (caught.value.index, caught.value.last, caught.value.fault) == (2, 5, Fault.ROOT)


@pytest.mark.parametrize("index", [0, 3, SIZE - 1])
def test_a_deleted_entry_is_named(log: SampleLog, index: int) -> None:
    stored = log.stored()
    del stored[index]
    with pytest.raises(LogFault, match=f"entry {index}:") as caught:
        verify_entries(stored, log.heads(SIZE))
    assert (caught.value.index, caught.value.fault) == (index, Fault.GAP)


def test_a_doubled_or_swapped_entry_is_named(log: SampleLog) -> None:
    stored = log.stored()
    for wrong in ([*stored[:3], stored[2], *stored[3:]], [*stored[:3], stored[4], stored[3], *stored[5:]]):
        with pytest.raises(LogFault) as caught:
            verify_entries(wrong, log.heads(SIZE))
        assert (caught.value.index, caught.value.fault) == (3, Fault.GAP)


def test_renumbered_entries_are_found_by_the_root(log: SampleLog) -> None:
    kept = log.stored()[1:]
    renumbered = [StoredEntry(index, entry.raw, entry.leaf) for index, entry in enumerate(kept)]
    with pytest.raises(LogFault) as caught:
        verify_entries(renumbered, log.heads(4, SIZE))
    assert caught.value.fault is Fault.ROOT


def test_bytes_that_are_no_entry_are_named(log: SampleLog) -> None:
    stored = log.stored()
    stored[2] = StoredEntry(2, b'{"v":1}')
    with pytest.raises(LogFault) as caught:
        verify_entries(stored)
    assert (caught.value.index, caught.value.fault) == (2, Fault.BYTES)


@pytest.mark.parametrize(
    ("times", "fails_at"),
    [
        (["22:46", "22:46", "22:47", "22:46", "22:47"], None),
        (["22:59", "23:00", "22:59"], None),
        (["22:46", "22:48", "22:46"], 2),
        (["22:46", "22:47", "22:48", "22:47", "22:46"], 4),
        (["23:00", "22:58"], 1),
    ],
)
def test_time_goes_back_by_one_minute_at_most(times: list[str], fails_at: int | None) -> None:
    entries = [entry_at(index, f"2026-11-20T{time}Z") for index, time in enumerate(times)]
    if fails_at is None:
        assert verify_entries(entries).size == len(times)
        return
    with pytest.raises(LogFault) as caught:
        verify_entries(entries)
    assert (caught.value.index, caught.value.fault) == (fails_at, Fault.TIME)


def test_a_forged_future_in_unwitnessed_bytes_is_among_the_named() -> None:
    entries = [
        StoredEntry(index, entry_at(index, ts).raw)
        for index, ts in enumerate(["2026-11-20T22:46Z", "2026-11-30T22:46Z", "2026-11-20T22:46Z"])
    ]
    with pytest.raises(LogFault, match="entries 1 to 2: the time goes back") as caught:
        verify_entries(entries)
    assert (caught.value.index, caught.value.last) == (1, 2)


def test_time_is_held_across_a_restart_of_the_walk() -> None:
    early, late = (StoredEntry(0, build_entry(kind="x", ts=ts, digests=[])) for ts in ("2026-11-20T22:40Z", "2026-11-20T22:46Z"))
    walk = verify_entries([late])
    with pytest.raises(LogFault):
        verify_entries([StoredEntry(1, early.raw)], walk=LogWalk(walk.frontier, walk.newest))


def test_a_day_that_is_not_in_the_calendar_is_named() -> None:
    with pytest.raises(LogFault) as caught:
        verify_entries([StoredEntry(0, build_entry(kind="x", ts="2026-02-31T22:46Z", digests=[]))])
    assert caught.value.fault is Fault.TIME


def test_an_empty_log_has_the_empty_root() -> None:
    assert verify_entries([], [(0, EMPTY_ROOT)]).size == 0
    with pytest.raises(LogFault):
        verify_entries([], [(0, leaf_hash(b""))])
    with pytest.raises(LogFault, match="entry 0: missing"):
        verify_entries([], [(3, leaf_hash(b""))])


@settings(max_examples=100)
@given(st.data())
def test_any_single_change_of_stored_bytes_is_found(data: st.DataObject) -> None:
    log = SampleLog()
    for number in range(6):
        log.act(f"sha256:{number:064x}")
    heads, stored = log.heads(3, 6), log.stored()
    index = data.draw(st.integers(0, 5))
    raw = bytearray(stored[index].raw)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    stored[index] = StoredEntry(index, bytes(raw))
    with pytest.raises(LogFault) as caught:
        verify_entries(stored, heads)
    assert caught.value.index <= index
    assert caught.value.last is not None
    assert caught.value.last >= index


# --- disclosures ---


def test_disclosures_beside_every_entry_match(log: SampleLog) -> None:
    for index in range(SIZE):
        opened = verify_disclosures(index, log.raw[index], log.texts[index], persons=log.person_texts[index])
        assert opened["route"]["requester"] == "HOUSING"
        verify_person_count(index, opened, len(log.sealed[index]))


@pytest.mark.parametrize("name", ["route", "message", "subject"])
def test_a_deleted_disclosure_is_missed_by_name(log: SampleLog, name: str) -> None:
    texts = [text for text in log.texts[2] if open_disclosure(text)[1] != name]
    assert len(texts) == 2
    with pytest.raises(LogFault, match=f"entry 2: the disclosure {name} is missing") as caught:
        verify_disclosures(2, log.raw[2], texts)
    assert (caught.value.index, caught.value.fault, caught.value.part) == (2, Fault.MISSING, name)


def test_a_rewritten_disclosure_is_named(log: SampleLog) -> None:
    place = next(at for at, text in enumerate(log.texts[1]) if open_disclosure(text)[1] == "route")
    log.texts[1][place] = disclosure("A" * 22, "route", {"requester": "NOBODY", "parts": ["message", "route", "subject"]})
    with pytest.raises(LogFault, match="entry 1: the disclosure route is not the one in the entry") as caught:
        verify_disclosures(1, log.raw[1], log.texts[1])
    assert (caught.value.fault, caught.value.part) == (Fault.MISMATCH, "route")


@pytest.mark.parametrize("text", ["", "AAAA", disclosure("A" * 22, "other", 1), disclosure("A" * 22, "person", {})])
def test_a_disclosure_that_cannot_be_is_named(log: SampleLog, text: str) -> None:
    with pytest.raises(LogFault) as caught:
        verify_disclosures(1, log.raw[1], [*log.texts[1], text])
    assert (caught.value.index, caught.value.fault) == (1, Fault.MISMATCH)


def test_a_disclosure_twice_or_of_another_entry_is_named(log: SampleLog) -> None:
    for texts in (log.texts[1] * 2, log.texts[2]):
        with pytest.raises(LogFault) as caught:
            verify_disclosures(1, log.raw[1], texts)
        assert caught.value.fault is Fault.MISMATCH


@pytest.mark.parametrize("parts", [None, "route", ["message"], ["route", 1], ["route", ["a"]], ["route", "label"], ["route"]])
def test_a_route_that_lists_other_parts_is_named(parts: Any) -> None:
    texts = [disclosure("A" * 22, "route", {"parts": parts}), disclosure("B" * 22, "message", {"act": "sha256:"})]
    raw = entry_over(texts)
    with pytest.raises(LogFault) as caught:
        verify_disclosures(0, raw, texts)
    assert caught.value.part in {"route", "label", "message"}


def test_persons_are_rebuilt_from_their_ciphertexts_and_matched(log: SampleLog) -> None:
    nonce, keys = log.entry_nonces[2], [log.subject_keys["p-1"], log.subject_keys["p-2"]]
    rebuilt = [
        person_disclosure(key, nonce, position, open_person(key, nonce, position, sealed))
        for position, (key, sealed) in enumerate(zip(keys, log.sealed[2], strict=True))
    ]
    verify_disclosures(2, log.raw[2], log.texts[2], persons=rebuilt)
    for wrong in (rebuilt[:1], rebuilt[::-1], [], [*rebuilt, rebuilt[0]]):
        with pytest.raises(LogFault) as caught:
            verify_disclosures(2, log.raw[2], log.texts[2], persons=wrong)
        assert (caught.value.index, caught.value.part) == (2, "person")


def test_persons_beside_an_entry_without_subject_are_named(log: SampleLog) -> None:
    with pytest.raises(LogFault):
        verify_disclosures(0, log.raw[0], log.texts[0], persons=log.person_texts[1])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_deleted_sealed_person_is_missed_without_any_key(log: SampleLog, count: int) -> None:
    opened = verify_disclosures(2, log.raw[2], log.texts[2])
    with pytest.raises(LogFault, match=f"entry 2: {count} sealed persons") as caught:
        verify_person_count(2, opened, count)
    assert (caught.value.fault, caught.value.part) == (Fault.MISSING, "person")


# --- receipt files ---


def test_a_receipt_file_verifies_offline(log: SampleLog) -> None:
    for index in range(SIZE):
        verified = check(log, log.bundle(index))
        assert (verified.index, verified.checkpoint.size) == (index, SIZE)
        assert verified.receipt.entry_bytes == log.raw[index]


def test_a_receipt_file_may_hold_the_body_as_it_was_received(log: SampleLog) -> None:
    bundle = log.bundle(1)
    bundle["answer"] = {**bundle["answer"], "receipt": bundle["receipt"]}
    check(log, bundle)
    bundle["answer"]["receipt"] = log.receipts(2)[0]
    with pytest.raises(ReceiptError):
        check(log, bundle)


def test_before_it_is_merged_a_receipt_is_a_promise(log: SampleLog) -> None:
    verified = check(log, {**log.bundle(1), "checkpoint": None, "proof": None})
    assert (verified.checkpoint, verified.index) == (None, None)
    assert verified.receipt.merge_by > verified.receipt.issued_ms


def test_a_file_without_the_answer_proves_the_entry_alone(log: SampleLog) -> None:
    assert check(log, {**log.bundle(1), "answer": None}).index == 1


def test_parts_of_other_entries_or_logs_do_not_fit(log: SampleLog) -> None:
    bundle, other, foreign = log.bundle(1), log.bundle(2), SampleLog()
    foreign.exchange()
    wrong: list[dict[str, Any]] = [
        {"answer": other["answer"]},
        {"proof": other["proof"]},
        {"receipt": other["receipt"]},
        {"receipt": foreign.bundle(0)["receipt"]},
        {"checkpoint": foreign.checkpoint()},
        {"checkpoint": log.checkpoint(SIZE - 1)},
        {"checkpoint": None},
        {"proof": None},
        {"proof": log.proof(1, 4)},
        {"proof": {**bundle["proof"], "index": SIZE}},
        {"proof": {**bundle["proof"], "size": 0}},
        {"proof": {**bundle["proof"], "extra": 1}},
        {"proof": {**bundle["proof"], "path": bundle["proof"]["path"][:-1]}},
        {"checkpoint": "text"},
        {"checkpoint": 5},
        {"answer": []},
        {"receipt": None},
        {"receipt": {**bundle["receipt"], "keyid": "hub/unknown"}},
        {"receipt": {**bundle["receipt"], "keyid": ["hub/answer-1"]}},
        {"extra": 1},
    ]
    for change in wrong:
        with pytest.raises(ReceiptError):
            check(log, bundle | change)
    for missing in bundle:
        with pytest.raises(ReceiptError):
            check(log, {name: value for name, value in bundle.items() if name != missing})


def test_a_proof_names_the_size_of_its_checkpoint(log: SampleLog) -> None:
    bundle = log.bundle(0)
    larger = {**bundle["proof"], "size": SIZE + 1}
    verify_inclusion(leaf_hash(log.raw[0]), 0, SIZE + 1, path_of(larger), log.root())  # the path alone fits both sizes
    with pytest.raises(ReceiptError):
        check(log, bundle | {"proof": larger})


def test_a_checkpoint_of_another_key_does_not_count(log: SampleLog) -> None:
    receipt = verify_receipt(log.receipts(1)[0], public_key=log.answer_signer.public_key, log=ORIGIN)
    head, index = verify_inclusion_proof(log.proof(1), receipt, checkpoint=log.checkpoint(), log_key=log.log_signer.public_key)
    assert (head.size, index) == (SIZE, 1)
    with pytest.raises(ValueError, match="not signed by this log"):
        verify_inclusion_proof(log.proof(1), receipt, checkpoint=log.checkpoint(), log_key=fresh_signer("hub/log-2").public_key)


def test_a_checkpoint_extends_an_older_one_or_is_refused(log: SampleLog) -> None:
    old, new = (parse_checkpoint(log.checkpoint(size)) for size in (4, SIZE))
    path = ["sha256:" + item.hex() for item in consistency_path(log.leaves(), 4)]
    verify_extension(old, new, path)
    forked = SampleLog(log_signer=log.log_signer)
    for _ in range(4):
        forked.exchange()
    for wrong_old, wrong_new, wrong_path in (
        (parse_checkpoint(forked.checkpoint()), new, path),
        (old, new, path[1:]),
        (new, old, path),
        (parse_checkpoint(SampleLog(origin="log.example/other").checkpoint()), new, []),
    ):
        with pytest.raises(ProofError):
            verify_extension(wrong_old, wrong_new, wrong_path)


def test_it_needs_neither_django_nor_orjson() -> None:
    """With all that it can do without made impossible to import, and nothing else from outside but `cryptography` in use."""
    program = (
        "import sys\n"
        "sys.modules['orjson'] = sys.modules['django'] = sys.modules['nacl'] = None\n"
        "sys.path[:0] = ['.']\n"
        "before = set(sys.modules)\n"
        "import audit.proof.verify\n"
        "from audit.proof.canonical import dumps, loads\n"
        "assert loads(dumps({'b': 1, 'a': ['\u738b']})) == {'a': ['\u738b'], 'b': 1}\n"
        "rooms = {name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)\n"
        "assert rooms - {'_cffi_backend', '_openssl'} == {'audit', 'cryptography'}, rooms\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def entry_at(index: int, ts: str) -> StoredEntry:
    raw = build_entry(kind="x", ts=ts, digests=[])
    return StoredEntry(index, raw, leaf_hash(raw))


def path_of(proof: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(item.removeprefix("sha256:")) for item in proof["path"]]


def entry_over(texts: list[str]) -> bytes:
    return build_entry(kind="x", ts="2026-11-20T22:46Z", digests=[digest(text) for text in texts])
