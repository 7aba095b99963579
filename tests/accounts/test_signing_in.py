"""Signing in: by invitation only, with a password, slowed down after wrong ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from exchange.accounts.invitations import invitation_path, invited_person
from exchange.accounts.models import Person
from tests.world import World

PASSWORD = "a-long-and-rare-password"


@pytest.fixture(autouse=True)
def no_old_attempts(settings: Settings) -> None:
    """Rate limits count in the cache; where sign-in leads is another room's business."""
    cache.clear()
    settings.LOGIN_REDIRECT_URL = "/en/"


@pytest.fixture
def officer(world: World, client: Client) -> Person:
    """An officer who has accepted the invitation."""
    person = world.person("approver")
    answer = client.post(invitation_path(person), {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    person.refresh_from_db()
    return person


def sign_in(client: Client, password: str) -> Any:
    return client.post("/en/accounts/login/", {"login": "dpf.approver", "password": password})


def test_an_invited_officer_sets_a_password_and_signs_in(officer: Person, client: Client) -> None:
    assert sign_in(client, PASSWORD).status_code == 302
    assert client.get("/api/v1/me").json()["username"] == "dpf.approver"


def test_an_invitation_is_good_once(officer: Person, client: Client) -> None:
    assert invited_person(officer.pk, "anything") is None


def test_a_forged_invitation_is_refused(world: World, client: Client) -> None:
    person = world.person("approver")
    path = invitation_path(person)
    assert client.get(path).status_code == 200
    forged = path[:-2] + ("A" if path[-2] != "A" else "Q") + "/"
    assert client.get(forged).status_code == 410
    other = path.replace(str(person.pk), str(world.person("auditor").pk))
    assert client.get(other).status_code == 410


@pytest.mark.parametrize(("password", "again"), [("short", "short"), ("password123", "password123"), (PASSWORD, PASSWORD + "x")])
def test_a_weak_or_mistyped_password_is_refused(world: World, client: Client, password: str, again: str) -> None:
    person = world.person("approver")
    assert client.post(invitation_path(person), {"password": password, "again": again}).status_code == 200
    person.refresh_from_db()
    assert not person.has_usable_password()


def test_wrong_passwords_are_slowed_down(officer: Person, client: Client) -> None:
    for _ in range(12):
        answer = sign_in(client, "wrong")
    assert answer.status_code in {200, 429}
    sign_in(client, PASSWORD)
    assert client.get("/api/v1/me").status_code == 401


def test_nobody_signs_up_alone(client: Client, db: None) -> None:
    answer = client.post("/en/accounts/signup/", {"username": "me", "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 200
    assert not Person.objects.exists()


@pytest.mark.parametrize("path", ["login", "signup", "password/reset"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_account_pages_open_in_both_languages(client: Client, db: None, path: str, language: str) -> None:
    assert client.get(f"/{language}/accounts/{path}/").status_code == 200


def test_a_lost_password_mails_nothing(client: Client, db: None, mailoutbox: list[Any]) -> None:
    client.post("/en/accounts/password/reset/", {"email": "somebody@example.org"})
    assert mailoutbox == []


def test_passwords_do_not_open_the_api_outside_the_demonstration(officer: Person, client: Client) -> None:
    import base64

    token = base64.b64encode(f"dpf.approver:{PASSWORD}".encode()).decode()
    assert client.get("/api/v1/me", headers={"Authorization": f"Basic {token}"}).status_code == 401


@pytest.mark.parametrize(("demo", "address", "opens"), [(True, "127.0.0.1", True), (True, "10.0.0.9", False), (False, "127.0.0.1", False)])
def test_the_demonstrations_password_works_on_this_machine_only(
    officer: Person, settings: Settings, demo: bool, address: str, opens: bool
) -> None:
    import base64

    from django.test import RequestFactory

    from exchange.accounts.authentication import DemoPassword

    settings.DEMO = demo
    token = base64.b64encode(f"dpf.approver:{PASSWORD}".encode()).decode()
    request = RequestFactory().get("/api/v1/me", headers={"Authorization": f"Basic {token}"}, REMOTE_ADDR=address)
    found = DemoPassword().authenticate(request)  # type: ignore[arg-type]
    assert (found is not None) is opens


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "Via"])
def test_the_demonstrations_password_never_works_through_a_proxy(officer: Person, settings: Settings, header: str) -> None:
    import base64

    from django.test import RequestFactory

    from exchange.accounts.authentication import DemoPassword

    settings.DEMO = True
    token = base64.b64encode(f"dpf.approver:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {token}", header: "for=203.0.113.9"}
    assert DemoPassword().authenticate(RequestFactory().get("/api/v1/me", headers=headers)) is None  # type: ignore[arg-type]


def test_what_somebody_signed_in_saw_is_not_stored(officer: Person, client: Client) -> None:
    assert "Cache-Control" not in client.get("/api/v1/keys").headers
    client.force_login(officer)
    assert client.get("/api/v1/me").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["2fa/", "password/change/"])
def test_pages_of_ones_own_account_open(officer: Person, client: Client, path: str) -> None:
    sign_in(client, PASSWORD)
    assert client.get(f"/en/accounts/{path}").status_code == 200


def test_a_second_factor_is_set_up_after_the_password_was_given_again(officer: Person, client: Client) -> None:
    sign_in(client, PASSWORD)
    page = client.get("/en/accounts/2fa/totp/activate/", follow=True)
    asked_at = page.redirect_chain[-1][0]
    assert "/reauthenticate/" in asked_at
    client.post(asked_at, {"password": PASSWORD})
    drawn = client.get("/en/accounts/2fa/totp/activate/")
    assert drawn.status_code == 200
    assert "<svg" in drawn.content.decode()
    assert "data:image" not in drawn.content.decode()


def test_a_second_factor_is_asked_for_once_it_is_set_up(officer: Person, client: Client) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(officer, generate_totp_secret())
    answer = sign_in(client, PASSWORD)
    assert answer["Location"].startswith("/en/accounts/2fa/authenticate/")
    assert client.get(answer["Location"]).status_code == 200
    assert client.get("/api/v1/me").status_code == 401
