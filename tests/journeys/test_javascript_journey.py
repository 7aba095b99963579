"""The JavaScript client against a running hub: under Node, and once in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from exchange.starting.environment import ROOT
from tests.client import javascript as node
from tests.client.javascript import JavaScript, JavaScriptError
from tests.journeys import standing_between
from tests.journeys.browsing import MILLISECONDS, chromium_at
from tests.journeys.calling import told
from tests.journeys.hub_process import RunningHub, free_port
from tests.journeys.standing_between import Between, change

CLIENT = ROOT / "client" / "javascript"
SYSTEM, DATASET = "HSG-rental", "R13"
IN_A_PAGE = """
async ({ options, agreement, wire }) => {
  const { HubClient, RefusedError } = await import("/client/javascript/index.js");
  const hub = await HubClient.open(options);
  const { body, receipt } = await hub.query(agreement, wire);
  const refused = await hub.query(agreement, { ...wire, purpose: "another_purpose" }).catch((error) => error);
  return { state: body.answer.state, outcome: receipt.route.outcome, refused: refused instanceof RefusedError && refused.code };
}
"""


@pytest.fixture(scope="module")
def between(_session_hub: RunningHub) -> Iterator[Between]:
    """Somebody between the client and the hub."""
    with standing_between.between(_session_hub) as made:
        yield made


@pytest.fixture(scope="module")
def javascript() -> Iterator[JavaScript]:
    """One process for these tests."""
    with node.running() as asked:
        yield asked


@pytest.fixture
def agreement(hub: RunningHub) -> dict[str, Any]:
    """What is asked under."""
    return hub.agreement(SYSTEM, DATASET)


def options(hub: RunningHub, **changes: Any) -> dict[str, Any]:
    """What the client is configured with."""
    pem = hub.place.home / "keys" / SYSTEM / "system-1.pem"
    log = told(httpx.get(f"{hub.url}/api/v1/keys", trust_env=False))["log"]
    given = {"baseUrl": hub.url, "keyid": f"{SYSTEM}/system-1", "privateKey": pem.read_text("utf-8"), "logOrigin": log}
    return given | {"authorityRoot": hub.demo["authority_root"]} | changes


def wire(agreement: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A question about one subject of the agreement, or about several."""
    common = {"purpose": agreement["purpose"], "case": "JS-1", "officer": "automatic"}
    return common | (more or {"subject": agreement["subjects"][-1]})


def test_each_method_is_answered_and_believed(javascript: JavaScript, hub: RunningHub, agreement: dict[str, Any]) -> None:
    javascript.do("open", options=options(hub))
    found = javascript.do("ask", agreement=agreement["id"], method="query", wire=wire(agreement))
    facts = javascript.do("ask", agreement=agreement["id"], method="verify", wire={**wire(agreement), "facts": agreement["facts"]})
    batch = javascript.do("ask", agreement=agreement["id"], method="batch", wire=wire(agreement, subjects=agreement["subjects"][-3:]))
    assert found["body"]["answer"]["state"] == "FOUND"
    assert facts["body"]["answers"][0]["fact"] == agreement["facts"][0]["fact"]
    assert [answer["subject"] for answer in batch["body"]["answers"]] == agreement["subjects"][-3:]
    assert [answered["receipt"]["route"]["method"] for answered in (found, facts, batch)] == ["QUERY", "VERIFY", "BATCH"]


def test_what_was_changed_on_the_way_is_not_believed(
    javascript: JavaScript, hub: RunningHub, between: Between, agreement: dict[str, Any]
) -> None:
    javascript.do("open", options=options(hub, baseUrl=between.url))
    with between.lying(change(b'"state":"FOUND"', b'"state":"FUND"', "/query")), pytest.raises(JavaScriptError) as caught:
        javascript.do("ask", agreement=agreement["id"], method="query", wire=wire(agreement))
    assert (caught.value.name, caught.value.code) == ("DataError", "DIGEST_MISMATCH")
    assert javascript.do("ask", agreement=agreement["id"], method="query", wire=wire(agreement))["status"] == 200


def test_a_refusal_and_a_hub_that_is_gone_are_told_apart(javascript: JavaScript, hub: RunningHub, agreement: dict[str, Any]) -> None:
    javascript.do("open", options=options(hub))
    with pytest.raises(JavaScriptError) as refused:
        javascript.do("ask", agreement=agreement["id"], method="query", wire=wire(agreement) | {"purpose": "another_purpose"})
    assert (refused.value.name, refused.value.code) == ("RefusedError", "PURPOSE_NOT_AGREED")
    assert refused.value.told["receipt"]["route"]["outcome"] == "REFUSED"
    javascript.do("open", options=options(hub, baseUrl=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(JavaScriptError) as gone:
        javascript.do("ask", agreement=agreement["id"], method="query", wire=wire(agreement))
    assert (gone.value.name, gone.value.code) == ("NetworkError", "UNREACHABLE")


@pytest.mark.browser
def test_it_works_in_a_browser(hub: RunningHub, between: Between, agreement: dict[str, Any], chromium: str) -> None:
    between.pages = {"/try": ("text/html", b"<!doctype html><title>try</title>")}
    between.pages |= {f"/client/javascript/{path.name}": ("text/javascript", path.read_bytes()) for path in scripts()}
    with chromium_at(chromium) as browser:
        page = browser.new_page()
        page.set_default_timeout(MILLISECONDS)
        page.goto(f"{between.url}/try")
        asked = {"options": options(hub, baseUrl=between.url), "agreement": agreement["id"], "wire": wire(agreement)}
        found = page.evaluate(IN_A_PAGE, asked)
    assert found == {"state": "FOUND", "outcome": "ANSWERED", "refused": "PURPOSE_NOT_AGREED"}


def scripts() -> list[Path]:
    """The modules that a page loads."""
    return sorted(CLIENT.glob("*.js"))
