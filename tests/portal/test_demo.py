"""The demonstration's one-click sign-in: invented people only, in the demonstration only."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from pytest_django.fixtures import Settings

from exchange.accounts.actions import add_person, bind, open_account
from exchange.accounts.demonstration import resident_account, sign_in
from exchange.accounts.models import Binding, Method, Person, RateCount, Role
from exchange.accounts.subject import Assurance, subject_of
from tests.world import World

PAGES = ("/en/demo", "/en/demo/messages", "/zh-hans/demo")


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.DEMO = True


def go(client: Client, key: str, **data: str) -> str:
    answer = client.post(f"/en/demo/sign-in/{key}", data)
    assert answer.status_code == 302, answer.status_code
    return str(answer["Location"])


@pytest.mark.parametrize("path", PAGES)
def test_the_demonstrations_pages_exist_in_the_demonstration_only(founded: None, client: Client, settings: Settings, path: str) -> None:
    assert client.get(path).status_code == 404
    settings.DEMO = True
    assert client.get(path).status_code == 200


def test_nobody_is_signed_in_with_one_click_outside_the_demonstration(world: World, client: Client) -> None:
    for key in [*sign_in().residents, *sign_in().staff, "anybody"]:
        assert client.post(f"/en/demo/sign-in/{key}").status_code == 404
    assert not Binding.objects.exists()
    assert "_auth_user_id" not in client.session


def test_a_resident_is_signed_in_and_bound(founded: None, demo: None, client: Client) -> None:
    assert go(client, "wheelchair_user", next="/en/services") == "/en/services"
    person = Person.objects.get(pk=client.session["_auth_user_id"])
    assert subject_of(person) == sign_in().residents["wheelchair_user"].subject
    assert (person.assurance, person.name_en) == ("LOW", "Luo Xiaomei")


def test_the_second_click_signs_in_to_the_same_account(founded: None, demo: None, client: Client) -> None:
    go(client, "widow_of_83")
    go(client, "wheelchair_user")
    go(client, "widow_of_83")
    assert Person.objects.filter(username__startswith="resident-").count() == 2
    assert Binding.objects.count() == 2


def test_a_visitor_who_proved_to_be_a_resident_does_not_stop_the_tour(founded: None, demo: None) -> None:
    resident = resident_account("wheelchair_user")
    visitor = open_account("visitor", password=None, acting_system="tests")
    subject = sign_in().residents["wheelchair_user"].subject
    bind(visitor, subject=subject, method=Method.CODE, assurance=Assurance.SUBSTANTIAL, acting_system="tests")
    assert subject_of(resident_account("wheelchair_user")) == subject
    assert Person.objects.get(pk=resident.pk).assurance == "LOW"


def test_staff_are_signed_in_and_strangers_are_not(world: World, demo: None, client: Client) -> None:
    add_person("cab-officer", names={"en": "A", "zh": "B"}, department=world.requester, role=Role.OFFICER, acting_user=None)
    assert go(client, "officer", next="//elsewhere.example/") == "/en/console/cases"
    assert Person.objects.get(pk=client.session["_auth_user_id"]).username == "cab-officer"
    for key in ("clerk", "cab.signer", "man_before_80", "the-deceased"):
        assert client.post(f"/en/demo/sign-in/{key}").status_code == 404


def test_it_takes_a_form_of_ours(founded: None, demo: None) -> None:
    assert Client(enforce_csrf_checks=True).post("/en/demo/sign-in/wheelchair_user").status_code == 403
    assert Client().get("/en/demo/sign-in/wheelchair_user").status_code == 405


def test_a_new_person_has_a_new_session(founded: None, demo: None, client: Client) -> None:
    go(client, "wheelchair_user")
    before = client.session.session_key
    go(client, "widow_of_83")
    assert client.session.session_key != before


@pytest.mark.usefixtures("early_in_an_hour")
def test_clicking_without_end_is_slowed_down(founded: None, demo: None, client: Client) -> None:
    go(client, "wheelchair_user")
    RateCount.objects.update(count=30)
    assert client.post("/en/demo/sign-in/wheelchair_user").status_code == 429


def test_the_tour_has_six_steps_and_the_home_page_leads_to_it(founded: None, demo: None, client: Client) -> None:
    assert client.get("/en/demo").content.decode().count("mz-tour__number") == 6
    assert 'href="/en/demo"' in client.get("/en/").content.decode()


def test_the_home_page_has_no_tour_outside_the_demonstration(founded: None, client: Client) -> None:
    assert "/en/demo" not in client.get("/en/").content.decode()


def test_a_jurisdiction_without_a_demonstration_offers_nobody(founded: None, demo: None, client: Client, settings: Settings) -> None:
    settings.JURISDICTION_DIR = settings.BASE_DIR / "tests" / "second_jurisdiction"
    assert client.get("/en/demo").status_code == 404
    assert client.post("/en/demo/sign-in/wheelchair_user").status_code == 404


def test_the_deployment_check_refuses_the_demonstration_at_a_public_address(settings: Settings) -> None:
    settings.DEMO, settings.PUBLIC_IS_HTTPS = True, True
    with pytest.raises(SystemCheckError, match=r"accounts\.E001"):
        call_command("check", "--deploy", "--fail-level", "ERROR")
