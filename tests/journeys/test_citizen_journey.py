"""Citizens on a phone's screen, in Chromium, against the real hub: granted, refused, to an officer, silent office, disputed, offered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.browsing import Scheme, Visitors, chromium_at, faults_of, too_wide
from tests.journeys.hub_process import RunningHub

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
MILLISECONDS = 40_000
SERVICE = "services/disability-allowances"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all of them."""
    with chromium_at(chromium) as running:
        yield running


@pytest.fixture
def visitors(hub: RunningHub, browser: Browser, tmp_path: Path) -> Visitors:
    """Everybody, and where the pictures go."""
    return Visitors.of(hub, browser, tmp_path / "pictures")


@pytest.fixture
def phones(visitors: Visitors) -> Iterator[Phones]:
    """Phones that are closed at the end; the pages complained of nothing."""
    made = Phones(visitors)
    yield made
    made.close()
    assert visitors.complaints == []


class Phones:
    """Gives each citizen a phone of their own."""

    def __init__(self, visitors: Visitors) -> None:
        self.visitors = visitors
        self._contexts: list[BrowserContext] = []

    def of(self, resident: str, *, language: str = "en", scheme: Scheme = "light", scripts: bool = True) -> Page:
        """A phone on which a named resident has signed in with the demonstration's one click."""
        context = self.visitors.browser.new_context(
            base_url=self.visitors.hub.url,
            viewport=PHONE,  # type: ignore[arg-type]  # width and height
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            timezone_id="Asia/Shanghai",
            has_touch=True,
        )
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(MILLISECONDS)
        page.on("console", lambda message: self.visitors.complaints.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: self.visitors.complaints.append(f"{page.url}: {error}"))
        page.goto(f"/{language}/demo")
        page.locator(f"form[action$='/sign-in/{resident}'] button").first.click()
        page.wait_for_load_state()
        return page

    def picture(self, page: Page, name: str) -> None:
        """Keep what the citizen sees, and check that it needs no moving sideways."""
        assert too_wide(page) == []
        self.visitors.picture(page, f"citizen-{name}")

    def in_chinese(self, page: Page, name: str, *says: str) -> None:
        """The same page in Chinese, with these words on it; the citizen goes on in English afterwards."""
        self._in_the_other(page, "/en/", "/zh-hans/", f"zh-{name}", says)

    def in_english(self, page: Page, name: str, *says: str) -> None:
        """The same page in English; the citizen goes on in Chinese afterwards."""
        self._in_the_other(page, "/zh-hans/", "/en/", f"en-{name}", says)

    def _in_the_other(self, page: Page, here: str, there: str, name: str, says: Sequence[str]) -> None:
        address = page.url
        page.goto(address.replace(here, there, 1))
        for words in says:
            assert page.get_by_text(words).first.is_visible(), words
        self.picture(page, name)
        page.goto(address)

    def close(self) -> None:
        """Put all phones away."""
        for context in self._contexts:
            context.close()


def start(page: Page, language: str = "en") -> None:
    """From the list of services to the first step."""
    page.goto(f"/{language}/services")
    page.locator("main a[href$='/services/disability-allowances']").click()
    page.locator("main form[action*='/apply/'] button").click()
    page.wait_for_selector("form[action$='/ask']")


def ask(page: Page) -> None:
    """Press the one button, and wait as a citizen does until the page shows what was found."""
    page.locator("form[action$='/ask'] button").click()
    page.wait_for_selector("form[action$='/submit']")


def hand_in(page: Page) -> None:
    """Hand in what is shown."""
    page.locator("form[action$='/submit'] button").click()
    page.wait_for_selector("form[action$='/submit']", state="detached")


def card(page: Page, title: str) -> Locator:
    """The card of one question."""
    return page.locator(".mz-card", has=page.get_by_role("heading", name=title))


def test_granted_in_english_with_money_licence_and_who_looked(phones: Phones) -> None:
    page = phones.of("wheelchair_user")
    page.goto(f"/en/{SERVICE}")
    phones.picture(page, "service")
    start(page)
    assert page.get_by_text("Nobody has been asked anything yet.").is_visible()
    phones.picture(page, "what-will-be-asked")
    ask(page)
    assert page.get_by_text("questions, all answered. You brought no papers.").is_visible()
    phones.picture(page, "what-we-found")
    hand_in(page)
    assert page.get_by_role("heading", name="Granted", exact=True).is_visible()
    assert page.get_by_text("110.00 CNY").is_visible()
    assert page.get_by_text("ending 1234").is_visible()
    phones.in_chinese(page, "granted", "已授予", "110.00")
    page.get_by_text("How this was decided").click()
    phones.picture(page, "granted")
    page.locator("main a[href*='/me/licences/']").first.click()
    page.wait_for_selector(".mz-qr svg")
    phones.picture(page, "licence")
    page.goto("/en/me/access")
    assert page.get_by_text("Is your disability certificate valid?").count() or page.locator("main .mz-card").count()
    phones.picture(page, "who-looked")


def test_refused_in_chinese_with_reason_remedy_and_reviewed_by_an_officer(phones: Phones, visitors: Visitors) -> None:
    page = phones.of("holder_of_expired_certificate", language="zh-hans")
    start(page, "zh-hans")
    phones.picture(page, "zh-what-will-be-asked")
    ask(page)
    phones.picture(page, "zh-what-we-found")
    hand_in(page)
    assert page.get_by_text("残联没有您名下有效的残疾人证。").first.is_visible()
    assert page.get_by_text("您可以这样办：").first.is_visible()
    phones.picture(page, "zh-refused")
    phones.in_english(page, "refused", "Not granted", "What you can do")
    page.locator("a[href$='/appeal']").click()
    page.fill("[name=words]", "我的证上周已经换新。")
    page.locator("main form button").first.click()
    page.wait_for_selector("text=工作人员正在重新审查")
    assert page.get_by_text("最晚答复日期：").is_visible()
    phones.picture(page, "zh-another-look")
    phones.in_english(page, "another-look", "A person looks at it again")
    case = page.url
    answer_the_appeal(visitors, case.rpartition("/")[2])
    page.goto(case)
    assert page.get_by_text("证件确已过期。").first.is_visible()
    phones.picture(page, "zh-reviewed")
    phones.in_english(page, "reviewed", "证件确已过期。")


def answer_the_appeal(visitors: Visitors, number: str) -> None:
    """An officer who had no part in the decision looks again and says why it stands."""
    with visitors.visitor("cab-officer") as page:
        page.goto(f"/en/console/cases/{number}")
        assert page.get_by_text("The citizen asks for another look").is_visible()
        visitors.picture(page, "officer-another-look")
        page.get_by_role("link", name="Answer the appeal").click()
        page.get_by_label("The decision stands").check()
        page.fill("[name=reason]", "证件确已过期。")
        visitors.picture(page, "officer-answers-the-appeal")
        page.get_by_role("button", name="Settle").click()
        page.wait_for_url("**/console/cases")


def test_what_nobody_knows_goes_to_an_officer_with_a_date(phones: Phones) -> None:
    page = phones.of("holder_of_incomplete_certificate")
    page.goto("/en/me/cases")
    begun = page.locator("main .mz-card--link a")
    if begun.count():  # the city's own story has brought her here already
        begun.first.click()
        page.wait_for_load_state()
    else:
        start(page)
        ask(page)
        assert page.get_by_text("The office cannot say. That alone does not mean no.").is_visible()
        hand_in(page)
    assert page.get_by_role("heading", name="An officer looks at your application").is_visible()
    assert page.get_by_text("You get an answer by").is_visible()
    phones.picture(page, "with-an-officer")
    phones.in_chinese(page, "with-an-officer", "工作人员正在审查您的申请", "最晚答复日期：")


def test_a_silent_office_stops_the_clock_and_its_answer_comes_by_itself(phones: Phones, visitors: Visitors) -> None:
    page = phones.of("company_owner")
    try:
        switch(visitors, "offline")
        start(page)
        ask(page)
        asked = card(page, "Is your disability certificate valid?")
        assert asked.get_by_text("The office is not answering. We keep trying; your deadline has stopped.").is_visible()
        assert page.get_by_text("Your deadline has stopped", exact=True).is_visible()
        phones.picture(page, "office-is-not-answering")
        phones.in_chinese(page, "office-is-not-answering", "对方系统暂时没有回应，我们会继续查，办理时限已暂停")
    finally:
        switch(visitors, "online")
    page.get_by_text("Your deadline has stopped", exact=True).wait_for(state="detached")  # the page reloads itself
    assert asked.get_by_text("Confirmed").is_visible()
    phones.picture(page, "office-is-back")
    phones.in_chinese(page, "office-is-back", "已查到")


def switch(visitors: Visitors, way: str) -> None:
    """The Federation takes its register offline for service, or brings it back."""
    with visitors.visitor("dpf-publisher") as page:
        page.goto("/en/console/datasets/R14")
        if way == "offline":
            page.fill("#offline-reason", "Maintenance")
        page.locator(f"form[action$='/{way}'] button").click()
        page.wait_for_selector(f"form[action$='/{'online' if way == 'offline' else 'offline'}']")


def test_what_is_disputed_reaches_the_office_and_counts_against_nobody(phones: Phones) -> None:
    page = phones.of("young_man_with_care_allowance")
    start(page)
    ask(page)
    title = "Is your family recognised as low-income?"
    card(page, title).get_by_role("link", name="This is wrong").click()
    page.locator("main form button").first.click()
    page.wait_for_selector(".govuk-error-summary")
    assert page.get_by_text("Write a few words first.").first.is_visible()
    phones.visitors.complaints.clear()  # the browser notes the 422 of the empty form
    phones.picture(page, "this-is-wrong")
    page.fill("[name=words]", "We were recognised last month.")
    page.locator("main form button").first.click()
    page.wait_for_selector("form[action$='/submit']")
    assert card(page, title).get_by_text("You said: this is wrong.").is_visible()
    hand_in(page)
    assert page.get_by_role("heading", name="An officer looks at your application").is_visible()
    assert page.get_by_text("The office must answer by:").is_visible()
    phones.picture(page, "disputed")
    phones.in_chinese(page, "disputed", "工作人员正在审查您的申请", "该部门最迟答复日期：")


def test_without_scripts_an_application_is_decided(phones: Phones) -> None:
    page = phones.of("man_with_sealed_record", scripts=False)
    start(page)
    page.locator("form[action$='/ask'] button").click()
    page.wait_for_load_state()
    look_again_until_shown(page)
    hand_in(page)
    assert page.get_by_role("heading", name="Not granted").is_visible()
    assert page.get_by_role("link", name="Let a person look").is_visible()
    phones.picture(page, "without-scripts")


def look_again_until_shown(page: Page) -> None:
    """Without scripts one looks again by a link."""
    for _ in range(100):
        if page.locator("form[action$='/submit']").count():
            return
        page.get_by_role("link", name="Look again").click()
        page.wait_for_load_state()
        page.wait_for_timeout(200)
    raise AssertionError("the offices did not answer")


def test_by_keyboard_alone_an_application_is_decided_and_doubted(phones: Phones) -> None:
    page = phones.of("woman_whose_office_was_down")
    page.goto("/en/services")
    to_and_press(page, "main a[href$='/services/disability-allowances']")
    to_and_press(page, "main form[action*='/apply/'] button")
    to_and_press(page, "form[action$='/ask'] button")
    page.wait_for_selector("form[action$='/submit']")
    to_and_press(page, "form[action$='/submit'] button")
    page.wait_for_selector("text=Granted")
    to_and_press(page, "main summary")
    assert page.get_by_text("The published rule decided, without a person.").is_visible()
    to_and_press(page, "a[href$='/appeal']")
    to(page, "[name=words]")
    page.keyboard.type("Please look at the month again.")
    to_and_press(page, "main form button")
    page.wait_for_selector("text=A person looks at it again")
    phones.picture(page, "by-keyboard")


def to(page: Page, selector: str) -> None:
    """Press the tabulator until the element has the focus, and see that it shows it."""
    page.wait_for_selector(selector)
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", f"{selector} does not show its focus"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def to_and_press(page: Page, selector: str) -> None:
    """The same, and press it."""
    to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_an_offer_is_declined_wanted_after_all_and_accepted(phones: Phones) -> None:
    page = phones.of("woman_who_says_no")
    page.goto("/en/me/offers")
    page.locator("main .mz-card--link a").first.click()
    if page.get_by_role("button", name="No, thank you").count():
        page.get_by_role("button", name="No, thank you").click()
    assert page.get_by_text("Nothing is paid. You can change your mind.").is_visible()
    phones.picture(page, "offer-declined")
    page.get_by_role("button", name="I want it after all").click()
    assert page.get_by_text("If you say nothing, we pay after").is_visible()
    phones.picture(page, "offer")
    phones.in_chinese(page, "offer", "如不回复，将在此日之后发放：")
    page.get_by_role("button", name="Yes, please").click()
    page.wait_for_selector("h1:has-text('Granted')")
    assert page.get_by_text("Old-age allowance").first.is_visible()
    phones.picture(page, "offer-accepted")
    phones.in_chinese(page, "offer-accepted", "已授予")
    page.goto("/en/me/offers")
    assert page.get_by_text("You said yes").is_visible()


@pytest.mark.parametrize(("language", "counted"), [("en", "Offers ended by a register"), ("zh-hans", "因登记信息停止")])
def test_what_death_stopped_stands_on_the_page_of_the_run(visitors: Visitors, language: str, counted: str) -> None:
    with visitors.visitor("cab-officer", language=language) as page:
        page.goto(f"/{language}/console/offers")
        page.locator("main table a[href*='/offers/M13/']").last.click()
        tile = page.locator(".mz-tile", has=page.get_by_text(counted))
        assert tile.locator(".mz-tile__value").inner_text() == "1", page.locator(".mz-tiles").inner_text()
        visitors.picture(page, f"{language}-stopped-by-death")


# resident -> pages besides those of everybody
OWN: dict[str, tuple[str, ...]] = {
    "man_who_objected": ("me/cases", "me/access", "me/questions", "me/account"),
    "man_of_86": ("me", "me/offers"),
    "man_with_outdated_grade": ("services", SERVICE),
}
FACES: tuple[tuple[str, Scheme], ...] = (("en", "light"), ("zh-hans", "dark"))


@pytest.mark.parametrize(("language", "scheme"), FACES)
@pytest.mark.parametrize("resident", OWN)
def test_every_page_is_accessible_fits_and_bears_larger_text(phones: Phones, resident: str, language: str, scheme: Scheme) -> None:
    page = phones.of(resident, language=language, scheme=scheme)
    page.goto(f"/{language}/me/cases")
    own = [link.get_attribute("href") or "" for link in page.locator("main .mz-card--link a").all()]
    paths = [f"/{language}/{path}" for path in OWN[resident]] + own
    paths += [f"{path}/items/payout_account?do=dispute" for path in own]
    faults: dict[str, list[str]] = {}
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(details => { details.open = true })")
        found = [*faults_of(page), *too_wide(page)]
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += [f"with larger text {fault}" for fault in too_wide(page)]
        if found:
            faults[path] = found
    assert not faults, json.dumps(faults, indent=1, ensure_ascii=False)
