"""A whole application as its citizen reads it: each question, each step, each officer's look; equal to a recount of the log."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.accounts.subject import Subject, subject_of
from exchange.affairs import actions
from exchange.affairs.models import Case
from exchange.affairs.viewed import record_view
from exchange.oversight.access_records import AccessKind, access_records
from exchange.oversight.access_records.recount import recount
from exchange.oversight.slips import take_away
from tests.affairs.world import AffairsWorld
from tests.oversight.citizens import browser
from tests.oversight.test_slips import proved_list
from tests.portal.auditor_log import merge


@pytest.fixture
def decided(affairs_world: AffairsWorld) -> Case:
    """A decided case of one citizen beside one of another."""
    case = affairs_world.submitted("granted")
    affairs_world.submitted("refused")
    merge()
    return case


def who(world: AffairsWorld, name: str = "granted") -> Subject:
    return subject_of(world.people[name])


def test_the_list_is_a_recount_for_everybody(affairs_world: AffairsWorld, decided: Case) -> None:
    for name in affairs_world.people:
        subject = who(affairs_world, name)
        assert [line.entry for line in access_records(subject, size=200).lines][::-1] == list(recount(subject).entries)


def test_every_question_of_the_case_is_a_line_with_its_reference(affairs_world: AffairsWorld, decided: Case) -> None:
    lines = access_records(who(affairs_world), size=200).lines
    asked = [line for line in lines if line.is_about_data]
    assert {line.case for line in asked} == {decided.number}
    assert {line.provider for line in asked} == {"DPF", "CAB", "HRSS"}
    own = [line for line in asked if line.kind is AccessKind.OWN_ROWS]
    assert [line.provider for line in own] == ["CAB"]
    questions = {item.title: item.answer for line in asked for item in line.asked}
    assert questions["Is your disability certificate valid"] == "YES"
    grades = [answer for title, answer in questions.items() if "grade" in title]
    assert sorted(grades) == ["NO", "YES"]
    steps = [str(line.route["event"]) for line in lines if line.kind is AccessKind.STEP and line.route.get("type") == "case"]
    assert {"start", "ask_offices", "gathered", "submit", "decide"} <= set(steps)
    assert not [line.sentence for line in lines if "something about you was written down" in line.sentence]
    assert not [line.sentence for line in lines if "a step of your application was written down" in line.sentence]


def test_ones_own_application_is_linked_and_anothers_reference_is_not(affairs_world: AffairsWorld, decided: Case) -> None:
    mine = browser(affairs_world.people["granted"])
    text = mine.get("/en/me/access").content.decode()
    assert f'href="/en/me/cases/{decided.number}"' in text
    other = Case.objects.exclude(pk=decided.pk).get()
    assert other.number not in text


def test_an_officers_look_is_a_line_of_who_looked(affairs_world: AffairsWorld, decided: Case) -> None:
    officer = affairs_world.staff["cab_officer"]
    record_view(decided, acting_user=officer, what=["certificate_valid"])
    merge()
    line = access_records(who(affairs_world)).lines[0]
    assert (line.kind, line.officer, line.case, line.requester) == (AccessKind.VIEW, officer.username, decided.number, "CAB")
    assert "looked at what was found for your application" in line.sentence
    assert line.is_answerable
    assert line.entry not in [other.entry for other in access_records(who(affairs_world, "refused")).lines]


def test_the_officers_page_records_its_look(affairs_world: AffairsWorld) -> None:
    case = affairs_world.submitted("to_officer")
    officer = browser(affairs_world.staff["cab_officer"])
    assert officer.get(f"/en/console/cases/{case.number}").status_code == 200
    merge()
    kinds = [line.kind for line in access_records(who(affairs_world, "to_officer")).lines]
    assert AccessKind.VIEW in kinds


def test_the_file_to_take_away_proves_every_line_of_the_case(affairs_world: AffairsWorld, decided: Case) -> None:
    subject = who(affairs_world)
    found = proved_list(json.loads(b"".join(take_away(subject))))
    assert tuple(slip.entry.index for slip in found.slips) == recount(subject).entries
    assert not found.unproved
    text = b"".join(take_away(subject)).decode()
    for name in affairs_world.people:
        if name != "granted":
            assert who(affairs_world, name).identifier not in text


def test_a_provider_that_is_asked_again_after_an_objection_is_another_line(affairs_world: AffairsWorld, decided: Case) -> None:
    line = next(line for line in access_records(who(affairs_world)).lines if line.provider == "DPF")
    applicant = affairs_world.applicant("granted")
    objection = actions.object_to(entry=line.entry, provider="DPF", dataset=line.dataset, words="Wrong.", applicant=applicant)
    actions.settle_objection(objection, upheld=False, answer="It is right.", acting_user=affairs_world.staff["dpf_officer"])
    merge()
    events = [found.route.get("event") for found in access_records(who(affairs_world)).lines[:2]]
    assert events == ["settle_objection", "object"]
    assert "answered what you had said is wrong" in access_records(who(affairs_world)).lines[0].sentence


def test_the_page_costs_as_many_queries_for_many_cases_as_for_one(affairs_world: AffairsWorld, decided: Case) -> None:
    counts: list[tuple[int, Any]] = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            lines = len(access_records(who(affairs_world), size=200).lines)
        counts.append((lines, len(queries)))
        affairs_world.submitted("granted")
        merge()
    assert counts[0][0] < counts[1][0]
    assert counts[0][1] == counts[1][1]
