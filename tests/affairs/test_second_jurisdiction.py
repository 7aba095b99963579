"""Nothing of one country stands in code: a hub of an invented country takes its citizens through its own matter."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from audit import ceremony
from catalog.identifiers import IdentifierError, kinds
from exchange.affairs import actions
from exchange.affairs.applicants import applicant_of
from exchange.affairs.gathering import gather_now
from exchange.affairs.matters.registers import FileRegisters
from exchange.affairs.models import Case, Decision, Evidence
from exchange.affairs.reading import judgement_of
from exchange.sharing import jurisdiction
from tests.affairs import lakeland


@pytest.fixture
def lakeland_hub(db: None, settings: Any) -> lakeland.Lakeland:
    """A hub of Lakeland, founded and built."""
    lakeland.settle(settings)
    ceremony.found_hub()
    return lakeland.build()


def decided(hub: lakeland.Lakeland, name: str) -> Case:
    """Take one citizen from the start to the decision, accepting all that is shown."""
    applicant = applicant_of(hub.people[name])
    case = actions.start_case(hub.matter, applicant=applicant, language="en")
    case = actions.ask_offices(case, applicant=applicant)
    assert gather_now(case)
    case.refresh_from_db()
    shown = Evidence.objects.filter(evidence_set=case.evidence_set_id, state__in=["FETCHED", "NO_RECORD"])
    actions.answer_preview(case, answers={row.requirement: "ACCEPTED" for row in shown}, words={}, applicant=applicant)
    return actions.submit(case, applicant=applicant)


def test_a_citizen_of_another_country_is_granted_at_once(lakeland_hub: lakeland.Lakeland) -> None:
    case = decided(lakeland_hub, "northerner")
    assert (case.state, case.outcome, case.how) == ("DECIDED", "GRANTED", "AT_ONCE")
    assert {row.dataset for row in Evidence.objects.all()} == {"K1", "K2", "K3"}


def test_a_citizen_of_another_country_is_refused_with_the_reason_of_its_own_law(lakeland_hub: lakeland.Lakeland) -> None:
    case = decided(lakeland_hub, "southerner")
    assert (case.state, case.outcome) == ("DECIDED", "REFUSED")
    [benefit] = judgement_of(Decision.objects.get(case=case)).benefits
    assert benefit.because == ("north_shore",)
    assert benefit.causes[0].article["en"] == "Hearth Act, rule 7"


def test_the_working_days_are_those_of_the_other_country(settings: Any) -> None:
    lakeland.settle(settings)
    calendar = jurisdiction.calendar()
    day = datetime.date(2026, 11, 21)  # a Saturday
    assert calendar.is_working_day(day)
    assert not calendar.is_working_day(datetime.date(2026, 11, 19))  # a Thursday
    assert not calendar.is_working_day(datetime.date(2026, 11, 23))
    assert calendar.is_working_day(datetime.date(2026, 11, 27))
    assert jurisdiction.time_limit("answer_conditional").working_days == 3


def test_identifiers_are_those_of_the_other_country(settings: Any) -> None:
    lakeland.settle(settings)
    kinds().check("roll_name", kinds().normalise("roll_name", " lk 000001-a "))
    with pytest.raises(IdentifierError):
        kinds().check("person", "510102198804120265")


def test_the_folder_decides_and_not_the_country_that_ships_with_the_hub(settings: Any) -> None:
    before = jurisdiction.time_limit("answer_conditional")
    lakeland.settle(settings)
    assert FileRegisters().departments == {"REEVE", "ROLL", "HEARTH", "PURSE"}
    assert jurisdiction.time_limit("answer_conditional") != before
