"""What departments live through with each other: a wrong value, a dispute, an emergency, a question that a person answers."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from exchange.demonstration.generator.files import ENCODINGS
from tests.journeys.browsing import Visitors, chromium_at, too_wide
from tests.journeys.calling import Machine, person, told, wait_for
from tests.journeys.hub_process import RunningHub
from tests.journeys.offices import PHONE, Offices, collect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
OUTDATED = "51012019720909315X"  # grade 3 in the register, assessed again as 2; a case of his waits for an officer
DECEASED = "510120193910100516"


@pytest.fixture(scope="module")
def offices(_session_hub: RunningHub, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """Everybody at their desks, for all stories of this file."""
    with chromium_at(chromium) as browser, contextlib.ExitStack() as open_pages:
        yield Offices(Visitors.of(_session_hub, browser, tmp_path_factory.mktemp("pictures")), open_pages)


def test_a_wrong_value_is_put_right_and_everybody_who_has_it_is_told(hub: RunningHub, offices: Offices) -> None:
    agreement = hub.agreement("CAB-relief", "R14")
    heard = Machine(hub, "CAB-relief").call(
        f"/exchange/v1/{agreement['id']}/query",
        {"purpose": agreement["purpose"], "case": "2026-500", "officer": "automatic", "subject": OUTDATED},
    )
    assert heard.document["answer"]["records"][0]["grade"] == 3
    number = say_that_it_is_wrong(offices, agreement["id"], heard.document["receipt"]["leaf"])
    admit_it(hub, offices, number)
    publish_the_next_revision(hub, offices)
    wait_for(lambda: state_of(hub, number) == "PUBLISHED", "the revision that puts it right")
    page = offices.at("cab-officer", "console/corrections", language="zh-hans", width=PHONE)
    assert number in page.content()
    offices.look(page, "corrected-told-zh")
    page = offices.at("cab-officer", "console/corrections")
    page.click(f"main tr:has-text('{number}') button:has-text('Looked at again')")
    page.wait_for_selector("text=Marked as done.")
    page = offices.at("cab-officer", f"console/corrections/{number}")
    assert page.get_by_text("revision of act").first.is_visible()
    offices.look(page, "corrected")
    the_case_asked_again(hub, offices)
    assert offices.faults == {}
    assert offices.visitors.complaints == []


def say_that_it_is_wrong(offices: Offices, agreement: str, leaf: str) -> str:
    """The requester names the entry, whose value it is, and what it believes; gives the correction's number."""
    page = offices.at("cab-officer", f"console/agreements/{agreement}/wrong")
    page.fill("[name=entry]", leaf)
    page.select_option("[name=item]", "grade")
    page.select_option("[name=kind]", "person")
    page.fill("[name=identifier]", OUTDATED)
    page.fill("[name=believed]", "Grade 2.")
    page.fill("[name=reason]", "The counter saw the assessment of June.")
    offices.look(page, "wrong-value")
    for _ in range(100):  # the entry stands in the log's index within a moment
        page.click("main form button[type=submit]")
        page.wait_for_load_state()
        if "/console/corrections/" in page.url:
            return page.url.rsplit("/", 1)[1]
        page.wait_for_timeout(200)
    raise AssertionError(page.content())


def admit_it(hub: RunningHub, offices: Offices, number: str) -> None:
    """The provider looks whose value it is, and says that it was wrong."""
    page = offices.at("dpf-officer", f"console/corrections/{number}")
    assert OUTDATED not in page.content()
    offices.press(page, "Show the number", f"text={OUTDATED}")
    offices.look(page, "wrong-value-looked-at")
    page.check("[name=verdict][value=accept]")
    page.fill("[name=words]", "The assessment of June had not been entered.")
    offices.press(page, "Answer", "text=Answered. The requester reads it now.")
    assert state_of(hub, number) == "ACCEPTED"


def publish_the_next_revision(hub: RunningHub, offices: Offices) -> None:
    """The provider's own file, with this one value put right, through its pages."""
    source = hub.place.home / "city" / "R14.csv"
    encoding = "utf-8-sig" if ENCODINGS["R14"].startswith("utf-8") else ENCODINGS["R14"]
    lines = list(csv.reader(io.StringIO(source.read_text(encoding), newline="")))
    place = lines[0].index("残疾等级") if "残疾等级" in lines[0] else 2
    for line in lines:
        if OUTDATED in line:
            line[place] = "2"
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    page = offices.at("dpf-publisher", "console/datasets/R14")
    rows: Any = {"name": "R14-corrected.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    page.set_input_files("[name=file]", rows)
    page.click("text=Upload and check")
    page.wait_for_selector("text=The file passed every check")
    offices.look(page, "corrected-file")
    page.click("text=Publish this revision")
    page.wait_for_selector("text=Every answer comes from this revision")


def the_case_asked_again(hub: RunningHub, offices: Offices) -> None:
    """The case that had used the old grade asks again by itself; its officer reads so."""
    case = next(found for found in hub.demo["cases"] if found["resident"] == "man_with_outdated_grade")
    seen = ""

    def asked_again() -> bool:
        nonlocal seen
        seen = offices.at("cab-officer", f"console/cases/{case['number']}").content()
        return "A register was corrected; asked again" in seen

    wait_for(asked_again, "the case to be asked again")
    offices.look(offices.at("cab-officer", f"console/cases/{case['number']}"), "case-asked-again")


def state_of(hub: RunningHub, number: str) -> str:
    """Where a correction stands, by the API."""
    with person(hub, "dpf-officer") as owner:
        return str(told(owner.get(f"/api/v1/corrections/{number}"))["state"])


def test_a_dispute_goes_from_talks_to_the_ruling(hub: RunningHub, offices: Offices) -> None:
    with person(hub, "cab-officer") as officer:
        dispute = next(row for row in told(officer.get("/api/v1/disputes"))["results"] if row["state"] == "TALKS")
    number = dispute["number"]
    page = offices.at("cab-officer", f"console/disputes/{number}", language="zh-hans")
    offices.look(page, "dispute-zh")
    page = offices.at("cab-officer", f"console/disputes/{number}/hand_over", width=PHONE)
    page.fill("[name=reason]", "The originals were compared, and we still do not agree.")
    offices.look(page, "dispute-handed-over")
    offices.press(page, "Hand over", "text=Handed over.")
    with person(hub, "dpf-officer") as owner:
        assert owner.post(f"/api/v1/disputes/{number}/settle", json={}).status_code in (403, 409)
    page = offices.at("data-reviewer", f"console/disputes/{number}/rule")
    page.check("[name=ruling][value=LOOK_AGAIN]")
    page.check("[name=ground][value=REGISTER_UNCERTAIN]")
    page.fill("[name=reason]", "The assessment is younger than the file that the provider read.")
    offices.look(page, "dispute-ruling")
    offices.press(page, "Give the ruling", "text=Ruled. Both sides read it now.")
    offices.look(page, "dispute-ruled")
    with person(hub, "dpf-officer") as owner:
        ruled = told(owner.get(f"/api/v1/disputes/{number}"))
        assert (ruled["state"], ruled["ruling"]) == ("RULED", "LOOK_AGAIN")
        assert told(owner.get(f"/api/v1/corrections/{ruled['correction']}"))["state"] == "OPEN"  # to be answered anew
    assert offices.faults == {}


def test_an_emergency_is_declared_joined_used_and_closed_in_public(hub: RunningHub, offices: Offices) -> None:
    before = public_figures(offices, "emergency-public-before")
    offer = declare(offices)
    page = offices.at("cab-officer", f"console/standing-offers/{offer}/join", width=PHONE)
    page.check("[name=systems][value=CAB-relief]")
    offices.look(page, "emergency-joined")
    offices.press(page, "Join and sign", "main .mz-chip:has-text('In force')")
    agreement = page.url.rsplit("/", 1)[1]
    asked = {
        "purpose": "public_rental_housing",
        "case": "FLOOD-9",
        "officer": "automatic",
        "subject": OUTDATED,
        "facts": [{"fact": "enrolled"}],
    }
    machine = Machine(hub, "CAB-relief")
    assert machine.call(f"/exchange/v1/{agreement}/verify", asked).status == 200
    with person(hub, "data-reviewer") as reviewer:
        ended = told(reviewer.post(f"/api/v1/offers/{offer}/revoke", json={"reason": "The flood is over.", "ground": "PURPOSE_ENDED"}))
        assert ended["state"] == "REVOKED"
    assert machine.call(f"/exchange/v1/{agreement}/verify", asked).code == "REVOKED"  # what was joined has ended with it
    page = offices.at("data-reviewer-2", f"console/standing-offers/{offer}/review")
    page.fill("[name=finding]", "One person was asked about; it was needed.")
    page.fill("[name=follows]", "A standing offer will be signed.")
    offices.look(page, "emergency-review")
    offices.press(page, "Publish", "text=Published. Everybody reads it under Transparency.")
    after = public_figures(offices, "emergency-public")
    assert "A standing offer will be signed." in after
    assert "A standing offer will be signed." not in before
    assert offices.faults == {}


def declare(offices: Offices) -> str:
    """One reviewer of the authority writes it down, the other signs; gives its id."""
    page = offices.at("data-reviewer", "console/standing-offers/emergency?dataset=R10")
    for name, value in (("requesters", "CAB"), ("purposes", "public_rental_housing"), ("methods", "VERIFY"), ("facts", "enrolled")):
        page.check(f"[name={name}][value={value}]")
    given = {
        "reason_en": "A flood: who needs a doctor is found out today.",
        "reason_zh": "洪水：今天就要查明谁需要就医。",
        "law_en": "Emergency Response Law",
        "law_zh": "中华人民共和国突发事件应对法",
        "article": "Article 73",
        "not_after": tomorrow(page),
    }
    for name, words in given.items():
        page.fill(f"[name={name}]", words)
    offices.look(page, "emergency-declared")
    offices.press(page, "Write down for the second person", "main .mz-chip:has-text('Draft')")
    offer = page.url.rsplit("/", 1)[1]
    page = offices.at("data-reviewer-2", f"console/standing-offers/{offer}/sign")
    offices.press(page, "Sign for", "main .mz-chip:has-text('In force')")
    offices.look(page, "emergency-in-force")
    return offer


def tomorrow(page: Page) -> str:
    """A day after today, as the browser counts days."""
    return str(page.evaluate("new Date(Date.now() + 2 * 864e5).toISOString().slice(0, 10)"))


def public_figures(offices: Offices, name: str) -> str:
    """What anybody reads under Transparency, signed in or not."""
    with offices.visitors.visitor() as page:
        page.goto("/en/transparency")
        offices.look(page, name)
        return page.content()


def test_an_officer_answers_a_waiting_question_on_a_phone_without_scripts(hub: RunningHub, offices: Offices) -> None:
    with person(hub, "hrss-officer") as officer:
        rows = told(officer.get("/api/v1/agreements", params={"in_force": "true"}))["results"]
    agreement = next(row["agreement_id"] for row in rows if row["dataset"] == "R25")
    machine = Machine(hub, "HRSS-benefits")
    asked = {"purpose": "after_death_service", "case": "2026-600", "officer": "automatic", "subject": DECEASED}
    waiting = machine.call(f"/exchange/v1/{agreement}/query", asked)
    assert waiting.status == 202
    leaf = waiting.document["receipt"]["leaf"].removeprefix("sha256:")
    place = f"/exchange/v1/{agreement}/results/{leaf}"
    assert collect(machine, place).status == 202

    context = offices.visitors.browser.new_context(
        base_url=hub.url, viewport={"width": PHONE, "height": 844}, java_script_enabled=False, timezone_id="Asia/Shanghai"
    )
    offices.open_pages.callback(context.close)
    page = context.new_page()
    answer_the_newest(hub, offices, page)
    found = wait_for(lambda: answered(machine, place), "the officer's answer")
    assert found["answer"]["records"] == [{"buried_on": "1998-04-05", "volume": "III/27"}]


def answer_the_newest(hub: RunningHub, offices: Offices, page: Page) -> None:
    """An officer of the owner claims the question that came last, looks it up in the book, and answers."""
    password = next(found["password"] for found in hub.demo["people"] if found["username"] == "cab-officer-2")
    page.goto("/zh-hans/accounts/login/?next=/zh-hans/console/queue")
    page.fill("[name=login]", "cab-officer-2")
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    offices.visitors.picture(page, "queue-zh")
    assert too_wide(page) == []
    page.locator("main table a").last.click()
    page.locator("main form[action$='/claim'] button").click()
    assert DECEASED in page.content()
    page.check("[name=s0][value=FOUND]")
    page.fill("[name=s0_r0_buried_on]", "1998-04-05")
    page.fill("[name=s0_r0_volume]", "III/27")
    offices.visitors.picture(page, "queue-answer-zh")
    assert too_wide(page) == []
    page.locator("main form button[type=submit]").first.click()
    offices.visitors.picture(page, "queue-answered-zh")


def answered(machine: Machine, place: str) -> Any:
    """The result, once it is there."""
    heard = collect(machine, place)
    return heard.document if heard.status == 200 else None
