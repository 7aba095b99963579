"""The writing door: no transaction, no entry; what is stored names nobody."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from audit import ceremony, trail
from audit.errors import OutsideTransaction
from audit.models import Blob, LogHead, Pending, SubjectKey
from audit.parts import part_at
from audit.proof.canonical import Document
from audit.proof.disclosure import check_persons
from audit.proof.envelope import open_person, person_disclosure
from audit.proof.merkle import leaf_hash
from audit.proof.verify import verify_disclosures

IDENTIFIER = "510104198001010017"
ROUTE: Document = {"type": "exchange", "requester": "CIVIL", "provider": "POLICE", "outcome": "ANSWERED", "count": 1}


@pytest.fixture(autouse=True)
def _keys() -> None:
    ceremony.make_hub_keys()


def _person(identifier: str = IDENTIFIER) -> trail.PersonNamed:
    return trail.PersonNamed("person", identifier, "subject", "case-7", "automatic", ["name"], "FOUND")


def _built(*people: trail.PersonNamed) -> trail.Built:
    keys = trail.subject_keys(person.who for person in people)
    return trail.build(trail.Draft(ROUTE, {"request": "r", "answer": "a"}, people), at_ms=1_763_682_400_123, keys=keys)


def test_an_entry_without_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(OutsideTransaction):
        trail.insert([_built()])
    assert not Pending.objects.exists()


def test_a_change_that_is_rolled_back_leaves_no_entry(transactional_db: None) -> None:
    with transaction.atomic():
        trail.record(ROUTE)
        transaction.set_rollback(True)
    assert not Pending.objects.exists()
    assert not Blob.objects.exists()


def test_a_batch_is_one_blob_and_keeps_the_exact_bytes(db: None) -> None:
    built = [_built(_person()), _built(), _built(_person("x"), _person("y"))]
    trail.insert(built)
    rows = list(Pending.objects.order_by("id"))
    assert Blob.objects.count() == 1
    assert [(bytes(row.raw), bytes(row.leaf), row.position) for row in rows] == [(b.raw, b.leaf, n) for n, b in enumerate(built)]
    assert all(bytes(row.leaf) == leaf_hash(bytes(row.raw)) for row in rows)


def test_postgresql_does_not_try_to_compress_what_lies_beside_entries(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite compresses nothing")
    with connection.cursor() as cursor:
        cursor.execute("SELECT attstorage FROM pg_attribute WHERE attrelid = 'audit_blob'::regclass AND attname = 'body'")
        assert cursor.fetchone() in [("e",), (b"e",)]


def test_disclosures_match_the_entry_and_carry_time_and_parts(db: None) -> None:
    built = _built(_person())
    opened = verify_disclosures(0, built.raw, built.disclosures)
    assert opened["route"]["time_ms"] == 1_763_682_400_123
    assert opened["route"]["parts"] == ["route", "message", "subject"]
    assert opened["message"] == {"request": "r", "answer": "a"}


def test_what_is_stored_never_holds_the_identifier(db: None) -> None:
    trail.insert([_built(_person())])
    stored = bytes(Blob.objects.get().body) + bytes(Pending.objects.get().raw) + bytes(SubjectKey.objects.get().wrapped)
    assert IDENTIFIER.encode() not in stored
    part = part_at(bytes(Blob.objects.get().body), 0)
    assert all(IDENTIFIER not in str(value) for value in verify_disclosures(0, bytes(Pending.objects.get().raw), part.disclosures).values())


def test_persons_are_rebuilt_from_ciphertext_and_key(db: None) -> None:
    people = [_person(), _person("second")]
    built = _built(*people)
    trail.insert([built])
    part = part_at(bytes(Blob.objects.get().body), 0)
    keys = trail.subject_keys(person.who for person in people)
    texts = []
    for position, person in enumerate(people):
        key = keys[person.who].key
        opened = open_person(key, part.nonce, position, part.persons[position].ciphertext)
        assert part.persons[position].blind == keys[person.who].blind
        texts.append(person_disclosure(key, part.nonce, position, opened))
    persons = check_persons(verify_disclosures(0, built.raw, built.disclosures)["subject"], texts)
    assert [person["id"] for person in persons] == [IDENTIFIER, "second"]
    assert set(persons[0]) == {"id", "role", "case", "officer", "asked", "state"}


def test_a_person_keeps_one_key_and_kinds_are_kept_apart(db: None) -> None:
    first = trail.subject_keys([("person", "a"), ("person", "b")])
    again = trail.subject_keys([("person", "a"), ("passport", "a")])
    assert again["person", "a"] == first["person", "a"]
    assert again["passport", "a"].key != first["person", "a"].key
    assert SubjectKey.objects.count() == 3


def test_time_never_goes_behind_the_newest_sequenced_entry(db: None) -> None:
    from audit.head import read_head

    read_head()
    LogHead.objects.update(newest_ms=9_000_000_000_000)
    assert trail.now_ms() == 9_000_000_000_000


def test_backlog_tells_how_many_wait_and_since_when(db: None) -> None:
    assert trail.backlog() == trail.Backlog(0, None)
    trail.insert([_built(), _built()])
    backlog = trail.backlog()
    assert backlog == trail.Backlog(2, 1_763_682_400_123)
    assert backlog.is_behind(1_763_682_400_123 + trail.OLDEST_PENDING_MS + 1)
    assert not backlog.is_behind(1_763_682_400_123 + trail.OLDEST_PENDING_MS)
    assert not backlog.is_full()
