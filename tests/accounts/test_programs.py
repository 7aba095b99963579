"""A program gets access only from a person who is there, keeps it only as long as that person has theirs, and does only what is listed."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from exchange.accounts.actions import end_service
from exchange.accounts.models import Person, Program, ProgramAsking
from exchange.accounts.programs import actions
from exchange.accounts.programs.scopes import OPENED
from tests.accounts.test_people_deputies import newest_route
from tests.rules.routes import all_routes
from tests.world import World

PAGE = "/en/accounts/programs/"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ALL = "read requests officer"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(person: Person, *, signed_in_s_ago: float = 1, method: str = "password") -> Client:
    """A browser in which the person signed in that long ago."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    session = client.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time() - signed_in_s_ago}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def post(path: str, body: dict[str, str], **address: Any) -> Any:
    """As the standards have it: a form without files."""
    return Client().post(f"/api/v1/programs/{path}", urlencode(body), content_type="application/x-www-form-urlencoded", **address)


def ask(scope: str = ALL, **address: Any) -> dict[str, Any]:
    answer = post("ask", {"client_id": "hub", "machine": "relief-01", "scope": scope}, **address)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def collect(asked: dict[str, Any]) -> Any:
    return post("token", {"grant_type": GRANT, "client_id": "hub", "device_code": asked["device_code"]})


def answer(person: Person, asked: dict[str, Any], *, do: str = "allow", scopes: str = ALL, **when: Any) -> Any:
    body = {"user_code": asked["user_code"], "do": do, "scopes": scopes.split()}
    return browser(person, **when).post(PAGE, body)


def token_of(person: Person, scopes: str = ALL) -> str:
    asked = ask(scopes)
    assert answer(person, asked, scopes=scopes).status_code == 302
    return str(collect(asked).json()["access_token"])


def call(token: str, path: str = "/api/v1/me", method: str = "GET", **options: Any) -> Any:
    return Client(raise_request_exception=False).generic(method, path, headers={"Authorization": f"Bearer {token}"}, **options)


def test_a_program_gets_its_token_once_a_person_has_allowed_it(world: World) -> None:
    person, asked = world.person("asker"), ask()
    assert re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", asked["user_code"])
    assert asked["verification_uri_complete"].endswith(f"/accounts/programs/?user_code={asked['user_code']}")
    shown = browser(person).get(PAGE, {"user_code": asked["user_code"].lower()}).content.decode()
    assert "relief-01" in shown
    assert (collect(asked).status_code, collect(asked).json()["error"]) == (400, "slow_down")
    assert answer(person, asked).status_code == 302
    told = collect(asked)
    assert (told.json()["token_type"], told.json()["scope"], told["Cache-Control"]) == ("Bearer", "officer read requests", "no-store")
    assert call(told.json()["access_token"]).json()["username"] == person.username
    assert collect(asked).json()["error"] == "expired_token"


def test_until_somebody_answers_the_program_waits_and_then_hears_the_no(world: World) -> None:
    asked = ask()
    waiting = collect(asked)
    assert (waiting.status_code, waiting.json()["error"], waiting.json()["code"]) == (400, "authorization_pending", "AUTHORIZATION_PENDING")
    assert answer(world.person("asker"), asked, do="refuse").status_code == 302
    assert collect(asked).json()["error"] == "access_denied"
    assert answer(world.person("asker"), asked).status_code == 422
    assert not Program.objects.exists()


def test_who_asks_too_often_waits_five_seconds_longer_each_time(world: World) -> None:
    asked = ask()
    errors = [collect(asked).json()["error"] for _ in range(3)]
    assert errors == ["authorization_pending", "slow_down", "slow_down"]
    assert ProgramAsking.objects.get().interval_s == 15


def test_codes_and_tokens_stand_nowhere_in_clear(world: World) -> None:
    asked = ask()
    answer(world.person("asker"), asked)
    token = collect(asked).json()["access_token"]
    secrets = {asked["device_code"], asked["user_code"], asked["user_code"].replace("-", ""), token}
    kept = repr([list(ProgramAsking.objects.values_list()), list(Program.objects.values_list())])
    assert not any(secret in kept or repr(secret.encode())[2:-1] in kept for secret in secrets)
    assert len(token) == len("mzp_") + 43


def test_a_code_is_good_for_fifteen_minutes(world: World) -> None:
    asked = ask()
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert answer(world.person("asker"), asked).status_code == 422
        assert collect(asked).json()["error"] == "expired_token"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"client_id": "hub", "machine": "a", "scope": "everything"}, "invalid_scope"),
        ({"client_id": "hub"}, "invalid_request"),
        ({"client_id": "hub", "machine": "a" * 81}, "invalid_request"),
        ({"client_id": "hub", "machine": "a\u202eb"}, "invalid_request"),
    ],
)
def test_a_program_that_asks_wrongly_is_told(db: None, body: dict[str, str], error: str) -> None:
    refused = post("ask", body)
    assert (refused.status_code, refused.json()["error"]) == (400, error)


def test_asking_is_limited_by_address(db: None) -> None:
    for _ in range(10):
        ask(REMOTE_ADDR="192.0.2.1")
    refused = post("ask", {"client_id": "hub", "machine": "a"}, REMOTE_ADDR="192.0.2.1")
    assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_TRIES")
    ask(REMOTE_ADDR="192.0.2.2")


def test_asking_is_limited_for_the_whole_hub(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_ASKED_OF_THE_HUB", 2)
    ask(REMOTE_ADDR="192.0.2.1")
    ask(REMOTE_ADDR="192.0.2.2")
    assert post("ask", {"client_id": "hub", "machine": "a"}, REMOTE_ADDR="192.0.2.3").status_code == 429


def test_guessing_codes_is_slowed_down(world: World) -> None:
    client = browser(world.person("asker"))
    statuses = [client.get(PAGE, {"user_code": "BBBB-BBBB"}).status_code for _ in range(21)]
    assert statuses == [422] * 20 + [429]


def test_a_person_may_give_less_than_was_asked_and_never_more(world: World) -> None:
    asked = ask("read requests")
    answer(world.person("asker"), asked, scopes="read")
    token = collect(asked).json()["access_token"]
    refused = call(token, "/api/v1/requests", "POST")
    assert (refused.status_code, refused.json()["code"], refused.json()["scope"]) == (403, "SCOPE_NEEDED", "requests")
    more = ask("read")
    assert answer(world.person("asker"), more, scopes="read officer").status_code == 422
    assert answer(world.person("asker"), more, scopes="").status_code == 422


def test_whoever_works_for_no_department_allows_nothing(world: World) -> None:
    citizen = Person.objects.create(username="citizen", password=make_password("x"))
    asked = ask()
    assert browser(citizen).get(PAGE).status_code == 403
    assert answer(citizen, asked).status_code == 403
    assert collect(asked).json()["error"] == "authorization_pending"


def test_what_was_shown_long_ago_is_shown_once_more_before_anything_is_allowed(world: World) -> None:
    person, asked = world.person("asker"), ask()
    Person.objects.filter(pk=person.pk).update(password=make_password("long enough 1"))
    person.refresh_from_db()
    led = answer(person, asked, signed_in_s_ago=3600)
    assert led.status_code == 302
    assert led["Location"].startswith("/en/accounts/reauthenticate/?next=")
    assert collect(asked).json()["error"] == "authorization_pending"


def test_whoever_has_a_second_step_shows_that_one(world: World) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    person, asked = world.person("asker"), ask()
    TOTP.activate(person, generate_totp_secret())
    led = answer(person, asked, method="password")
    assert led["Location"].startswith("/en/accounts/2fa/reauthenticate/?next=")
    assert collect(asked).json()["error"] == "authorization_pending"
    assert answer(person, asked, method="mfa")["Location"] == PAGE


def test_a_code_from_another_address_is_shown_with_a_warning(world: World) -> None:
    words = "another network address"
    here, there = ask(), ask(REMOTE_ADDR="192.0.2.7")
    client = browser(world.person("asker"))
    assert words not in client.get(PAGE, {"user_code": here["user_code"]}).content.decode()
    assert words in client.get(PAGE, {"user_code": there["user_code"]}).content.decode()


def test_access_ends_when_it_is_not_used_and_after_thirty_days(world: World) -> None:
    token, now = token_of(world.person("asker")), timezone.now()
    with time_machine.travel(now + timedelta(hours=11), tick=False):
        assert call(token).status_code == 200
    with time_machine.travel(now + timedelta(hours=22), tick=False):
        assert call(token).status_code == 200
    with time_machine.travel(now + timedelta(hours=35), tick=False):
        refused = call(token)
        assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer realm="hub", error="invalid_token"')
    Program.objects.update(used_at=now + timedelta(days=31))
    with time_machine.travel(now + timedelta(days=31), tick=False):
        assert call(token).status_code == 401


def test_access_ends_with_the_password(world: World) -> None:
    person = world.person("asker")
    token, early = token_of(person), ask()
    answer(person, early)
    Person.objects.filter(pk=person.pk).update(password=make_password("another one 2"))
    assert call(token).status_code == 401
    assert collect(early).json()["error"] == "expired_token"


def test_access_ends_with_the_end_of_service(world: World) -> None:
    person = world.person("steward")
    token = token_of(person)
    end_service(person, department=world.owner, to=None, acting_user=world.person("owner_admin"))
    assert call(token).status_code == 401


def test_a_program_is_listed_and_ended_on_the_page_by_its_person_alone(world: World) -> None:
    person = world.person("asker")
    token, program = token_of(person), Program.objects.get()
    assert "relief-01" in browser(person).get(PAGE).content.decode()
    assert "relief-01" not in browser(world.person("signer")).get(PAGE).content.decode()
    assert browser(world.person("signer")).post(f"{PAGE}{program.pk}/end/").status_code == 404
    assert call(token).status_code == 200
    assert browser(person).post(f"{PAGE}{program.pk}/end/").status_code == 302
    assert call(token).status_code == 401
    assert "relief-01" not in browser(person).get(PAGE).content.decode()


def test_a_program_gives_its_token_back(world: World) -> None:
    token = token_of(world.person("asker"))
    assert post("revoke", {"token": token}).status_code == 200
    assert call(token).status_code == 401
    assert post("revoke", {"token": "mzp_nothing"}).status_code == 200


def test_a_token_is_judged_alone_whatever_cookies_come_with_it(world: World) -> None:
    client = browser(world.person("asker"))
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer mzp_wrong"}).status_code == 401


def test_no_page_knows_a_token(world: World) -> None:
    assert call(token_of(world.person("asker")), "/en/console").status_code == 302


def test_an_entry_names_the_program_that_acted(world: World) -> None:
    token, program = token_of(world.person("asker")), Program.objects.get()
    path = f"/api/v1/requests/{world.request.number}/parts/R14/messages"
    said = call(token, path, "POST", data=b'{"text": "Which allowance?"}', content_type="application/json")
    assert said.status_code == 201, said.content
    assert newest_route()["program"] == str(program.pk)
    browser(world.person("asker")).post(path, {"text": "And when?"}, content_type="application/json")
    assert "program" not in newest_route()


def test_every_address_that_is_not_listed_refuses_every_program(world: World) -> None:
    """The closed list, walked: a token with every scope, in the hands of an administrator, on every method of every address."""
    token, opened, seen = token_of(world.person("owner_admin")), [], set()
    for route in all_routes():
        if not (route.view_class and route.path.startswith("api/") and route.view_class.authentication_classes):
            continue
        for method in sorted(route.methods):
            path = "/" + re.sub(r"<(\w+):\w+>", lambda found: {"uuid": str(program_id()), "int": "1"}.get(found[1], "x"), route.path)
            refused = call(token, path, method, data=b"{}", content_type="application/json")
            seen.add((method, route.path))
            if getattr(refused, "json", None) is None or refused.status_code != 403 or refused.json().get("code") != "NOT_FOR_PROGRAMS":
                opened.append((method, route.path))
    assert set(opened) - set(OPENED) == set()
    assert set(OPENED) - seen == set()


def program_id() -> Any:
    return Program.objects.values_list("pk", flat=True).get()


def test_nothing_of_citizens_people_signatures_or_the_authority_is_on_the_list() -> None:
    never = [*("affairs", "people", "programs", "orders", "emergencies", "/log", "acting_department", "restriction", "offline")]
    never += ("/sign", "/check", "/return", "/suspend", "/resume", "/revoke", "/rule", "/pause", "publication", "versions/")
    assert [route for _method, route in OPENED if any(word in route for word in never)] == []
    assert {scope.value for (method, _route), scope in OPENED.items() if method == "GET"} == {"read"}
    assert {scope.value for (method, _route), scope in OPENED.items() if method != "GET"} == {"officer", "requests"}
