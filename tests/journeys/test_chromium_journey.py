"""The main job as people see it, in Chromium: publish, ask, check, approve, sign, be asked by `hub`, prove, revoke, refuse."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.browsing import Scheme, Visitors, chromium_at, faults_of, too_wide
from tests.journeys.calling import Department, Ended, wait_for
from tests.journeys.hub_process import RunningHub
from tests.world_data import CONDITIONAL, CONDITIONAL_ROWS, SUBJECTS, WORDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
NEW = {
    **CONDITIONAL,
    "code": "B14",
    "name": "browser_certificate",
    "title": {"en": "Certificates of the year", "zh": "年度残疾人证"},
    "description": {"en": "One row for each person.", "zh": "每人一行，当年核发。"},
}
CASE = ("--purpose", "disability_allowance", "--case", "2026-120", "--officer", "automatic", "--json")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for both tests."""
    with chromium_at(chromium) as running:
        yield running


@pytest.fixture
def visitors(hub: RunningHub, browser: Browser, tmp_path: Path) -> Visitors:
    """Everybody, and where the pictures go."""
    return Visitors.of(hub, browser, tmp_path / "pictures")


def test_people_agree_on_pages_and_the_machine_is_answered_until_they_revoke(visitors: Visitors, department: Department) -> None:
    publish(visitors)
    number = ask(visitors)
    pass_on(visitors)
    approve(visitors)
    agreement = sign(visitors, number)

    answered = query(department, agreement)
    assert answered.code == 0, answered.err
    assert answered.document["answer"]["records"] == [{"grade": 2}]
    find_in_the_log(visitors, agreement, "Answered", "answered")
    verify_receipt(visitors, Path(answered.document["receipt_file"]))

    revoke(visitors, agreement)
    refused = query(department, agreement)
    assert refused.code == 3
    assert refused.document["error"]["code"] == "REVOKED"
    find_in_the_log(visitors, agreement, "Refused", "refused")
    assert visitors.complaints == []


def query(department: Department, agreement: str) -> Ended:
    """Ask about one person by the command line."""
    return department.hub("query", "--agreement", agreement, "--subject", SUBJECTS[5], *CASE)


def publish(visitors: Visitors) -> None:
    """The publisher describes a register, loads its file, watches the check, and publishes."""
    with visitors.visitor("dpf-publisher") as page:
        page.goto("/en/console/datasets/new")
        page.fill("[name=text]", json.dumps(NEW, ensure_ascii=False, indent=1))
        visitors.picture(page, "describe")
        page.click("text=Sign and publish the description")
        rows = {"name": "rows.csv", "mimeType": "text/csv", "buffer": CONDITIONAL_ROWS.encode()}
        page.set_input_files("[name=file]", rows)  # type: ignore[arg-type]  # a file of this name, kind and content
        visitors.picture(page, "own-dataset")
        page.click("text=Upload and check")
        page.wait_for_selector("text=The file passed every check")  # the page reloads itself when the worker has done it
        visitors.picture(page, "file-checked")
        page.click("text=Publish this revision")
        page.wait_for_selector("text=Every answer comes from this revision")
        visitors.picture(page, "published")


def ask(visitors: Visitors) -> str:
    """An officer finds it by its Chinese name, and asks; gives the request's number."""
    with visitors.visitor("cab-officer") as page:
        page.goto("/en/catalog")
        page.fill("[name=q]", NEW["title"]["zh"])
        page.click("main button[type=submit]")
        page.wait_for_selector("text=1 register")
        visitors.picture(page, "found")
        page.click("main a:has-text('Certificates of the year')")
        page.wait_for_selector("h1:has-text('Certificates of the year')")
        visitors.picture(page, "dataset")
        page.click("text=Ask for these data")
        page.check("[name=purpose][value=disability_allowance]")
        for name, words in WORDS.items():
            page.fill(f"[name={name}]", words)
        visitors.picture(page, "ask-about")
        page.click("button:has-text('Save and go on')")
        page.wait_for_selector("h2:has-text('Which items')")
        page.fill("[name=monthly_subjects]", "600")
        for wish in ("items.grade", "facts.valid"):
            page.check(f"[name='{wish}']")
            page.fill(f"[name='why.{wish}']", "The allowance depends on it.")
        for method in ("VERIFY", "QUERY", "BATCH"):
            page.check(f"[name=methods][value={method}]")
        page.check("[name=systems][value=CAB-relief]")
        visitors.picture(page, "ask")
        page.click("button:has-text('Save and go on')")
        page.wait_for_selector("h1:has-text('What will come back')")
        visitors.picture(page, "foreseen")
        page.click("button:has-text('Hand in')")
        page.wait_for_selector("h1:has-text('asks for data')")
        visitors.picture(page, "asked")
        return page.url.rsplit("/", 1)[1]


def pass_on(visitors: Visitors) -> None:
    """The authority's reviewer finds it waiting, and passes it on."""
    with visitors.visitor("data-reviewer") as page:
        visitors.picture(page, "reviewer-console")
        open_waiting(page, "Certificates of the year")
        page.click("main a:has-text('Check')")
        page.wait_for_selector("h1:has-text('Check the request')")
        visitors.picture(page, "check")
        page.click("button:has-text('Pass it on to the owner')")
        page.wait_for_selector("h1:has-text('asks for data')")


def approve(visitors: Visitors) -> None:
    """The owner's officer grants every item, and signs."""
    with visitors.visitor("dpf-officer") as page:
        visitors.picture(page, "owner-console")
        open_waiting(page, "Certificates of the year")
        page.click("main a:has-text('Approve')")
        page.wait_for_selector("h1:has-text('Approve, item by item')")
        visitors.picture(page, "approve")
        page.click("button:has-text('Approve and sign')")
        page.wait_for_selector("main .mz-chip:has-text('Waits for the second officer')")
        visitors.picture(page, "approved-once")
    with visitors.visitor("dpf-officer-2") as page:
        open_waiting(page, "Certificates of the year")
        page.click("main a:has-text('Confirm as second officer')")
        page.wait_for_selector("h1:has-text('Confirm as second officer')")
        visitors.picture(page, "confirm")
        page.click("button:has-text('Confirm and sign')")
        page.wait_for_selector("text=An agreement came of it")
        visitors.picture(page, "approved")


def open_waiting(page: Page, title: str) -> None:
    """Follow the line of the console that is about this register."""
    page.click(f"main tr:has-text('{title}') a")
    page.wait_for_selector("h1:has-text('asks for data')")


def sign(visitors: Visitors, number: str) -> str:
    """A colleague of the officer reads and signs; gives the agreement's id."""
    with visitors.visitor("cab-officer-2") as page:
        page.goto(f"/en/console/requests/{number}")
        page.click("text=Read and sign the agreement")
        page.click("main a:has-text('Read and sign')")
        page.wait_for_selector("h1:has-text('Read, then sign')")
        visitors.picture(page, "sign")
        page.click("button:has-text('Sign for')")
        page.wait_for_selector("main .mz-chip:has-text('In force')")
        visitors.picture(page, "in-force")
        return page.url.rsplit("/", 1)[1]


def find_in_the_log(visitors: Visitors, agreement: str, outcome: str, name: str) -> None:
    """The auditor finds the call by its agreement, and reads its proof."""
    with visitors.visitor("auditor", scheme="dark") as page:
        found = f"main tr:has(.mz-chip:has-text('{outcome}')) a"
        wait_for(lambda: page.goto(f"/en/audit?agreement={agreement}") and page.locator(found).count(), "the auditor's index")
        visitors.picture(page, f"log-{name}")
        page.click(found)
        wait_for(lambda: page.reload() and page.locator("text=This entry stands in the log").count(), "the entry's proof")
        assert SUBJECTS[5] not in page.content()
        visitors.picture(page, f"entry-{name}")


def verify_receipt(visitors: Visitors, receipt: Path) -> None:
    """A stranger pastes the receipt, with its answer, and reads that it holds; a changed one does not."""
    text = receipt.read_text("utf-8")
    with visitors.visitor() as page:
        page.goto("/en/verify")
        page.fill("[name=receipt]", text)
        page.click("main button[type=submit]")
        page.wait_for_selector("text=Place in the log")
        visitors.picture(page, "verified")
        bundle = json.loads(text)
        bundle["receipt"]["leaf"] = "sha256:" + "0" * 64
        page.fill("[name=receipt]", json.dumps(bundle))
        page.click("main button[type=submit]")
        page.wait_for_selector(".mz-proof--stopped")
        visitors.picture(page, "forged")


def revoke(visitors: Visitors, agreement: str) -> None:
    """The owner ends the agreement for ever."""
    with visitors.visitor("dpf-officer") as page:
        page.goto(f"/en/console/agreements/{agreement}")
        page.click("main a:has-text('Revoke')")
        page.check("[name=ground][value=PURPOSE_ENDED]")
        page.fill("[name=reason]", "The allowance ended.")
        visitors.picture(page, "revoke")
        page.click("button:has-text('Revoke for ever')")
        page.wait_for_selector("main .mz-chip:has-text('Revoked')")
        visitors.picture(page, "revoked")


PUBLIC = [
    "",
    "catalog",
    "catalog/R14",
    "verify",
    "transparency",
    "status",
    "help",
    "privacy",
    "accessibility",
    "accounts/login/",
]
OWN = {
    "": PUBLIC,
    "auditor": ["audit", "audit/verify", "audit/break", "audit/entries/3", "console"],
    "cab-officer": ["console", "console/requests", "console/agreements", "console/requests/new?dataset=R14"],
    "dpf-publisher": ["console/datasets", "console/datasets/new", "console/datasets/R14"],
    "data-reviewer": ["console"],
    "dpf-administrator": ["console/people", "console/keys"],
}
# language -> width, scheme, whether axe looks too; a text's language changes widths, not colours, so three of four are enough for axe
FACES: dict[str, tuple[tuple[int, Scheme, bool], ...]] = {
    "en": ((390, "light", True), (1280, "dark", True)),
    "zh-hans": ((390, "dark", True), (1280, "light", False)),
}


@pytest.mark.parametrize("language", FACES)
@pytest.mark.parametrize("username", OWN)
def test_every_main_page_is_accessible_and_fits(visitors: Visitors, username: str, language: str) -> None:
    faults: dict[str, list[str]] = {}
    with visitors.visitor(username, language=language) as page:
        for path in OWN[username]:
            answer = page.goto(f"/{language}/{path}")
            assert answer is not None
            assert answer.status == 200, page.url
            faults |= look_at(visitors, page, language)
    assert not faults, json.dumps(faults, indent=1, ensure_ascii=False)
    assert visitors.complaints == []


def look_at(visitors: Visitors, page: Page, language: str) -> dict[str, list[str]]:
    """The faults of one page at both widths and in both schemes, by address, width and scheme."""
    faults = {}
    page.evaluate("document.querySelectorAll('main details').forEach(details => { details.open = true })")
    for width, scheme, is_judged in FACES[language]:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = [*(faults_of(page) if is_judged else []), *too_wide(page)]
        if found:
            faults[f"{page.url} {width} {scheme}"] = found
        if "HUB_PICTURES" in os.environ:
            visitors.picture(page, f"{language}-{width}-{scheme}-{name_of(page, language)}")
    return faults


def name_of(page: Page, language: str) -> str:
    """A file's name for the page's address."""
    return page.url.partition(f"/{language}/")[2].partition("?")[0].strip("/").replace("/", "-") or "home"
