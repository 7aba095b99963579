"""The pages of one's own account: light, in plain words, whole without scripts, and about nobody but the reader."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from exchange.accounts import codes, outbox
from exchange.accounts.actions import bind, open_account, unbind
from exchange.accounts.models import Binding, CodeRequest, Method, Person
from exchange.accounts.subject import Assurance, Subject
from tests.accounts.registered import LUO, NAME, TWIN, register_people
from tests.portal.citizen_pages import text_of
from tests.portal.test_citizen_frame import LIMIT, forbidden_in, weight
from tests.world import World

STRANGER = ("me/who-are-you", "me/who-are-you/account", "demo/messages")


@pytest.fixture
def registers(world: World, settings: Settings) -> World:
    settings.DEMO = True
    register_people(world)
    return world


@pytest.fixture
def person(registers: World) -> Person:
    return open_account("luo", password=None, acting_system="tests")


def bound(person: Person, identifier: str = LUO) -> None:
    bind(person, subject=Subject("person", identifier), method=Method.CODE, assurance=Assurance.SUBSTANTIAL, acting_system="tests")


def seen_by(client: Client, language: str, *paths: str) -> dict[str, Any]:
    return {path: client.get(f"/{language}/{path}") for path in paths}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_light_and_in_plain_words(person: Person, client: Client, language: str) -> None:
    seen = seen_by(client, language, *STRANGER)
    client.force_login(person)
    seen |= {f"unbound {path}": page for path, page in seen_by(client, language, "me/account", "me/who-are-you").items()}
    client.post(f"/{language}/me/who-are-you", {"identifier": LUO, "name": NAME})
    seen |= seen_by(client, language, "me/who-are-you/code")
    bound(person)
    outbox.send(person, "bound", language=language)
    seen |= seen_by(client, language, "me/account")
    for path, page in seen.items():
        assert page.status_code == 200, path
        assert weight(page.content) <= LIMIT, f"{path}: {weight(page.content):,} bytes"
        assert not forbidden_in(text_of(page)), path


def test_the_account_page_shows_the_last_digits_only(person: Person, client: Client) -> None:
    bound(person)
    client.force_login(person)
    page = client.get("/en/me/account").content.decode()
    assert f"…{LUO[-4:]}" in page
    assert LUO not in page
    assert LUO[:-4] not in page


def test_ending_the_connection_takes_the_records_away_and_changes_the_session(person: Person, client: Client) -> None:
    bound(person)
    client.force_login(person)
    before = client.session.session_key
    assert client.post("/en/me/account/end")["Location"] == "/en/me/account"
    assert client.session.session_key != before
    assert not Person.objects.get(pk=person.pk).identifier_blind
    assert client.get("/en/me/cases")["Location"].startswith("/en/me/who-are-you")


@pytest.mark.parametrize("how", ["query", "body", "header", "cookie"])
def test_nobody_ends_or_reads_another_account_whatever_they_send(person: Person, client: Client, how: str) -> None:
    bound(person)
    other = open_account("chen", password=None, acting_system="tests")
    bound(other, TWIN)
    client.force_login(other)
    named = {name: str(value) for name, value in {"person": person.pk, "user": person.pk, "account": "luo", "identifier": LUO}.items()}
    query = "?" + "&".join(f"{name}={value}" for name, value in named.items()) if how == "query" else ""
    headers = {f"X-{name.title()}": value for name, value in named.items()} if how == "header" else {}
    if how == "cookie":
        client.cookies.load(named)
    assert LUO[-4:] not in text_of(client.get(f"/en/me/account{query}", headers=headers)) or LUO[-4:] == TWIN[-4:]
    client.post(f"/en/me/account/end{query}", named if how == "body" else {}, headers=headers)
    assert Binding.objects.get(person=person).ended_at is None
    assert Binding.objects.get(person=other).ended_at is not None


def test_earlier_connections_stay_as_history(person: Person, client: Client) -> None:
    bound(person)
    unbind(person, acting_user=person)
    client.force_login(person)
    assert "Earlier connections" in client.get("/en/me/account").content.decode()


def test_no_address_and_no_cookie_carries_who_somebody_is(person: Person, client: Client) -> None:
    client.force_login(person)
    answer = client.post("/en/me/who-are-you", {"identifier": LUO, "name": NAME})
    held = str(dict(client.session)) + str(client.cookies) + str(answer["Location"])
    assert LUO not in held
    assert NAME not in held
    assert str(CodeRequest.objects.get().pk) not in str(client.cookies)


@pytest.mark.usefixtures("early_in_an_hour")
def test_what_was_typed_is_not_said_again_by_a_refusal(person: Person, client: Client) -> None:
    client.force_login(person)
    for _ in range(codes.CODES_AN_HOUR):
        client.post("/en/me/who-are-you", {"identifier": LUO, "name": NAME})
    refused = client.post("/en/me/who-are-you", {"identifier": LUO, "name": NAME})
    assert refused.status_code == 429
    assert LUO not in refused.content.decode()
    assert NAME not in refused.content.decode()


def test_without_agreements_the_page_says_where_else_to_go(world: World, client: Client) -> None:
    client.force_login(open_account("luo", password=None, acting_system="tests"))
    assert "come to a counter" in client.get("/en/me/who-are-you").content.decode()
