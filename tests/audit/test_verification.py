"""verify_log: whatever is changed, deleted or inserted behind the program's back is named by its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from audit import acts, sequencer, trail
from audit.head import read_head
from audit.models import Act, Blob, Checkpoint, Entry, SubjectKey
from audit.parts import part_at
from audit.proof.canonical import dumps, loads
from audit.proof.disclosure import disclosure, open_disclosure
from audit.proof.merkle import Frontier, leaf_hash
from audit.subjects import blind_of
from audit.verification import Cancelled, Progress, verify
from tests.audit.conftest import run_sql

NAMED = 150


@pytest.fixture
def log(hub: None) -> int:
    """600 entries, each naming a person, in batches; gives the index of the first."""
    first = read_head().size
    for batch in range(6):
        people = [trail.PersonNamed("person", f"p{n % 50}", "subject", "c", "o", ["name"], "FOUND") for n in range(100)]
        keys = trail.subject_keys(person.who for person in people)
        drafts = [trail.Draft({"type": "exchange", "batch": batch}, {"answer": "a"}, (person,)) for person in people]
        with transaction.atomic():
            trail.insert([trail.build(draft, at_ms=trail.now_ms(), keys=keys) for draft in drafts])
        sequencer.sequence_once()
    return first


def test_a_sound_log_is_proved_whole(log: int) -> None:
    report = verify()
    assert report.is_sound
    assert (report.size, report.persons, report.persons_unread) == (log + 600, 600, 0)
    assert report.disclosures == 600 * 3 + log * 2
    assert report.checkpoints == Checkpoint.objects.count()
    assert report.acts == Act.objects.count()


def _entry(index: int) -> Entry:
    return Entry.objects.get(pk=index)


def _edit_bytes(index: int) -> None:
    raw = bytes(_entry(index).raw)
    run_sql('UPDATE audit_entry SET raw = %s WHERE "index" = %s', [raw.replace(b'"t":"x"', b'"t":"y"'), index])


def _edit_one_bit(index: int) -> None:
    raw = bytearray(_entry(index).raw)
    raw[20] ^= 1
    run_sql('UPDATE audit_entry SET raw = %s WHERE "index" = %s', [bytes(raw), index])


def _edit_bytes_and_leaf(index: int) -> None:
    raw = bytes(_entry(index + 1).raw)
    run_sql('UPDATE audit_entry SET raw = %s, leaf = %s WHERE "index" = %s', [raw, leaf_hash(raw), index])


def _edit_leaf(index: int) -> None:
    run_sql('UPDATE audit_entry SET leaf = %s WHERE "index" = %s', [leaf_hash(b"x"), index])


def _delete(index: int) -> None:
    run_sql('DELETE FROM audit_entry WHERE "index" = %s', [index])


def _delete_and_close_the_gap(index: int) -> None:
    run_sql('DELETE FROM audit_entry WHERE "index" = %s', [index])
    for later in Entry.objects.filter(index__gt=index).order_by("index").values_list("index", flat=True):
        run_sql('UPDATE audit_entry SET "index" = %s WHERE "index" = %s', [later - 1, later])


def _rewrite_part(index: int, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    row = _entry(index)
    parts = loads(bytes(Blob.objects.get(pk=row.blob_id).body))
    change(parts[row.position])
    run_sql("UPDATE audit_blob SET body = %s WHERE id = %s", [dumps(parts), row.blob_id])


def _delete_route(index: int) -> None:
    _rewrite_part(index, lambda part: part["disclosures"].pop(0))


def _delete_message(index: int) -> None:
    _rewrite_part(index, lambda part: part["disclosures"].pop(1))


def _delete_all_disclosures(index: int) -> None:
    _rewrite_part(index, lambda part: part.update(disclosures=[]))


def _edit_route(index: int) -> None:
    def change(part: dict) -> None:  # type: ignore[type-arg]
        salt, name, value = open_disclosure(part["disclosures"][0])
        part["disclosures"][0] = disclosure(salt, name, {**value, "type": "view"})

    _rewrite_part(index, change)


def _delete_person(index: int) -> None:
    _rewrite_part(index, lambda part: part.update(persons=[]))


def _edit_ciphertext(index: int) -> None:
    def change(part: dict) -> None:  # type: ignore[type-arg]
        text = part["persons"][0]["ciphertext"]
        part["persons"][0]["ciphertext"] = text[:30] + ("A" if text[30] != "A" else "B") + text[31:]

    _rewrite_part(index, change)


def _put_another_persons_part_there(index: int) -> None:
    row = _entry(index + 1)
    other = loads(bytes(Blob.objects.get(pk=row.blob_id).body))[row.position]["persons"]
    _rewrite_part(index, lambda part: part.update(persons=other))


def _move_to_another_part(index: int) -> None:
    run_sql('UPDATE audit_entry SET position = position + 1 WHERE "index" = %s', [index])


ENTRY_TAMPERING = [
    _edit_bytes,
    _edit_one_bit,
    _edit_bytes_and_leaf,
    _edit_leaf,
    _delete,
    _delete_and_close_the_gap,
    _delete_route,
    _delete_message,
    _delete_all_disclosures,
    _edit_route,
    _delete_person,
    _edit_ciphertext,
    _put_another_persons_part_there,
    _move_to_another_part,
]


@pytest.mark.parametrize("tamper", ENTRY_TAMPERING, ids=lambda item: item.__name__)
def test_the_entry_is_named(log: int, tamper: Callable[[int], None]) -> None:
    index = log + NAMED
    tamper(index)
    first = verify().first
    assert first is not None
    assert (first.kind, first.number) == ("entry", index)
    assert first.text.startswith(f"entry {index}: ")


def test_deleting_the_newest_entries_is_named(log: int) -> None:
    size = read_head().size
    run_sql('DELETE FROM audit_entry WHERE "index" >= %s', [size - 3])
    assert str(verify().first) == f"entry {size - 3}: deleted; the log had {size} entries"


def test_a_log_cut_with_its_head_and_checkpoints_is_named_by_the_second_copy(log: int) -> None:
    size, at = read_head().size, log + 100
    run_sql('DELETE FROM audit_entry WHERE "index" >= %s', [at])
    run_sql("DELETE FROM audit_checkpoint WHERE size > %s", [at])
    frontier = Frontier()
    frontier.extend(bytes(leaf) for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True))
    run_sql("UPDATE audit_loghead SET size = %s, root = %s, frontier = %s", [at, frontier.root(), frontier.to_bytes()])
    assert str(verify().first) == f"entry {at}: deleted; the log had {size} entries"


def test_a_deleted_blob_names_the_first_of_its_entries(log: int) -> None:
    row = _entry(log + 100)
    run_sql("DELETE FROM audit_blob WHERE id = %s", [row.blob_id])
    first = verify().first
    assert first is not None
    assert first.number == log + 100


def test_deleted_and_changed_acts_are_named(log: int) -> None:
    run_sql("DELETE FROM audit_act WHERE seq = 5")
    assert "act 5" in str(verify().first)


def test_the_last_act_deleted_is_named_though_the_chain_is_whole(log: int) -> None:
    last = acts.version().seq
    run_sql("DELETE FROM audit_act WHERE seq = %s", [last])
    findings = [str(item) for item in verify().findings]
    assert any(f"act {last}: deleted; entry" in text for text in findings)


def test_a_swapped_hub_signature_is_named(log: int) -> None:
    other = Act.objects.get(pk=2).hub_signature
    run_sql("UPDATE audit_act SET hub_signature = %s WHERE seq = 4", [other])
    first = verify().first
    assert first is not None
    assert (first.kind, first.number) == ("act", 4)


def test_a_forged_checkpoint_is_named(log: int) -> None:
    row = Checkpoint.objects.order_by("size")[2]
    run_sql("UPDATE audit_checkpoint SET text = %s WHERE size = %s", [row.text.replace(f"\n{row.size}\n", f"\n{row.size - 1}\n"), row.size])
    first = verify().first
    assert first is not None
    assert (first.kind, first.number) == ("checkpoint", row.size)


def test_a_changed_tile_or_bundle_is_told_from_a_changed_entry(log: int) -> None:
    folder = Path(settings.TILES_DIR)
    tile = folder / "tile/0/000"
    tile.write_bytes(b"x" * 32 + tile.read_bytes()[32:])
    assert verify().first is not None
    assert verify().findings[0].kind == "tile"
    bundle = folder / "tile/entries/001"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    assert [item.kind for item in verify().findings] == ["tile", "tile"]


def test_a_changed_waiting_entry_is_named(log: int) -> None:
    with transaction.atomic():
        trail.record({"type": "case"})
    assert verify().is_sound
    run_sql("UPDATE audit_pending SET raw = %s", [b"{}"])
    first = verify().first
    assert first is not None
    assert first.kind == "waiting"


def test_a_destroyed_key_is_counted_not_accused(log: int) -> None:
    SubjectKey.objects.filter(blind=blind_of("person", "p7")).delete()
    report = verify()
    assert report.is_sound
    assert (report.persons, report.persons_unread) == (588, 12)


def test_several_faults_are_all_named_in_order(log: int) -> None:
    for offset in (10, 300, 500):
        _edit_one_bit(log + offset)
    assert [item.number for item in verify().findings] == [log + 10, log + 300, log + 500]


def test_findings_hold_nobodys_identifier(log: int) -> None:
    for tamper in (_edit_ciphertext, _edit_route, _edit_bytes):
        tamper(log + NAMED)
    row = _entry(log + NAMED)
    persons = part_at(bytes(Blob.objects.get(pk=row.blob_id).body), row.position).persons
    assert persons
    assert not any(re.search(r"\bp\d+\b", str(item)) for item in verify().findings)


def test_it_can_be_watched_and_cancelled(log: int) -> None:
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        raise Cancelled

    report = verify(on_progress=stop)
    assert report.is_cancelled
    assert not report.is_sound
    assert seen == [Progress(log + 600, log + 600)]


def test_the_command_names_the_first_bad_entry_and_fails(log: int, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_log")
    assert "All is proved" in capsys.readouterr().out
    _edit_bytes(log + 3)
    with pytest.raises(CommandError, match=f"entry {log + 3}: the stored bytes were changed") as error:
        call_command("verify_log")
    assert error.value.returncode == 1
