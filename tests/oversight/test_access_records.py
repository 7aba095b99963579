"""Who looked me up: every entry that names the person and no other, from the log itself, in plain words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.errors import Missing
from audit.models import Blob, Entry, EntryIndex, SubjectKey, SubjectTrace
from audit.proof.canonical import b64url, dumps, fresh_nonce
from audit.proof.disclosure import disclosure
from audit.subjects import blind_of
from exchange.accounts.subject import Subject
from exchange.oversight.access_records import AccessKind, Filters, Group, access_record, access_records
from exchange.oversight.access_records.offices import offices_of
from exchange.oversight.access_records.recount import recount
from tests.delivery.wire_caller import COMMON, Caller
from tests.oversight.citizens import VALID, citizen, looked_up, subject
from tests.portal.auditor_log import merge
from tests.world import World
from tests.world_data import SUBJECTS, UNKNOWN_SUBJECT


def all_entries(number: int = 0, **filters: Any) -> list[int]:
    """Page after page, as a reader turns them."""
    found: list[int] = []
    cursor = ""
    while True:
        page = access_records(subject(number), filters=Filters(**filters), cursor=cursor, size=3)
        found += [line.entry for line in page.lines]
        if not page.older:
            return found
        cursor = page.older


def test_each_kind_of_line_is_one_plain_sentence(world: World) -> None:
    looked_up(world)
    lines = access_records(subject()).lines
    assert [line.kind for line in lines] == [
        AccessKind.GROUP_DATA,
        AccessKind.GROUP_QUESTIONS,
        AccessKind.GROUP_QUESTION,
        AccessKind.REFUSED,
        AccessKind.DATA,
        AccessKind.QUESTIONS,
        AccessKind.QUESTION,
    ]
    day = timezone.localtime().strftime("%-d %B")
    assert lines[-1].sentence == (
        f"On {day} the Civil Affairs Bureau asked the Disabled Persons' Federation one question: "
        "“Holds a valid certificate?” Answer: no. For: Disability allowances."
    )
    assert lines[3].sentence == (
        f"On {day} the Civil Affairs Bureau tried to ask the Disabled Persons' Federation about you. It was refused. "
        "This purpose is not agreed between the two offices. Nothing was told."
    )
    with translation.override("zh-hans"):
        assert "民政局" in lines[-1].sentence
        assert "On " not in lines[-1].sentence


def test_officer_and_reference_are_those_of_the_call(world: World) -> None:
    looked_up(world)
    lines = access_records(subject()).lines
    assert (lines[-1].case, lines[-1].is_automatic) == ("CASE-7", True)
    assert (lines[-2].officer, lines[-2].is_automatic) == ("staff-12", False)
    assert [(asked.name, asked.answer) for asked in lines[-2].asked] == [("valid", "NO"), ("grade_in", "YES")]
    assert lines[-2].asked[1].title == "The grade is one of these (1)"


def test_the_list_is_what_a_recount_of_the_whole_log_finds(world: World) -> None:
    looked_up(world)
    looked_up(world, 1)
    for number in range(3):
        counted = recount(subject(number))
        assert sorted(all_entries(number)) == list(counted.entries)
        assert not counted.unreadable
    assert recount(subject()).kinds["REFUSED"] == 1


def test_a_recount_finds_what_a_rewritten_index_hides(world: World) -> None:
    looked_up(world)
    hidden = access_records(subject()).lines[0].entry
    SubjectTrace.objects.filter(entry=hidden).delete()
    assert hidden not in all_entries()
    assert hidden in recount(subject()).entries


def test_somebody_whom_nothing_names_has_an_empty_list_and_gets_no_key(world: World) -> None:
    looked_up(world)
    keys = SubjectKey.objects.count()
    assert access_records(Subject("person", UNKNOWN_SUBJECT)).lines == []
    assert recount(Subject("person", UNKNOWN_SUBJECT)).entries == ()
    assert SubjectKey.objects.count() == keys


def test_no_line_is_told_to_anybody_whom_it_does_not_name(world: World) -> None:
    looked_up(world)
    own = set(recount(subject()).entries)
    for entry in range(Entry.objects.count() + 2):
        if entry in own:
            assert access_record(subject(), entry).entry == entry
        else:
            with pytest.raises(Missing):
                access_record(subject(), entry)
    for entry in (-1, 2**62, 2**63 - 1):
        with pytest.raises(Missing):
            access_record(subject(), entry)


def test_a_forged_index_shows_nobody_elses_line(world: World) -> None:
    """The trace is the index's word only: without a part that the own key opens, nothing of the entry is told."""
    looked_up(world, 1)
    merge()
    strange = recount(subject(2)).entries[0]
    SubjectTrace.objects.create(blind=blind_of(*subject(9).who), entry=strange, position=0)
    Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[9], VALID)
    merge()
    line = next(line for line in access_records(subject(9)).lines if line.entry == strange)
    assert (line.kind, line.requester, line.case, dict(line.route)) == (AccessKind.DAMAGED, "", "", {})


def _own_ciphertext(part: dict[str, Any], own: str) -> None:
    sealed = next(item for item in part["persons"] if item["blind"] == own)
    sealed["ciphertext"] = sealed["ciphertext"][:-8] + "AAAAAAAA"


def _own_blind(part: dict[str, Any], own: str) -> None:
    next(item for item in part["persons"] if item["blind"] == own)["blind"] = "A" * 43


def _route(part: dict[str, Any], _own: str) -> None:
    part["disclosures"][0] = disclosure(fresh_nonce(), "route", {"type": "exchange", "parts": ["route"], "time_ms": 0})


def _a_person_taken_away(part: dict[str, Any], own: str) -> None:
    part["persons"] = [item for item in part["persons"] if item["blind"] != own]


@pytest.mark.parametrize("alter", [_own_ciphertext, _own_blind, _route, _a_person_taken_away])
def test_an_altered_line_is_told_as_damaged_and_never_as_something_else(world: World, alter: Any) -> None:
    looked_up(world)
    line = access_records(subject()).lines[1]
    row = Entry.objects.get(index=line.entry)
    parts = json.loads(bytes(Blob.objects.get(pk=row.blob_id).body))
    alter(parts[row.position], b64url(blind_of(*subject().who)))
    Blob.objects.filter(pk=row.blob_id).update(body=dumps(parts))
    (told,) = (found for found in access_records(subject()).lines if found.entry == line.entry)
    assert (told.kind, told.requester, told.case) == (AccessKind.DAMAGED, "", "")
    assert "cannot be read any more" in told.sentence


def test_cursors_lead_through_every_line_and_back(world: World) -> None:
    looked_up(world)
    everything = [line.entry for line in access_records(subject()).lines]
    assert all_entries() == everything
    second = access_records(subject(), cursor=access_records(subject(), size=3).older, size=3)
    back = access_records(subject(), cursor=second.newer, size=3)
    assert [line.entry for line in back.lines] == everything[:3]
    for wild in ("b", "bx", "b" + "9" * 40, "a-1", "z9", "'; DROP", "b²"):
        assert [line.entry for line in access_records(subject(), cursor=wild).lines] == everything


def test_filters_narrow_by_office_kind_day_and_refusal(world: World) -> None:
    looked_up(world)
    everything, today = all_entries(), timezone.localdate()
    assert all_entries(department="CAB") == all_entries(department="DPF") == everything
    assert all_entries(department="HSG") == []
    assert len(all_entries(refused_only=True)) == 1
    assert all_entries(group=Group.OFFICES) == everything
    assert all_entries(group=Group.OWN_RECORDS) == []
    assert all_entries(since=today) == all_entries(until=today) == everything
    assert all_entries(since=today + timedelta(days=1)) == all_entries(until=today - timedelta(days=1)) == []


def test_a_filter_never_shows_a_line_that_only_the_index_says_fits(world: World) -> None:
    looked_up(world)
    EntryIndex.objects.update(outcome="REFUSED")
    assert len(all_entries(refused_only=True)) == 1


def test_a_hundred_lines_cost_as_many_queries_as_one(world: World) -> None:
    counts = []
    for number in (1, 9, 90):
        caller = Caller("CAB-relief")
        caller.replies([caller.arrival(world.agreement.agreement_id, "verify", _body()) for _ in range(number)])
        merge()
        with CaptureQueriesContext(connection) as queries:
            page = access_records(subject(), size=100)
        counts.append((len(page.lines), len(queries)))
    assert [lines for lines, _ in counts] == [1, 10, 100]
    assert len({queries for _, queries in counts}) == 1


def _body() -> dict[str, Any]:
    return {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[0], "facts": [VALID]}


def test_what_waits_for_its_place_is_announced_and_then_listed(world: World) -> None:
    looked_up(world)
    before = len(all_entries())
    Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], VALID)
    page = access_records(subject())
    assert (page.is_behind, len(page.lines)) == (True, before)
    merge()
    page = access_records(subject())
    assert (page.is_behind, len(page.lines)) == (False, before + 1)


def test_offices_are_counted_with_their_refused_attempts(world: World) -> None:
    looked_up(world)
    (office,) = offices_of(subject())
    assert (office.code, office.times, office.refused) == ("CAB", 7, 1)
    assert len(all_entries(asked_by="CAB")) == office.times
    assert len(all_entries(asked_by="CAB", refused_only=True)) == office.refused
    assert all_entries(asked_by="DPF") == []


def test_the_same_fact_with_other_parameters_is_another_question_with_its_own_answer(world: World) -> None:
    grades = [{"fact": "grade_in", "with": {"grades": [grade]}} for grade in (1, 2)]
    Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], grades[0], VALID, grades[1])
    Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], grades[1], grades[0])
    merge()
    second, first = access_records(subject()).lines
    assert [(asked.title[-3:], asked.answer) for asked in first.asked] == [("(1)", "YES"), ("ate", "NO"), ("(2)", "NO")]
    assert [(asked.title[-3:], asked.answer) for asked in second.asked] == [("(2)", "NO"), ("(1)", "YES")]
    assert "2 questions about you" in second.sentence


def test_an_older_line_that_lost_an_answer_tells_none_of_them(world: World) -> None:
    """Before answers were told apart the last one stood for all: it is not known of which question."""
    grades = [{"fact": "grade_in", "with": {"grades": [grade]}} for grade in (1, 2)]
    Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], *grades)
    merge()
    (line,) = access_records(subject()).lines
    assert [asked.answer for asked in replace(line, state={"grade_in": "NO"}).asked] == ["", ""]


def test_a_refused_question_outside_the_agreement_is_not_told_as_another_one(world: World) -> None:
    Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], {"fact": "no_such_fact"})
    merge()
    (line,) = access_records(subject()).lines
    assert (line.kind, line.asked) == (AccessKind.REFUSED, ())


def test_binding_an_account_is_a_line_too(world: World) -> None:
    citizen(4)
    merge()
    (line,) = access_records(subject(4)).lines
    assert (line.kind, line.is_answerable) == (AccessKind.STEP, False)
    assert "proved who you are" in line.sentence
