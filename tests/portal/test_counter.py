"""The counter: a clerk serves a citizen in five presses, learns answers and no values, and keeps nothing afterwards."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exchange.accounts.actions import open_account, unbind
from exchange.accounts.models import Person
from exchange.accounts.subject import subject_of
from exchange.affairs.counter import visits
from exchange.affairs.models import AccountCode, Case, CounterVisit, Evidence
from tests.affairs.conftest import affairs_world  # noqa: F401 - a fixture
from tests.affairs.world import IDENTIFIERS, AffairsWorld


@pytest.fixture
def clerk(affairs_world: AffairsWorld) -> Client:  # noqa: F811
    client = Client()
    client.force_login(affairs_world.staff["cab_clerk"])
    return client


def begin(client: Client, identifier: str = IDENTIFIERS["granted"], **other: Any) -> Any:
    return client.post("/en/counter", {"matter": "M04", "kind": "person", "identifier": identifier, **other})


def screen_of(world: AffairsWorld) -> str:
    return f"/en/screen/{visits.desk_of(world.staff['cab_clerk']).screen}"


def say(world: AffairsWorld, answer: str) -> Any:
    visit = CounterVisit.objects.exclude(state="ENDED").get()
    return Client().post(f"{screen_of(world)}/answer", {"visit": str(visit.pk), "answer": answer})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def hand_in(client: Client, **fields: str) -> Any:
    """What the page sends: what it showed, and what the clerk marked."""
    shown = re.findall(r'name="shown" value="(\w+)"', text(client.get("/en/counter/visit")))
    return client.post("/en/counter/visit/hand-in", {"shown": shown, **fields}, follow=True)


def test_a_citizen_is_served_in_five_presses(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    assert begin(clerk).status_code == 302  # 1
    assert Evidence.objects.count() == 0, "somebody was asked before the citizen said yes"
    say(affairs_world, "yes")  # the citizen's own press
    shown = text(clerk.get("/en/counter/visit"))
    assert "Is this right?" in shown
    assert "City commercial bank" not in shown
    assert "1234<" not in shown, "a value was shown to the clerk"
    assert IDENTIFIERS["granted"] not in shown
    assert hand_in(clerk).status_code == 200  # 2
    assert "Granted" in text(clerk.get("/en/counter/visit"))
    paper = text(clerk.get("/en/counter/visit/paper"))  # 3
    assert "<svg" in paper
    assert "/v/" in paper
    wiped = clerk.post("/en/counter/visit/next")  # 4
    assert wiped["Clear-Site-Data"]
    case = Case.objects.get()
    assert (case.outcome, case.channel, case.assurance, case.person) == ("GRANTED", "COUNTER", "HIGH", None)
    assert case.clerk == affairs_world.staff["cab_clerk"]


def test_a_signed_slip_stands_for_the_second_screen(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk)
    slip = text(clerk.get("/en/counter/visit/slip"))
    assert CounterVisit.objects.get().slip in slip
    assert IDENTIFIERS["granted"] not in slip
    clerk.post("/en/counter/visit/confirmed")
    assert CounterVisit.objects.get().confirmed_how == "SLIP"
    assert Case.objects.get().state == "PREVIEW"


def test_the_next_person_wipes_everything(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk)
    say(affairs_world, "yes")
    clerk.post("/en/counter/visit/next")
    visit = CounterVisit.objects.get()
    assert (visit.subject_kind, visit.subject_sealed, visit.state) == ("", None, "ENDED")
    for page in ("visit", "visit/slip", "visit/paper"):
        assert clerk.get(f"/en/counter/{page}")["Location"] == "/en/counter"
    for step in ("confirmed", "hand-in"):
        clerk.post(f"/en/counter/visit/{step}")
    assert Case.objects.get().state == "PREVIEW", "a step was taken for somebody who had left"


def test_a_no_on_the_screen_ends_the_visit_and_asks_nobody(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk)
    say(affairs_world, "no")
    assert CounterVisit.objects.get().state == "ENDED"
    assert not Case.objects.exists()


def test_a_yes_for_another_visit_counts_for_nothing(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk)
    seen = CounterVisit.objects.get()
    clerk.post("/en/counter/visit/next")
    begin(clerk, IDENTIFIERS["care_only"])
    Client().post(f"{screen_of(affairs_world)}/answer", {"visit": str(seen.pk), "answer": "yes"})
    assert not Case.objects.exists(), "a yes that was said to one visit began another"


def test_a_forgotten_visit_is_over_by_itself(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk)
    CounterVisit.objects.update(last_used_at=timezone.now() - visits.QUIET - timedelta(seconds=1))
    assert clerk.get("/en/counter/visit")["Location"] == "/en/counter"
    assert CounterVisit.objects.get().subject_sealed is None


def test_one_citizen_stands_at_a_desk_at_a_time(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk)
    assert begin(clerk, IDENTIFIERS["refused"])["Location"] == "/en/counter/visit"
    assert CounterVisit.objects.count() == 1


def test_a_mistyped_number_is_said_before_anybody_is_asked(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    wrong = IDENTIFIERS["granted"][:-1] + ("1" if IDENTIFIERS["granted"][-1] != "1" else "2")
    answer = begin(clerk, wrong)
    assert answer.status_code == 422
    assert "Read the card again" in text(answer)
    assert not CounterVisit.objects.exists()


@pytest.mark.parametrize("who", ["cab_officer", "auditor", "cab_admin", "reviewer"])
def test_only_clerks_serve(who: str, affairs_world: AffairsWorld) -> None:  # noqa: F811
    client = Client()
    client.force_login(affairs_world.staff[who])
    assert client.get("/en/counter").status_code == 403
    assert begin(client).status_code == 403
    assert not CounterVisit.objects.exists()


def test_what_the_citizen_calls_wrong_goes_to_an_officer(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk, IDENTIFIERS["refused"])
    say(affairs_world, "yes")
    sent = {"answer.certificate_valid": "DISPUTED", "words.certificate_valid": "I have one."}
    hand_in(clerk, **sent)
    case = Case.objects.get()
    assert (case.state, case.officer_needed, case.outcome) == ("SUBMITTED", True, "")
    assert "An officer decides" in text(clerk.get("/en/counter/visit"))


def test_a_wrong_without_words_is_asked_for_words(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk)
    say(affairs_world, "yes")
    answer = hand_in(clerk, **{"answer.certificate_valid": "DISPUTED"})
    assert "what is wrong" in text(answer)
    assert Case.objects.get().state == "PREVIEW"


def test_an_unknown_screen_is_not_found(db: None) -> None:
    assert Client().get("/en/screen/AAAAAAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_a_renewed_screen_shows_nothing_at_its_old_address(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk)
    old = screen_of(affairs_world)
    clerk.post("/en/counter/visit/next")
    clerk.post("/en/counter/screen")
    assert Client().get(old).status_code == 404
    assert Client().get(screen_of(affairs_world)).status_code == 200


def code_of(clerk: Client) -> str:
    shown = re.search(r"<strong>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</strong>", text(clerk.post("/en/counter/visit/account")))
    assert shown
    return shown[1]


@pytest.fixture
def stranger(affairs_world: AffairsWorld) -> Client:  # noqa: F811
    """Somebody with an account that is bound to nobody."""
    client = Client()
    client.force_login(open_account("newcomer", password=None, acting_system="tests"))
    return client


def test_a_code_from_the_counter_binds_the_citizens_account(clerk: Client, stranger: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk, IDENTIFIERS["old"])
    say(affairs_world, "yes")
    unbind(affairs_world.people["old"], acting_system="tests")
    code = code_of(clerk)
    clerk.post("/en/counter/visit/next")
    assert stranger.post("/en/me/who-are-you/counter", {"code": code.lower()}).status_code == 302
    person = Person.objects.get(username="newcomer")
    assert (subject_of(person).identifier, person.assurance) == (IDENTIFIERS["old"], "HIGH")


def test_a_code_counts_once(clerk: Client, stranger: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk, IDENTIFIERS["old"])
    say(affairs_world, "yes")
    code = code_of(clerk)
    stranger.post("/en/me/who-are-you/counter", {"code": code})
    other = Client()
    other.force_login(open_account("thief", password=None, acting_system="tests"))
    assert other.post("/en/me/who-are-you/counter", {"code": code}).status_code == 422
    assert not Person.objects.get(username="thief").identifier_sealed


def test_an_old_code_does_not_count(clerk: Client, stranger: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk, IDENTIFIERS["old"])
    say(affairs_world, "yes")
    code = code_of(clerk)
    AccountCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert stranger.post("/en/me/who-are-you/counter", {"code": code}).status_code == 422


def test_no_code_before_the_citizens_yes(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk)
    assert clerk.post("/en/counter/visit/account").status_code == 302
    assert not AccountCode.objects.exists()


@pytest.mark.usefixtures("early_in_an_hour")
def test_guessing_codes_is_stopped(stranger: Client) -> None:
    statuses = [stranger.post("/en/me/who-are-you/counter", {"code": f"AAAA-AAAA-AA{n:02d}"}).status_code for n in range(12)]
    assert statuses[:10] == [422] * 10
    assert statuses[10:] == [429] * 2


def test_an_account_at_work_is_not_bound(clerk: Client, affairs_world: AffairsWorld) -> None:  # noqa: F811
    begin(clerk, IDENTIFIERS["old"])
    say(affairs_world, "yes")
    code = code_of(clerk)
    officer = Client()
    officer.force_login(affairs_world.staff["cab_officer"])
    officer.post("/en/me/who-are-you/counter", {"code": code})
    assert not affairs_world.staff["cab_officer"].bindings.exists()
