"""The pages of monthly runs in a real Chromium: accessible on a phone and a desk, in both languages, light and dark."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as hub_settings
from django.test import Client

from exchange.affairs.models import OfferRun
from exchange.affairs.offers.lifecycle import RunState
from exchange.affairs.offers.schedule import this_month
from tests.affairs.offers_world import OffersWorld, build_offers_world
from tests.journeys.browsing import chromium_at, faults_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES: list[Any] = [(390, "light", "zh-hans"), (1280, "dark", "en")]
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium. Its driver keeps an event loop in this thread, which Django takes for a reason to refuse its database."""
    with pytest.MonkeyPatch.context() as patch, chromium_at(chromium) as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield running


@pytest.fixture
def world(transactional_db: None, live_server: Any, settings: Any) -> OffersWorld:
    from audit import ceremony

    ceremony.found_hub()
    settings.PUBLIC_URLS = [live_server.url]
    settings.ALLOW_HUB_CUSTODY = True
    return build_offers_world()


def _sign_in(context: BrowserContext, site: str, world: OffersWorld) -> None:
    client = Client()
    client.force_login(world.city.staff["cab_officer"])
    name = hub_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


def test_every_state_of_a_run_is_accessible_everywhere(browser: Browser, world: OffersWorld, live_server: Any) -> None:
    world.run("2026-10")
    stopped, version = world.start(), world.matter.current
    assert version is not None
    OfferRun.objects.filter(pk=stopped.pk).update(state=RunState.STOPPED, reason="REVOKED", listed=40, seen=20, offered=12)
    running = OfferRun.objects.create(
        matter=world.matter, version=version, month="2026-09", state=RunState.RUNNING, listed=40_000, seen=13_000
    )
    for width, scheme, language in SIZES:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=scheme, locale=LOCALES[language], reduced_motion="reduce"
        )
        _sign_in(context, live_server.url, world)
        page = context.new_page()
        for name, place in {
            "list": "",
            "done": "/M13/2026-10",
            "stopped": f"/M13/{this_month()}",
            "running": f"/M13/{running.month}",
        }.items():
            page.goto(f"{live_server.url}/{language}/console/offers{place}")
            assert faults_of(page) == [], (name, width, language)
            _keep(page, f"offers-{name}-{width}-{language}")
        context.close()


def _keep(page: Any, name: str) -> None:
    folder = os.environ.get("HUB_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
