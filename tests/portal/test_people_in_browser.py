"""The pages about people in a real Chromium: accessible on a phone and a desk, in both languages, light and dark."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as hub_settings
from django.test import Client
from django.utils import timezone

from audit.proof.canonical import b64url
from audit.proof.keys import generate_private_key, public_key_of
from catalog.models import System
from exchange.accounts.actions import InvitationTerms, confirm_roles, grant_role, invite_person, name_deputy
from exchange.accounts.key_requests.actions import ask_certificate
from exchange.accounts.models import Membership, Person, Role, Way
from exchange.accounts.programs import actions as programs
from tests.affairs.licence_rows import matter_version
from tests.journeys.browsing import chromium_at, faults_of
from tests.world import World, build_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES: list[Any] = [(390, "light", "zh-hans"), (1280, "dark", "en")]
SCOPES = ("officer", "read", "requests")
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium. Its driver keeps an event loop in this thread, which Django takes for a reason to refuse its database."""
    with pytest.MonkeyPatch.context() as patch, chromium_at(chromium) as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield running


@pytest.fixture
def world(transactional_db: None, live_server: Any, settings: Any) -> World:
    """The small world with people in every state."""
    from audit import ceremony

    ceremony.found_hub()
    settings.PUBLIC_URLS = [live_server.url]
    settings.ALLOW_HUB_CUSTODY = True
    world = build_world(agreed=False)
    matter_version()
    admin, now = world.person("owner_admin"), timezone.now()
    Membership.objects.filter(person=world.person("approver")).update(valid_from=datetime(2025, 1, 2, tzinfo=UTC))
    confirm_roles(keep=[world.person("publisher").memberships.get()], end=[], acting_user=admin)
    grant_role(world.person("publisher"), department=world.owner, role=Role.OFFICER, acting_user=admin)
    terms = InvitationTerms((Role.OFFICER, Role.PUBLISHER), way=Way.PRINTED, valid_until=now + timedelta(days=90))
    invite_person("dpf.li_na", names={"en": "Li Na", "zh": "李娜"}, department=world.owner, terms=terms, acting_user=admin)
    span = {"valid_from": now, "valid_until": now + timedelta(days=14)}
    name_deputy(world.person("publisher"), deputy=world.person("steward"), department=world.owner, **span, acting_user=admin)
    Person.objects.filter(username="dpf.publisher").update(last_login=now)
    allowed = programs.ask("register-01.dpf.example", scopes=SCOPES, address="192.0.2.1")
    programs.allow(programs.look_up(allowed.user_code, acting_user=admin), scopes=SCOPES, acting_user=admin)
    programs.collect(allowed.device_code, address="192.0.2.1")
    public_key = b64url(public_key_of(generate_private_key()))
    ask_certificate(System.objects.get(code="DPF-register"), name="system-2", public_key=public_key, acting_user=admin)
    return world


def test_every_page_about_people_is_accessible_everywhere(browser: Browser, world: World, live_server: Any) -> None:
    ids = {name: str(world.person(name).pk) for name in ("publisher", "steward")}
    invited = Person.objects.get(username="dpf.li_na").pk
    places = {
        "list": "",
        "invite": "/invite",
        "person": f"/{ids['publisher']}",
        "invited": f"/{invited}",
        "deputy": f"/{ids['steward']}/deputy",
        "leave": f"/{ids['publisher']}/leave",
        "confirm": "/confirm",
    }
    for width, scheme, language in SIZES:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=scheme, locale=LOCALES[language], reduced_motion="reduce"
        )
        _sign_in(context, live_server.url, world.person("owner_admin"))
        page = context.new_page()
        for name, place in places.items():
            page.goto(f"{live_server.url}/{language}/console/people{place}")
            assert faults_of(page) == [], (name, width, language)
            _keep(page, f"people-{name}-{width}-{language}")
        page.goto(f"{live_server.url}/{language}/accounts/invitation/")
        assert faults_of(page) == [], ("code", width, language)
        _keep(page, f"people-code-{width}-{language}")
        asked = programs.ask("残联登记服务器-02", scopes=SCOPES, address="192.0.2.1").user_code
        for name, place in {
            "allow": f"accounts/programs/?user_code={asked}",
            "programs": "accounts/programs/",
            "keys": "console/keys",
        }.items():
            page.goto(f"{live_server.url}/{language}/{place}")
            assert page.locator(".mz-error-summary").count() == 0
            assert faults_of(page) == [], (name, width, language)
            _keep(page, f"people-{name}-{width}-{language}")
        context.close()
        _stand_in(browser, world, live_server.url, (width, scheme, language))


def _stand_in(browser: Browser, world: World, site: str, size: Any) -> None:
    """A deputy chooses to act in the other's place on the console, sees so, and stops."""
    width, scheme, language = size
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale=LOCALES[language], reduced_motion="reduce"
    )
    _sign_in(context, site, world.person("steward"))
    page = context.new_page()
    page.goto(f"{site}/{language}/console")
    page.select_option("#acting-department", f"DPF/{world.person('publisher').pk}")
    page.locator("form:has(#acting-department) button").click()
    page.goto(f"{site}/{language}/console/people")
    assert page.locator("form:has(input[name=department][value=DPF])").count() == 1
    assert faults_of(page) == [], ("standing in", width, language)
    _keep(page, f"people-standing-in-{width}-{language}")
    context.close()


def _sign_in(context: BrowserContext, site: str, person: Person) -> None:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    name = hub_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


def _keep(page: Any, name: str) -> None:
    folder = os.environ.get("HUB_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
