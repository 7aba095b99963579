"""Nothing of one country stands in code: a hub of an invented country takes its citizens through its own matter."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import Client

from catalog.identifiers import IdentifierError, kinds
from exchange.affairs import actions
from exchange.affairs.applicants import applicant_of
from exchange.affairs.gathering import gather_now
from exchange.affairs.matters.registers import FileRegisters
from exchange.affairs.models import Case, Decision, Evidence
from exchange.affairs.reading import judgement_of
from exchange.sharing import jurisdiction
from tests.affairs import lakeland
from tests.remembered import remembered


@pytest.fixture
def lakeland_hub(db: None, settings: Any) -> lakeland.Lakeland:
    """A hub of Lakeland, founded and built."""
    lakeland.settle(settings)
    hub: lakeland.Lakeland = remembered("lakeland", lakeland.build)
    return hub


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


def test_a_program_of_the_other_country_goes_the_whole_way(lakeland_hub: lakeland.Lakeland) -> None:
    client = Client()
    client.force_login(lakeland_hub.people["stranger"], backend="allauth.account.auth_backends.AuthenticationBackend")

    def post(path: str, body: Any = None) -> Any:
        answer = client.post(f"/api/v1/affairs/cases{path}", data=json.dumps(body or {}), content_type="application/json")
        assert answer.status_code < 300, answer.content
        return answer.json()

    number = post("", {"matter": "winter-fuel"})["number"]
    post(f"/{number}/request")
    assert gather_now(Case.objects.get(number=number))
    pieces = client.get(f"/api/v1/affairs/cases/{number}/evidence").json()["evidence"]
    post(f"/{number}/preview", {"answers": {piece["requirement"]: "ACCEPTED" for piece in pieces}})
    assert post(f"/{number}/submit")["outcome"] == "REFUSED"
    decision = client.get(f"/api/v1/affairs/cases/{number}/decision").json()
    assert decision["appeal"]["en"] == "Ask the Hearth Office for another look within 30 days."
    assert decision["benefits"][0]["because"] == ["burns_fuel", "north_shore"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_take_the_other_countrys_citizen_through(lakeland_hub: lakeland.Lakeland, language: str) -> None:
    client = Client()
    client.force_login(lakeland_hub.people["northerner"], backend="allauth.account.auth_backends.AuthenticationBackend")
    here = f"/{language}"
    assert client.get(f"{here}/services/winter-fuel").status_code == 200
    client.post(f"{here}/apply/winter-fuel")
    case = Case.objects.get()
    page = f"{here}/me/cases/{case.number}"
    client.post(f"{page}/ask")
    assert gather_now(case)
    shown = client.get(page)
    assert shown.status_code == 200
    assert "7777" in shown.content.decode()
    codes = list(Evidence.objects.values_list("requirement", flat=True))
    client.post(f"{page}/submit", {"shown": codes})
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("DECIDED", "GRANTED")
    assert "LKM" in client.get(page).content.decode()
