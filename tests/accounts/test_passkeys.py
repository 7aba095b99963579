"""Passkeys: added and used in a real browser with a virtual authenticator, and refused where they do not fit."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from exchange.accounts.actions import open_account
from exchange.accounts.models import Person
from tests.journeys.browsing import RULES, chromium_at

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "a-long-and-rare-password"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def site() -> Iterator[str]:
    """The hub at http://localhost, where browsers allow passkeys; one request at a time."""
    application = get_wsgi_application()
    server = make_server("127.0.0.1", 0, application, server_class=WSGIServer, handler_class=_Quiet)

    def serve() -> None:
        server.serve_forever(poll_interval=0.05)
        connections.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def authenticator(page: Page, *, verified: bool = True) -> None:
    """A device of the browser's own that says yes (WebAuthn, virtual authenticators)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})


def pictured(page: Page, name: str) -> None:
    """A picture where HUB_PICTURES says so."""
    if folder := os.environ.get("HUB_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"passkeys-{name}.png"), full_page=True)


def faults(page: Page) -> list[Any]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [(fault["id"], fault["nodes"][0]["html"]) for fault in found]


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/en/accounts/login/?next=/en/accounts/2fa/")
    page.fill("input[name=login]", "luo")
    page.fill("input[name=password]", PASSWORD)
    page.click("form:not([data-passkey]) button:has-text('Sign in')")


def ask_to_add(page: Page) -> None:
    """A change of how one signs in asks for the password again."""
    page.click("text=Add a passkey")
    pictured(page, "again")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_signs_in(chromium: str) -> None:
    from audit import ceremony

    cache.clear()
    ceremony.found_hub()
    open_account("luo", password=PASSWORD, acting_system="tests")
    seen: dict[str, Any] = {}
    with site() as address, chromium_at(chromium) as browser:
        page = browser.new_context(viewport={"width": 390, "height": 900}).new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        authenticator(page)
        sign_in(page, address)
        pictured(page, "index")
        seen["index"] = faults(page)
        ask_to_add(page)
        page.fill("input[name=name]", "My phone")
        pictured(page, "add")
        seen["add"] = faults(page)
        page.click("[data-passkey-button]")
        page.wait_for_url("**/2fa/recovery-codes/")
        pictured(page, "recovery")
        page.goto(f"{address}/en/accounts/2fa/webauthn/")
        seen["listed"] = page.text_content("main")
        pictured(page, "list")
        page.click("text=Sign out")
        page.goto(f"{address}/en/accounts/login/?next=/en/me/account")
        pictured(page, "login")
        seen["login"] = faults(page)
        page.click("[data-passkey=sign-in] button")
        page.wait_for_selector("h1:has-text('My account')")
        page.click("text=Sign out")
        sign_in(page, address)
        page.wait_for_url("**/2fa/authenticate/**")
        pictured(page, "second-step")
        seen["second"] = faults(page)
        page.click("[data-passkey=use] button")
        page.wait_for_url("**/en/accounts/2fa/")
        seen["complaints"] = complaints
    assert "My phone" in seen.pop("listed")
    assert seen == {"index": [], "add": [], "login": [], "second": [], "complaints": []}
    assert Authenticator.objects.filter(type="webauthn").count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_device_that_does_not_know_its_owner_adds_no_passkey(chromium: str) -> None:
    from audit import ceremony

    cache.clear()
    ceremony.found_hub()
    open_account("luo", password=PASSWORD, acting_system="tests")
    with site() as address, chromium_at(chromium) as browser:
        page = browser.new_context().new_page()
        authenticator(page, verified=False)
        sign_in(page, address)
        ask_to_add(page)
        page.click("[data-passkey-button]")
        page.wait_for_selector("[data-passkey-problem]:not([hidden])")
    assert not Authenticator.objects.exists()


@pytest.fixture
def account(founded: None) -> Person:
    cache.clear()
    return open_account("luo", password=PASSWORD, acting_system="tests")


def test_an_answer_of_no_device_signs_nobody_in(account: Person, client: Client) -> None:
    options = client.get("/en/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"
    handle = "".join(json.dumps(str(account.pk)).strip('"'))
    for credential in (
        "{}",
        "[]",
        "null",
        json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": handle}}),
    ):
        client.post("/en/accounts/2fa/webauthn/login/", {"credential": credential})
        assert "_auth_user_id" not in client.session


def test_the_secret_of_an_app_is_not_kept_in_clear(account: Person) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    assert secret not in str(list(Authenticator.objects.values()))


def test_the_pages_of_passkeys_ask_for_the_password_again_before_a_change(account: Person, client: Client) -> None:
    client.post("/en/accounts/login/", {"login": "luo", "password": PASSWORD})
    add = "/en/accounts/2fa/webauthn/add/"
    asked_at = client.get(add)["Location"]
    assert asked_at.startswith("/en/accounts/reauthenticate/")
    assert client.post(asked_at, {"password": PASSWORD})["Location"] == add
    for path in ("", "webauthn/", "webauthn/add/"):
        for language in ("en", "zh-hans"):
            assert client.get(f"/{language}/accounts/2fa/{path}").status_code == 200


def test_a_citizen_is_led_to_their_own_page(account: Person, client: Client) -> None:
    assert client.post("/en/accounts/login/", {"login": "luo", "password": PASSWORD})["Location"] == "/en/me"
