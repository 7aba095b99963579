"""Requests as their people live through them: to many owners at once, sent back and completed, decided item by item, rehearsed, signed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.journeys.browsing import Visitors, chromium_at
from tests.journeys.calling import Department, Machine, person, told
from tests.journeys.hub_process import RunningHub
from tests.journeys.offices import PHONE, Offices, asking
from tests.world_data import WORDS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SUBJECT = "510102198804120265"  # the wheelchair user of the demonstration, 罗晓梅
CASE = {"case": "2026-400", "officer": "automatic"}


@pytest.fixture(scope="module")
def offices(_session_hub: RunningHub, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """Everybody at their desks, for all stories of this file."""
    with chromium_at(chromium) as browser, contextlib.ExitStack() as open_pages:
        yield Offices(Visitors.of(_session_hub, browser, tmp_path_factory.mktemp("pictures")), open_pages)


def test_one_request_reaches_two_owners_and_each_decides_its_own_part(hub: RunningHub, offices: Offices) -> None:
    number = ask_both(offices)
    send_back_one(hub, offices, number)
    complete(offices, number)
    decide_item_by_item(hub, offices, number)
    sign_twice(hub, offices, number)
    agreement = read_and_sign(hub, offices, number)
    found = Machine(hub, "CAB-relief").call(
        f"/exchange/v1/{agreement}/query", {"purpose": "disability_allowance", **CASE, "subject": SUBJECT}
    )
    assert found.document["answer"]["records"] == [{"name": "罗***"}]
    assert offices.faults == {}
    assert offices.visitors.complaints == []


def ask_both(offices: Offices) -> str:
    """One request about the population and the certificates; gives its number."""
    page = offices.at("cab-officer", "console/requests/new?dataset=R01&dataset=R14")
    page.check("[name=purpose][value=disability_allowance]")
    for name, words in WORDS.items():
        page.fill(f"[name={name}]", words)
    offices.look(page, "many-owners-begun")
    offices.press(page, "Save and go on", "h1:has-text('Population')")
    fill(page, "items.name", "items.household")
    offices.look(page, "many-owners-first")
    offices.press(page, "Save and go on", "h1:has-text('certificates')")
    fill(page, "items.grade")
    offices.press(page, "Save and go on", "h1:has-text('What will come back')")
    offices.look(page, "many-owners-foreseen")
    offices.press(page, "Hand in", "h1:has-text('asks for data')")
    offices.look(page, "many-owners-handed-in")
    return page.url.rsplit("/", 1)[1]


def fill(page: Page, *wishes: str) -> None:
    """Tick what is wished, with a reason; everything else of the form is unticked."""
    page.fill("[name=monthly_subjects]", "600")
    for box in page.query_selector_all("main input[type=checkbox]:checked:visible"):
        if (box.get_attribute("name") or "").count(".") < 2:  # a fact's own values go with the fact
            box.uncheck()
    for wish in wishes:
        page.check(f"[name='{wish}']")
        if page.locator(f"[name='why.{wish}']").count():  # none is asked where the purpose is known to need it
            page.fill(f"[name='why.{wish}']", "The allowance depends on it.")
    page.check("[name=methods][value=QUERY]")
    page.check("[name=systems][value=CAB-relief]")


def send_back_one(hub: RunningHub, offices: Offices, number: str) -> None:
    """The authority sends the first part back with one complete list, and passes the second one on."""
    page = offices.at("data-reviewer", f"console/requests/{number}/R01/return")
    page.fill("[name='missing.items.household']", "Say which decision needs the household number.")
    page.fill("[name='missing.items.name']", "Say why a part of the name is not enough.")
    offices.look(page, "supplement-asked")
    offices.press(page, "Return with this list", "text=Returned. The requester sees your list.")
    with person(hub, "data-reviewer") as reviewer:
        told(reviewer.post(f"/api/v1/requests/{number}/parts/R14/check", json={"note": "complete"}))
        assert states(reviewer, number) == {"R01": "RETURNED", "R14": "CHECKED"}


def complete(offices: Offices, number: str) -> None:
    """The requester reads the list on a phone, in Chinese, completes it and hands it in again."""
    page = offices.at("cab-officer", f"console/requests/{number}", language="zh-hans", width=PHONE)
    assert page.get_by_text("Say which decision needs the household number.").first.is_visible()
    offices.look(page, "supplement-read-zh")
    page = offices.at("cab-officer", f"console/requests/{number}/R01/edit", width=PHONE)
    page.fill("[name='why.items.household']", "Only one allowance is paid for each household.")
    offices.look(page, "supplement-completed")
    offices.press(page, "Save and go on", "h1:has-text('What will come back')")
    offices.press(page, "Hand in", "h1:has-text('asks for data')")


def decide_item_by_item(hub: RunningHub, offices: Offices, number: str) -> None:
    """The police mask the name, and refuse the household on a coded ground."""
    with person(hub, "data-reviewer") as reviewer, person(hub, "psb-officer") as owner:
        told(reviewer.post(f"/api/v1/requests/{number}/parts/R01/check", json={}))
        beyond = {"verdicts": {"items.household": {"decision": "REFUSED", "ground": "WE_DO_NOT_WANT_TO", "reason": "No."}}}
        assert owner.post(f"/api/v1/requests/{number}/parts/R01/approve", json=beyond).status_code in (400, 422)
    page = offices.at("psb-officer", f"console/requests/{number}/R01/approve")
    page.check("[name='decision.items.name'][value=MASKED]")
    page.click("summary:has-text('If masked or refused') >> nth=0")
    page.fill("[name='keep_first.items.name']", "1")
    page.check("[name='decision.items.household'][value=REFUSED]")
    page.click("summary:has-text('If masked or refused') >> nth=1")
    page.select_option("[name='ground.items.household']", "BEYOND_PURPOSE")
    page.fill("[name='reason.items.household']", "The allowance is a person's, not a household's.")
    offices.look(page, "decided-item-by-item")
    offices.press(page, "Approve and sign", "text=Approved and signed.")
    offices.look(page, "decided")


def sign_twice(hub: RunningHub, offices: Offices, number: str) -> None:
    """The grade is of class 4: one officer of the owner decides, another confirms."""
    steps = f"/api/v1/requests/{number}/parts/R14"
    with person(hub, "dpf-officer") as first:
        assert part(told(first.post(f"{steps}/approve", json={})), "R14")["state"] == "APPROVED_ONCE"
        assert first.post(f"{steps}/confirm", json={}).status_code == 403
    page = offices.at("dpf-officer-2", f"console/requests/{number}/R14/confirm")
    offices.look(page, "second-signature")
    offices.press(page, "Confirm and sign", "text=Confirmed and signed.")


def read_and_sign(hub: RunningHub, offices: Offices, number: str) -> str:
    """A colleague of the asker rehearses the text that was decided, then signs it; gives the agreement's id."""
    with person(hub, "cab-officer") as asker:
        agreements = {found["dataset"]: found["agreement"] for found in told(asker.get(f"/api/v1/requests/{number}"))["parts"]}
    assert set(agreements) == {"R01", "R14"}
    page = offices.at("cab-officer-2", f"console/requests/{number}")
    offices.look(page, "many-owners-answered")
    page = offices.at("cab-officer-2", f"console/agreements/{agreements['R14']}/rehearsal")
    assert page.locator("main .mz-tile, main dl, main table").count()
    offices.look(page, "rehearsal")
    page = offices.at("cab-officer-2", f"console/agreements/{agreements['R01']}/sign")
    offices.look(page, "mask-before-signing")
    offices.press(page, "Sign for", "main .mz-chip:has-text('In force')")
    return str(agreements["R01"])


def states(client: httpx.Client, number: str) -> dict[str, str]:
    """The state of each part."""
    return {found["dataset"]: found["state"] for found in told(client.get(f"/api/v1/requests/{number}"))["parts"]}


def part(request: dict[str, Any], dataset: str) -> dict[str, Any]:
    """One part of a request."""
    return next(found for found in request["parts"] if found["dataset"] == dataset)


def test_inside_a_standing_offer_a_request_is_granted_at_once(hub: RunningHub, offices: Offices) -> None:
    page = offices.at("dpf-officer", "console/standing-offers/new?dataset=R14")
    page.fill("[name=title_en]", "Certificates for pensions")
    page.fill("[name=title_zh]", "退休待遇核验残疾人证")
    for name, value in (("requesters", "HRSS"), ("purposes", "retirement"), ("methods", "VERIFY"), ("facts", "valid")):
        page.check(f"[name={name}][value={value}]")
    page.fill("[name=law_en]", "Social Insurance Law")
    page.fill("[name=law_zh]", "中华人民共和国社会保险法")
    page.fill("[name=article]", "Article 16")
    page.fill("[name=not_after]", "2029-12-31")
    offices.look(page, "offer-written")
    offices.press(page, "Write down for the second person", "main .mz-chip:has-text('Draft')")
    offer = page.url.rsplit("/", 1)[1]
    page = offices.at("dpf-officer-2", f"console/standing-offers/{offer}/sign")
    offices.press(page, "Sign for", "main .mz-chip:has-text('In force')")
    offices.look(page, "offer-in-force")

    part_of = asking("R14", ["HRSS-benefits"], ["VERIFY"], facts={"valid": {}}, per_day=100, per_minute=10)
    with person(hub, "hrss-officer") as asker, person(hub, "data-reviewer") as reviewer:
        number = told(asker.post("/api/v1/requests", json={"purpose": "retirement", **WORDS, "parts": [part_of]}), 201)["number"]
        foreseen = told(asker.get(f"/api/v1/requests/{number}/foreseen"))
        assert "GRANTED_AT_ONCE" in str(foreseen) or "OFFER" in str(foreseen), foreseen
        told(asker.post(f"/api/v1/requests/{number}/submit"))
        granted = part(told(reviewer.post(f"/api/v1/requests/{number}/parts/R14/check", json={})), "R14")
        assert granted["state"] == "APPROVED"  # nobody of the owner was asked again
        assert told(asker.post(f"/api/v1/agreements/{granted['agreement']}/sign", json={}))["state"] == "IN_FORCE"
    page = offices.at("hrss-officer", f"console/requests/{number}", width=PHONE)
    offices.look(page, "granted-under-an-offer")
    asked = {"purpose": "retirement", **CASE, "subject": SUBJECT, "facts": [{"fact": "valid"}]}
    answer = Machine(hub, "HRSS-benefits").call(f"/exchange/v1/{granted['agreement']}/verify", asked)
    assert answer.document["answers"][0]["answer"] == "YES"
    assert offices.faults == {}


def test_a_department_signs_on_its_own_machine(hub: RunningHub, offices: Offices, tmp_path: Path) -> None:
    pem = tmp_path / "document-2.pem"
    made = hub.place.run_module("tests.journeys.own_key", "HC", "document-2", str(pem))
    assert made.returncode == 0, made.stderr
    with person(hub, "hc-officer") as officer:
        waiting = [
            row for row in told(officer.get("/api/v1/agreements"))["results"] if (row["state"], row["requester"]) == ("PROPOSED", "HC")
        ]
    agreement = waiting[0]["agreement_id"]
    page = offices.at("hc-officer", f"console/agreements/{agreement}/sign")
    offices.press(page, "Sign for", "text=sign on its own machine")
    offices.look(page, "sign-on-ones-own-machine")
    command = page.locator("main code:has-text('hub sign')").first.inner_text().split()
    machine = Department(hub, tmp_path / "machine")
    machine.configure("CAB-relief")  # for the hub's address and the authority's root; the key is the department's own
    read = machine.hub(*command[1:], HUB_PRIVATE_KEY_FILE=str(pem))
    assert read.code != 0  # nobody said yes
    assert "newborn" in read.out or "enrolled" in read.out
    signed = machine.hub(*command[1:], "--yes", HUB_PRIVATE_KEY_FILE=str(pem))
    assert signed.code == 0, signed.err
    page = offices.at("hc-officer", f"console/agreements/{agreement}")
    assert page.locator("main .mz-chip:has-text('In force')").first.is_visible()
    assert "HC/document-2" in page.content()
    offices.look(page, "signed-on-ones-own-machine")
    assert machine.hub(*command[1:], "--yes", HUB_PRIVATE_KEY_FILE=str(pem)).code != 0  # an order is handed in once
    assert offices.faults == {}


def test_what_is_not_used_is_given_back_in_a_click(hub: RunningHub, offices: Offices) -> None:
    held = hub.agreement("PSB-traffic", "R14")
    page = offices.at("psb-officer", f"console/agreements/{held['id']}/use")
    offices.look(page, "held-and-used")
    offices.press(page, "Give back what is not used", "h1:has-text('asks for data')")
    offices.look(page, "narrowed")
    number = page.url.rsplit("/", 1)[1]
    with person(hub, "psb-officer") as officer:
        narrower = part(told(officer.get(f"/api/v1/requests/{number}")), "R14")
        assert (narrower["state"], narrower["supersedes"]) == ("SUBMITTED", held["id"])
        assert told(officer.get(f"/api/v1/agreements/{held['id']}"))["state"] == "IN_FORCE"  # no gap
    assert offices.faults == {}
