"""The indexes: written from the log, in any order, as often as one likes, whatever was damaged."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from audit import follower, search, sequencer, trail
from audit.head import read_head
from audit.models import Blob, EntryIndex, SubjectTrace
from audit.proof.canonical import Document
from audit.subjects import blind_of
from tests.audit.conftest import run_sql

ROUTE: Document = {
    "type": "exchange",
    "requester": "CIVIL",
    "system": "civil-welfare",
    "provider": "POLICE",
    "dataset": "R01",
    "agreement": "a" * 32,
    "method": "QUERY",
    "purpose": "WELFARE",
    "outcome": "ANSWERED",
    "reason": "",
    "count": 2,
}


def _exchange(*identifiers: str, **changes: str) -> None:
    people = tuple(trail.PersonNamed("person", item, "subject", "c", "o", None, "FOUND") for item in identifiers)
    with transaction.atomic():
        trail.record({**ROUTE, **changes}, persons=people)


def _everything() -> tuple[list[Any], list[tuple[Any, ...]]]:
    traces = [(bytes(blind), *rest) for blind, *rest in SubjectTrace.objects.values_list("blind", "entry", "position")]
    return list(EntryIndex.objects.order_by("entry").values()), sorted(traces)


def test_an_exchange_is_found_by_its_parties_and_its_persons(hub: None) -> None:
    start = read_head().size
    _exchange("a", "b")
    sequencer.sequence_once()
    follower.follow_once()
    row = EntryIndex.objects.get(entry=start)
    assert {name: getattr(row, name) for name in ROUTE} == ROUTE
    assert row.time_ms > 1_700_000_000_000
    assert [(t.entry, t.position) for t in SubjectTrace.objects.filter(blind=blind_of("person", "b"))] == [(start, 1)]


def test_acts_are_found_by_type_and_place(hub: None) -> None:
    follower.follow_once()
    assert EntryIndex.objects.filter(type="act", act_type="key").count() == read_head().size
    assert EntryIndex.objects.get(act_seq=5).provider == "CIVIL"


def test_rebuilding_gives_the_same(hub: None) -> None:
    for n in range(5):
        _exchange(f"p{n}", purpose=f"P{n}")
    sequencer.sequence_once()
    follower.follow_once()
    before = _everything()
    assert follower.rebuild() == read_head().size
    assert _everything() == before
    run_sql("UPDATE audit_loghead SET followed_size = 2")
    EntryIndex.objects.filter(entry=3).delete()
    follower.follow_once()
    assert _everything() == before


def test_it_follows_in_pieces_until_it_is_there(hub: None) -> None:
    with transaction.atomic():
        trail.insert([trail.build(trail.Draft(ROUTE), at_ms=trail.now_ms(), keys={}) for _ in range(3000)])
    sequencer.sequence_once()
    while follower.follow_once():
        pass
    assert EntryIndex.objects.count() == read_head().size == read_head().followed_size


def test_a_damaged_blob_does_not_hold_up_the_rest(hub: None) -> None:
    start = read_head().size
    _exchange("a")
    _exchange("b")
    Blob.objects.filter(pk=Blob.objects.order_by("pk").values_list("pk", flat=True)[start]).update(body=b"{")
    sequencer.sequence_once()
    follower.follow_once()
    assert EntryIndex.objects.get(entry=start).type == follower.UNREADABLE
    assert EntryIndex.objects.get(entry=start + 1).type == "exchange"


def test_search_finds_by_either_side_and_turns_pages(hub: None) -> None:
    for n in range(5):
        _exchange("a", requester="TAX" if n % 2 else "CIVIL", provider="CIVIL" if n % 2 else "POLICE")
    sequencer.sequence_once()
    follower.follow_once()
    assert search.search({"department": "CIVIL", "type": "exchange"}).count() == 5
    assert search.search({"requester": "TAX"}).count() == 2
    first, before = search.page({"type": "exchange", "limit": "3"})
    second, end = search.page({"type": "exchange", "limit": "3", "before": str(before)})
    entries = [row.entry for row in first + second]
    assert entries == sorted(entries, reverse=True)
    assert (len(first), len(second), end) == (3, 2, None)
