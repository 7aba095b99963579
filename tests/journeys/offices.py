"""The city's people at their desks: one signed-in page for each, kept open through a story, in any language and width."""

from __future__ import annotations

import contextlib
import os
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from audit.proof.canonical import fresh_nonce
from audit.proof.keys import PemSigner
from audit.proof.message import sign_request
from tests.journeys.browsing import Visitors, faults_of, too_wide
from tests.journeys.calling import Heard, Machine, Signed, send

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE, DESK = 390, 1280
_NAMED = re.compile(r"/(?:en|zh-hans|[a-z2-7]{32}|[0-9a-f-]{36}|[CDMR]-?\w*\d[\w-]*|\d{4}-\d+)(?=/|$)")  # which one it is about


@dataclass
class Offices:
    """Open pages by sign-in name, and what was wrong with any page that was looked at."""

    visitors: Visitors
    open_pages: contextlib.ExitStack
    faults: dict[str, list[str]] = field(default_factory=dict)
    _pages: dict[str, Page] = field(default_factory=dict)
    _judged: set[str] = field(default_factory=set)

    def at(self, username: str, path: str = "console", *, language: str = "en", width: int = DESK) -> Page:
        """The person's page, at this address."""
        page = self._pages.get(username)
        if page is None:
            page = self._pages[username] = self.open_pages.enter_context(self.visitors.visitor(username))
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/{language}/{path}")
        return page

    def look(self, page: Page, name: str) -> None:
        """Whether the page fits its screen, and, where a page of this kind is met first, what axe finds; a picture where they are kept."""
        if "HUB_PICTURES" in os.environ:
            self.visitors.picture(page, name)
        found, kind = too_wide(page), _NAMED.sub("/*", page.url.partition("?")[0])
        if kind not in self._judged:
            self._judged.add(kind)
            found += faults_of(page)
        if found:
            self.faults[f"{name}: {page.url}"] = found

    def press(self, page: Page, button: str, until: str) -> None:
        """Press a button or follow a link by its words, and wait for what follows."""
        page.click(f"main :is(a, button):has-text('{button}')")
        page.wait_for_selector(until)


def collect(machine: Machine, path: str) -> Heard:
    """A signed GET with an empty body."""
    hub = machine.hub
    pem = hub.place.home / "keys" / machine.system / "system-1.pem"
    signer = PemSigner(f"{machine.system}/system-1", pem)
    headers = sign_request(signer, method="GET", target_uri=hub.url + path, body=b"", created=int(time.time()), nonce=fresh_nonce())
    return send(hub, Signed(path, headers, b""), method="GET")


def asking(dataset: str, systems: list[str], methods: list[str], **wishes: Any) -> dict[str, Any]:
    """One part of a request: items, facts and limits, every wish with its reason."""
    named = [*(f"items.{name}" for name in wishes.get("items", ())), *(f"facts.{name}" for name in wishes.get("facts", ()))]
    reasons = dict.fromkeys(named, "The decision depends on it.")
    return {"dataset": dataset, "systems": systems, "methods": methods, "monthly_subjects": 600, "justifications": reasons, **wishes}
