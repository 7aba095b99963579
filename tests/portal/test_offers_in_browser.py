"""Pages of standing offers and emergencies in a real Chromium: accessible at both widths, in both languages and both schemes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as hub_settings
from django.test import Client

from tests.journeys.browsing import chromium_at, faults_of
from tests.rules.offers import offers_by_scenario
from tests.world import World, build_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES: list[Any] = [(390, "light", "zh-hans"), (1280, "dark", "en")]
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium. Its driver keeps an event loop in this thread, which Django takes for a reason to refuse its database."""
    with pytest.MonkeyPatch.context() as patch, chromium_at(chromium) as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield running


@pytest.fixture
def city(transactional_db: None, live_server: Any, settings: Any) -> World:
    from audit import ceremony

    ceremony.found_hub()
    settings.PUBLIC_URLS = [live_server.url]
    settings.ALLOW_HUB_CUSTODY = True
    return build_world()


def test_every_page_of_an_offer_is_accessible_everywhere(browser: Browser, city: World, live_server: Any) -> None:
    ids = {name: place.get("offer_id", "") for name, place in offers_by_scenario(city).items()}
    offers, agreement = "console/standing-offers", f"console/agreements/{city.agreement.agreement_id}"
    visits = {
        ("approver", "list"): offers,
        ("approver", "new"): f"{offers}/new?dataset=R14",
        ("approver", "sign"): f"{offers}/{ids['written']}/sign",
        ("asker", "join"): f"{offers}/{ids['']}/join",
        ("reviewer", "declare"): f"{offers}/emergency?dataset=R14",
        ("reviewer", "emergency"): f"{offers}/{ids['ended']}",
        ("reviewer", "review"): f"{offers}/{ids['ended']}/review",
        ("approver", "losses"): f"{agreement}/revoke",
        ("asker", "agreement"): agreement,
    }
    for width, scheme, language in SIZES:
        for person in ("approver", "asker", "reviewer"):
            page = _page(browser, city.person(person), live_server.url, width, scheme, language)
            for name, place in ((name, place) for (who, name), place in visits.items() if who == person):
                page.goto(f"{live_server.url}/{language}/{place}")
                assert faults_of(page) == [], (name, width, language)
                _keep(page, f"{name}-{width}-{language}")
            page.context.close()


def _page(browser: Browser, person: Any, site: str, width: int, scheme: Any, language: str) -> Any:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale=LOCALES[language], reduced_motion="reduce"
    )
    client = Client()
    client.force_login(person, backend=BACKEND)
    name = hub_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    return context.new_page()


def _keep(page: Any, name: str) -> None:
    folder = os.environ.get("HUB_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
