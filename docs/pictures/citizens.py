"""Draws citizens.png from a running demonstration: `python docs/pictures/citizens.py HOME` from the project's folder.

Four phones, each a real picture of a page as it is now: what nobody brings any more, what was found, a refusal in Chinese, a grant.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.journeys.browsing import Scheme, chromium_at  # noqa: E402 - found from the line above

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = {"width": 390, "height": 844}
PAGE = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; width: 1600px; height: 860px; background: #dfe9f1; }
body { display: flex; justify-content: center; gap: 40px; align-items: center; }
img { width: 340px; border: 8px solid #0b1a28; border-radius: 34px; box-shadow: 0 12px 28px #0f2f4f33; }
</style>"""


def service(page: Page, language: str) -> None:
    """What nobody brings any more."""
    page.goto(f"/{language}/services/disability-allowances")


def found(page: Page, language: str) -> None:
    """Begin, and look at what the offices said."""
    service(page, language)
    page.locator("main form[action*='/apply/'] button").click()
    page.wait_for_load_state()
    if page.locator("form[action$='/ask']").count():
        page.locator("form[action$='/ask'] button").click()
    page.wait_for_selector("form[action$='/submit']")
    page.locator("h1").evaluate("heading => heading.scrollIntoView()")


def decided(page: Page, language: str) -> None:
    """The newest application that is decided."""
    page.goto(f"/{language}/me/cases")
    page.locator("main .mz-card--found a, main .mz-card--stopped a").first.click()
    page.wait_for_load_state()


SHOTS: tuple[tuple[str, str, Scheme, Callable[[Page, str], None]], ...] = (
    ("wheelchair_user", "en", "light", service),
    ("young_man_with_care_allowance", "en", "light", found),
    ("holder_of_expired_certificate", "zh-hans", "light", decided),
    ("woman_without_account", "en", "dark", decided),
)


def draw(home: Path, browser: Browser) -> None:
    """Take the pictures and lay them out."""
    url = json.loads((home / "demo.json").read_text("utf-8"))["base_url"]
    parts = "".join(f'<img src="data:image/png;base64,{_taken(browser, url, *shot)}">' for shot in SHOTS)
    page = browser.new_page(viewport={"width": 1600, "height": 860})
    page.set_content(PAGE + parts)
    page.screenshot(path=HERE / "citizens.png")


def _taken(browser: Browser, url: str, resident: str, language: str, scheme: Scheme, show: Callable[[Page, str], None]) -> str:
    page = browser.new_page(base_url=url, viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]  # width and height
    page.goto(f"/{language}/demo")
    page.locator(f"form[action$='/sign-in/{resident}'] button").first.click()
    page.wait_for_load_state()
    show(page, language)
    return b64encode(page.screenshot()).decode()


if __name__ == "__main__":
    with chromium_at(os.environ.get("CHROMIUM", "/usr/bin/chromium")) as running:
        draw(Path(sys.argv[1]), running)
