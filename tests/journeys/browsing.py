"""People of the city in a real Chromium: each in a browser of their own, with pictures of every step."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MILLISECONDS = 40_000
Scheme = Literal["light", "dark"]


class Hub(Protocol):
    """A hub that answers at `url`, with what its demo.json says."""

    @property
    def url(self) -> str:
        """Scheme, host and port."""

    @property
    def demo(self) -> dict[str, Any]:
        """The sign-ins stand in `people`."""


@contextlib.contextmanager
def chromium_at(path: str) -> Iterator[Browser]:
    """A browser while the block lasts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield running
        finally:
            running.close()


@dataclass
class Visitors:
    """Everybody who visits one hub; the console's complaints of all of them, and a folder for the pictures."""

    hub: Hub
    browser: Browser
    pictures: Path
    complaints: list[str] = field(default_factory=list)
    _taken: int = 0

    @classmethod
    def of(cls, hub: Hub, browser: Browser, folder: Path) -> Visitors:
        """Pictures go to HUB_PICTURES if it is set, else to `folder`."""
        pictures = Path(os.environ.get("HUB_PICTURES") or folder)
        pictures.mkdir(parents=True, exist_ok=True)
        return cls(hub, browser, pictures)

    @contextlib.contextmanager
    def visitor(self, username: str = "", *, width: int = 1280, scheme: Scheme = "light", language: str = "en") -> Iterator[Page]:
        """A page in a new browser context; signed in with the password of demo.json unless the name is empty."""
        context = self._context(width, scheme)
        try:
            page = context.new_page()
            page.set_default_timeout(MILLISECONDS)
            page.on("console", lambda message: self.complaints.append(f"{page.url}: {message.text}"))
            page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
            page.on("dialog", lambda dialog: dialog.accept())
            if username:
                self._sign_in(page, username, language)
            yield page
        finally:
            context.close()

    def _context(self, width: int, scheme: Scheme) -> BrowserContext:
        return self.browser.new_context(
            base_url=self.hub.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            timezone_id="Asia/Shanghai",
        )

    def _sign_in(self, page: Page, username: str, language: str) -> None:
        page.goto(f"/{language}/accounts/login/?next=/{language}/console")
        page.fill("[name=login]", username)
        page.fill("[name=password]", next(found["password"] for found in self.hub.demo["people"] if found["username"] == username))
        page.click("main button[type=submit]")
        page.wait_for_url(f"**/{language}/console**")

    def picture(self, page: Page, name: str) -> None:
        """Keep what the person sees now, numbered in the order of the story."""
        self._taken += 1
        page.screenshot(path=self.pictures / f"{self._taken:02}-{name}.png", full_page=True)


def faults_of(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    from axe_playwright_python.sync_playwright import Axe

    found: list[dict[str, Any]] = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"][:2]]


def too_wide(page: Page) -> list[str]:
    """Whether the page has to be moved sideways to be read."""
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"wider than the screen: {width}"] if width > page.evaluate("window.innerWidth") else []
