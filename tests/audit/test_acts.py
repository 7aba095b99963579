"""Appending acts: one transaction with its entry, refused by the chain, copied before it is acknowledged."""

from __future__ import annotations

import json
import threading
from base64 import b64decode, b64encode

import pytest
from django.conf import settings
from django.db import connections, transaction

from audit import acts, authority, ceremony, copy
from audit.acts import append, sign_order, standing
from audit.errors import OrderRefused, OutsideTransaction, PolicyRollback
from audit.locks import lock_exclusive, lock_shared
from audit.models import Act, Pending
from audit.parts import part_at
from audit.proof.canonical import Document, dumps, fresh_nonce
from audit.proof.disclosure import open_disclosure
from audit.signers import department_signer, root_signer


def _revocation(keyid: str) -> Document:
    return {
        "type": "revoke_key",
        "keyid": keyid,
        "reason": {"en": "lost", "zh": "遗失"},
        "hub": standing().ground.hub,
        "nonce": fresh_nonce(),
    }


def revoke_key(keyid: str) -> Act:
    order = _revocation(keyid)
    return append(order, [sign_order(order, signer=root_signer(), role="root")])


def test_first_acts_certify_the_hubs_own_keys(founded: None) -> None:
    allowed = standing()
    assert set(allowed.certificates) == {"hub/counter-1", "hub/log-1", "hub/answer-1", "hub/licence-1"}
    assert Act.objects.get(pk=1).type == "key"
    ceremony.found_hub()
    assert Act.objects.count() == 4


def test_an_act_changes_the_standing_and_is_an_entry(hub: None) -> None:
    row = revoke_key("civil-welfare/system-1")
    assert standing().certificates["civil-welfare/system-1"].revoked_seq == row.seq
    waiting = Pending.objects.get()
    assert bytes(waiting.leaf) == bytes(row.leaf)
    from audit.models import Blob

    texts = part_at(bytes(Blob.objects.get(pk=waiting.blob_id).body), waiting.position).disclosures
    opened = {name: value for _, name, value in map(open_disclosure, texts)}
    assert opened["message"] == {"act": row.hash}
    assert (opened["route"]["type"], opened["route"]["act"], opened["route"]["seq"]) == ("act", "revoke_key", row.seq)


def test_an_order_signed_by_the_wrong_side_is_refused_and_nothing_is_stored(hub: None) -> None:
    order = _revocation("civil-welfare/system-1")
    signature = sign_order(order, signer=department_signer("POLICE"), role="owner")
    before = acts.version()
    with pytest.raises(OrderRefused) as refused:
        append(order, [signature])
    assert refused.value.reason == "SIGNERS"
    assert acts.version() == before
    assert not Pending.objects.exists()


def test_the_same_order_is_never_accepted_twice(hub: None) -> None:
    order = _revocation("civil-welfare/system-1")
    signatures = [sign_order(order, signer=root_signer(), role="root")]
    append(order, signatures)
    with pytest.raises(OrderRefused):
        append(order, signatures)


def test_a_rolled_back_act_was_never_there(hub: None) -> None:
    before = standing()
    with transaction.atomic():
        revoke_key("civil-welfare/system-1")
        assert standing().certificates["civil-welfare/system-1"].revoked_seq is not None
        transaction.set_rollback(True)
    assert standing() is before
    assert not Pending.objects.exists()
    assert copy.head() == before.head


def test_a_savepoint_takes_back_only_its_own_act(hub: None) -> None:
    with transaction.atomic():
        revoke_key("civil-welfare/system-1")
        with transaction.atomic():
            revoke_key("POLICE/document-1")
            transaction.set_rollback(True)
        assert standing().certificates["civil-welfare/system-1"].revoked_seq is not None
        assert standing().certificates["POLICE/document-1"].revoked_seq is None
        ceremony.certify_department("HEALTH")
    assert standing().head == acts.version() == copy.head()
    assert "HEALTH/document-1" in standing().certificates


def test_acts_of_one_transaction_follow_each_other(hub: None) -> None:
    with transaction.atomic():
        ceremony.certify_department("HEALTH")
        ceremony.certify_system("health-insurance", "HEALTH")
        assert standing().systems["health-insurance"] == "HEALTH"
    acts.forget()
    assert standing().systems["health-insurance"] == "HEALTH"


def test_nothing_changed_costs_one_query(hub: None, django_assert_num_queries: object) -> None:
    standing()
    with django_assert_num_queries(1):  # type: ignore[operator]
        standing()


def test_locks_refuse_outside_a_transaction(hub: None) -> None:
    with connections["default"].cursor() as cursor:
        for lock in (lock_shared, lock_exclusive):
            with pytest.raises(OutsideTransaction):
                lock(cursor)


def test_many_at_once_make_one_gapless_chain(hub: None) -> None:
    first = acts.version().seq
    faults: list[BaseException] = []

    def certify(number: int) -> None:
        try:
            ceremony.certify_department(f"DEPT-{number}")
        except BaseException as error:  # noqa: BLE001 - whatever a thread meets is the test's to tell
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=certify, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert acts.version().seq == first + 8
    acts.forget()
    assert standing().head == copy.head() == acts.version()


class _Killed(BaseException):
    """Stands for the end of the process."""


def test_killed_before_the_commit_nothing_happened(hub: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = acts.version()

    def killed(*_: object) -> None:
        raise _Killed

    with monkeypatch.context() as broken:
        broken.setattr(acts, "hold_draft", killed)
        with pytest.raises(_Killed):
            revoke_key("civil-welfare/system-1")
    acts.forget()
    assert standing().head == before == copy.head()
    revoke_key("civil-welfare/system-1")
    assert standing().head == copy.head() != before


@pytest.mark.parametrize("point", ["before the line", "half a line", "line without fsync"])
def test_killed_after_the_commit_the_copy_heals_at_the_next_act(hub: None, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    real = copy._append

    def killed(lines: list[bytes]) -> None:
        if point == "half a line":
            with copy.acts_file().open("ab") as file:
                file.write(lines[0][:40])
        elif point == "line without fsync":
            real(lines)
        raise _Killed

    with monkeypatch.context() as broken:
        broken.setattr(copy, "_append", killed)
        with pytest.raises(_Killed):
            revoke_key("civil-welfare/system-1")
    acts.forget()
    assert standing().certificates["civil-welfare/system-1"].revoked_seq == acts.version().seq
    ceremony.certify_department("HEALTH")
    assert copy.head() == acts.version()
    assert [item.head.seq for item in copy.acts()] == list(range(1, acts.version().seq + 1))


def test_a_copy_that_cannot_be_written_is_no_acknowledgement(hub: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_lines: list[bytes]) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(copy, "_append", full)
        with pytest.raises(OSError, match="no space"):
            revoke_key("civil-welfare/system-1")
    copy.catch_up()
    assert copy.head() == acts.version()


def test_a_copy_with_another_act_at_the_same_place_stops_everything(hub: None) -> None:
    path = settings.COPY_DIR / "acts.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    last = json.loads(lines[-1])
    other = b64encode(b64decode(last["act"]).replace(b"civil-welfare", b"civil-another"))
    path.write_bytes(b"".join([*lines[:-1], dumps({**last, "act": other.decode()}) + b"\n"]))
    acts.forget()
    with pytest.raises(PolicyRollback):
        standing()
    assert path.read_bytes().endswith(b"\n")


def test_a_missing_copy_is_written_again_from_the_first_act(hub: None) -> None:
    (settings.COPY_DIR / "acts.jsonl").unlink()
    acts.forget()
    revoke_key("civil-welfare/system-1")
    assert [item.head.seq for item in copy.acts()] == list(range(1, acts.version().seq + 1))


def test_drafts_belong_to_their_thread(hub: None) -> None:
    before = standing()
    seen: list[object] = []

    def look() -> None:
        seen.append(authority._own_draft(acts.version()))
        connections.close_all()

    with transaction.atomic():
        revoke_key("civil-welfare/system-1")
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [None]
    assert standing().head.seq == before.head.seq + 1
