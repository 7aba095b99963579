"""A licence's pages in a real Chromium: accessible on a phone and a desk, in both languages, and checked by its second code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as hub_settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from exchange.accounts.subject import sealed_for
from exchange.affairs.licences import issue
from exchange.affairs.models import Licence
from tests.affairs import licence_rows as rows
from tests.affairs.licence_rows import CARE, CITIZEN, LIVING
from tests.journeys.browsing import chromium_at, faults_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(390, "light", "zh-hans"), (390, "dark", "en"), (1280, "light", "en"), (1280, "dark", "zh-hans")]
FACES = {"en": ("en-GB", "Valid"), "zh-hans": ("zh-CN", "有效")}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium. Its driver keeps an event loop in this thread, which Django takes for a reason to refuse its database."""
    with pytest.MonkeyPatch.context() as patch, chromium_at(chromium) as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield running


@pytest.fixture
def site(transactional_db: None, live_server: Any, settings: Any) -> str:
    """The hub with its keys; its public address is the one that answers."""
    from audit import ceremony

    ceremony.found_hub()
    settings.PUBLIC_URLS = [live_server.url]
    return str(live_server.url)


@pytest.fixture
def licence(site: str) -> Licence:
    case = rows.granted_case()
    rows.give_account(case, bank="ICBC", last_four="1234")
    judged = rows.judgement(LIVING, CARE)
    with transaction.atomic():
        return issue(case, rows.decided(case, judged), judged, at=timezone.now())


def _context(browser: Browser, width: int, scheme: Any, language: str, *, scripts: bool = True) -> BrowserContext:
    locale, _ = FACES[language]
    return browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale=locale, java_script_enabled=scripts, reduced_motion="reduce"
    )


def _sign_in(context: BrowserContext, site: str) -> None:
    from exchange.accounts.models import Person

    person = Person(identifier_kind=CITIZEN.kind, identifier_blind=CITIZEN.blind, assurance="SUBSTANTIAL", name_en="Wang", name_zh="王秀英")
    person.identifier_sealed = sealed_for(person.pk, CITIZEN)
    person.save()
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    name = hub_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


def _look(page: Page, name: str, folder: Path) -> None:
    """Accessible, not wider than the screen; a picture goes to HUB_PICTURES."""
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    pictures = Path(os.environ.get("HUB_PICTURES") or folder)
    page.screenshot(path=str(pictures / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(("width", "scheme", "language"), SIZES)
def test_checking_page_is_accessible_and_speaks_the_readers_language(
    browser: Browser, licence: Licence, site: str, tmp_path: Path, width: int, scheme: str, language: str
) -> None:
    context = _context(browser, width, scheme, language)
    page = context.new_page()
    page.goto(f"{site}/v/{licence.pk}")
    assert FACES[language][1] in page.inner_text(".mz-panel")
    _look(page, f"licence_check_{width}_{language}", tmp_path)
    page.goto(f"{site}/v")
    _look(page, f"licence_details_{width}_{language}", tmp_path)
    context.close()


@pytest.mark.parametrize(("width", "scheme", "language"), SIZES)
def test_holders_page_is_accessible_and_its_second_code_is_checked(
    browser: Browser, licence: Licence, site: str, tmp_path: Path, width: int, scheme: str, language: str
) -> None:
    context = _context(browser, width, scheme, language)
    _sign_in(context, site)
    page = context.new_page()
    page.goto(f"{site}/{language}/me/licences/{licence.pk}")
    page.check("#show_identifier_last_four")
    page.click("form[action='#more'] button")
    page.wait_for_selector(".mz-qr--large svg")
    _look(page, f"licence_{width}_{language}", tmp_path)
    address = page.evaluate("document.querySelector('.mz-code-block, pre').textContent")
    page.goto(address.strip())
    page.wait_for_function("document.querySelector('[data-shown]').value.length > 500")
    assert page.url == f"{site}/v"
    page.click("main form button")
    assert "8882" in page.inner_text("main")
    _look(page, f"licence_shown_{width}_{language}", tmp_path)
    page.goto(f"{site}/{language}/me/licences/{licence.pk}/print?show=identifier_last_four")
    _look(page, f"licence_print_{width}_{language}", tmp_path)
    context.close()


def test_check_works_without_scripts(browser: Browser, licence: Licence, site: str) -> None:
    from exchange.affairs.licences import holding

    context = _context(browser, 390, "light", "en", scripts=False)
    page = context.new_page()
    page.goto(f"{site}/v")
    page.fill("[data-shown]", holding.shown(holding.opened(licence), ["identifier_last_four"]))
    page.click("main form button")
    assert "8882" in page.inner_text("main")
    context.close()
