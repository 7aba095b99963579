"""Somebody with the database's password changes the acts: nothing is accepted, while it runs and after a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit import acts, ceremony, sequencer
from audit.acts import standing
from audit.errors import PolicyRollback
from audit.models import Act, Blob, Checkpoint, Entry
from audit.proof.canonical import dumps, loads
from audit.proof.keys import PemSigner, generate_private_key, sign_document
from audit.replay import replay_copy
from tests.audit.conftest import run_sql
from tests.audit.test_acts import revoke_key

REVOKED = "civil-welfare/system-1"


@pytest.fixture
def revoked(hub: None) -> int:
    """A key is revoked in the middle of the chain, and everything is under a checkpoint; the seq of the revocation."""
    row = revoke_key(REVOKED)
    ceremony.certify_department("HEALTH")
    ceremony.certify_department("TAX")
    sequencer.sequence_once()
    return row.seq


def _delete_last(_seq: int) -> None:
    run_sql("DELETE FROM audit_act WHERE seq = (SELECT max(seq) FROM audit_act)")


def _delete_middle(seq: int) -> None:
    run_sql("DELETE FROM audit_act WHERE seq = %s", [seq])


def _delete_and_close_the_gap(seq: int) -> None:
    run_sql("DELETE FROM audit_act WHERE seq = %s", [seq])
    for later in Act.objects.filter(seq__gt=seq).order_by("seq").values_list("seq", flat=True):
        run_sql("UPDATE audit_act SET seq = %s WHERE seq = %s", [later - 1, later])


def _truncate(_seq: int) -> None:
    run_sql("DELETE FROM audit_act")


def _restore_older(seq: int) -> None:
    run_sql("DELETE FROM audit_act WHERE seq >= %s", [seq])


def _edit_raw(seq: int) -> None:
    raw = bytes(Act.objects.get(pk=seq).raw)
    run_sql("UPDATE audit_act SET raw = %s WHERE seq = %s", [raw.replace(b"civil-welfare/system-1", b"civil-nothing/system-1"), seq])


def _edit_head_hash(_seq: int) -> None:
    run_sql("UPDATE audit_act SET hash = 'sha256:' || %s WHERE seq = (SELECT max(seq) FROM audit_act)", ["0" * 64])


def _swap_hub_signature(seq: int) -> None:
    other = Act.objects.get(pk=seq - 1).hub_signature
    run_sql("UPDATE audit_act SET hub_signature = %s WHERE seq = %s", [other, seq])


def _insert_forged(_seq: int) -> None:
    last = Act.objects.order_by("seq").last()
    assert last is not None
    act = {**loads(bytes(last.raw)), "seq": last.seq + 1, "prev": last.hash}
    stranger = PemSigner("hub/counter-1", generate_private_key())
    signature = sign_document(stranger, kind="act", document=act, role="hub", signed_at=act["at"])
    Act.objects.create(
        seq=last.seq + 1,
        hash="sha256:" + "1" * 64,
        type="key",
        at=act["at"],
        raw=dumps(act),
        hub_signature=dumps(signature).decode(),
        leaf=bytes(last.leaf),
    )


def _insert_a_copy_of_an_old_act(_seq: int) -> None:
    last, first = Act.objects.order_by("seq").last(), Act.objects.get(pk=4)
    assert last is not None
    Act.objects.create(
        seq=last.seq + 1,
        hash="sha256:" + "2" * 64,
        type=first.type,
        at=first.at,
        raw=bytes(first.raw),
        hub_signature=first.hub_signature,
        leaf=bytes(first.leaf),
    )


TAMPERING: list[Callable[[int], None]] = [
    _delete_last,
    _delete_middle,
    _delete_and_close_the_gap,
    _truncate,
    _restore_older,
    _edit_raw,
    _edit_head_hash,
    _swap_hub_signature,
    _insert_forged,
    _insert_a_copy_of_an_old_act,
]


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda item: item.__name__)
def test_after_a_restart_nothing_is_accepted(revoked: int, tamper: Callable[[int], None]) -> None:
    tamper(revoked)
    acts.forget()
    for _ in range(2):
        with pytest.raises(PolicyRollback):
            standing()


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda item: item.__name__)
def test_while_it_runs_the_revocation_stands_or_nothing_does(revoked: int, tamper: Callable[[int], None]) -> None:
    assert standing().certificates[REVOKED].revoked_seq == revoked
    tamper(revoked)
    try:
        allowed = standing()
    except PolicyRollback:
        return
    assert allowed.certificates[REVOKED].revoked_seq == revoked
    assert set(allowed.certificates) == {
        "hub/counter-1",
        "hub/log-1",
        "hub/answer-1",
        "hub/licence-1",
        "CIVIL/document-1",
        "POLICE/document-1",
        REVOKED,
        "HEALTH/document-1",
        "TAX/document-1",
    }


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda item: item.__name__)
def test_nothing_is_appended_to_a_chain_that_does_not_verify(revoked: int, tamper: Callable[[int], None]) -> None:
    tamper(revoked)
    acts.forget()
    rows = Act.objects.count()
    with pytest.raises(PolicyRollback):
        ceremony.certify_department("INTRUDER")
    assert Act.objects.count() == rows


@pytest.mark.parametrize("tamper", [_delete_last, _delete_middle, _truncate, _restore_older, _edit_raw, _swap_hub_signature])
def test_the_hub_is_back_when_the_second_copy_is_replayed(revoked: int, tamper: Callable[[int], None]) -> None:
    head = acts.version()
    tamper(revoked)
    acts.forget()
    with pytest.raises(PolicyRollback):
        standing()
    assert replay_copy() >= 1
    assert standing().head == head
    assert standing().certificates[REVOKED].revoked_seq == revoked
    assert replay_copy() == 0


def test_it_lasts_until_the_data_are_right_and_no_longer(revoked: int) -> None:
    held = standing()
    row = Act.objects.get(pk=held.head.seq)
    run_sql("DELETE FROM audit_act WHERE seq = %s", [row.seq])
    for _ in range(2):
        with pytest.raises(PolicyRollback):
            standing()
    row.save(force_insert=True)
    assert standing() is held


def _delete_entry(leaf: bytes) -> None:
    run_sql("DELETE FROM audit_entry WHERE leaf = %s", [leaf])


def _edit_entry(leaf: bytes) -> None:
    run_sql("UPDATE audit_entry SET raw = %s WHERE leaf = %s", [b'{"v":1}', leaf])


def _point_to_another_entry(leaf: bytes) -> None:
    other = Entry.objects.exclude(leaf=leaf).order_by("index").first()
    assert other is not None
    run_sql("UPDATE audit_act SET leaf = %s WHERE leaf = %s", [bytes(other.leaf), leaf])


def _delete_disclosures(leaf: bytes) -> None:
    run_sql("DELETE FROM audit_blob WHERE id = %s", [Entry.objects.get(leaf=leaf).blob_id])


def _empty_disclosures(leaf: bytes) -> None:
    blob = Blob.objects.get(pk=Entry.objects.get(leaf=leaf).blob_id)
    parts = loads(bytes(blob.body))
    parts[0]["disclosures"] = parts[0]["disclosures"][:1]
    run_sql("UPDATE audit_blob SET body = %s WHERE id = %s", [dumps(parts), blob.pk])


def _swap_places(leaf: bytes) -> None:
    first, second = Entry.objects.get(leaf=leaf), Entry.objects.exclude(leaf=leaf).order_by("index").first()
    assert second is not None
    for index, row in ((10_000, first), (first.index, second), (second.index, first)):
        run_sql('UPDATE audit_entry SET "index" = %s WHERE leaf = %s', [index, bytes(row.leaf)])


@pytest.mark.parametrize(
    "tamper",
    [_delete_entry, _edit_entry, _point_to_another_entry, _delete_disclosures, _empty_disclosures, _swap_places],
    ids=lambda item: item.__name__,
)
def test_an_act_counts_only_with_its_entry_in_the_log(revoked: int, tamper: Callable[[bytes], None]) -> None:
    tamper(bytes(Act.objects.get(pk=revoked).leaf))
    acts.forget()
    with pytest.raises(PolicyRollback):
        standing()


def test_a_forged_checkpoint_is_not_believed(revoked: int) -> None:
    newest = Checkpoint.objects.order_by("-size").first()
    assert newest is not None
    run_sql("UPDATE audit_checkpoint SET text = %s WHERE size = %s", [newest.text.replace(f"\n{newest.size}\n", "\n1\n"), newest.size])
    acts.forget()
    with pytest.raises(PolicyRollback):
        standing()


def test_deleting_all_checkpoints_does_not_hide_that_the_log_was_cut(revoked: int) -> None:
    last = Act.objects.order_by("seq").last()
    assert last is not None
    run_sql("DELETE FROM audit_checkpoint")
    run_sql("DELETE FROM audit_entry WHERE leaf = %s", [bytes(last.leaf)])
    run_sql("DELETE FROM audit_act WHERE seq = %s", [last.seq])
    acts.forget()
    with pytest.raises(PolicyRollback):
        standing()


def test_acts_stand_also_when_the_tiles_are_gone(revoked: int) -> None:
    import shutil

    from django.conf import settings

    shutil.rmtree(settings.TILES_DIR)
    acts.forget()
    assert standing().certificates[REVOKED].revoked_seq == revoked
