"""Draws overview.png from a running demonstration: `python docs/pictures/make.py HOME` from the project's folder.

Every part is a real picture of a page as it is now: the console of a department, the auditor's log in the dark, a phone in Chinese.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.journeys.browsing import Scheme, Visitors, chromium_at  # noqa: E402 - found from the line above

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDE, HIGH = 1600, 860
PAGE = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; width: 1600px; height: 860px; position: relative; overflow: hidden; background: #dfe9f1; }
img { position: absolute; border-radius: 12px; box-shadow: 0 0 0 1px #0f2f4f26, 0 12px 28px #0f2f4f33; }
.console { left: 50px; top: 50px; width: 920px; } .log { left: 640px; top: 205px; width: 780px; }
.phone { left: 1270px; top: 105px; width: 280px; border: 8px solid #0b1a28; border-radius: 30px; }
</style>"""


@dataclass(frozen=True)
class Demonstration:
    """The hub that `manage.py demo` runs on a home folder."""

    demo: dict[str, Any]

    @property
    def url(self) -> str:
        """Where it answers."""
        return str(self.demo["base_url"])


@dataclass(frozen=True)
class Shot:
    """One page as one person sees it on one screen."""

    name: str
    username: str
    path: str
    width: int
    height: int
    scheme: Scheme = "light"
    language: str = "en"


SHOTS = (
    Shot("console", "cab-officer", "console", 1280, 900),
    Shot("log", "auditor", "audit", 1280, 980, "dark"),
    Shot("phone", "", "", 390, 844, "light", "zh-hans"),
)


def draw(home: Path, browser: Browser) -> None:
    """Take the pictures and lay them out."""
    hub = Demonstration(json.loads((home / "demo.json").read_text("utf-8")))
    parts = "".join(f'<img class="{shot.name}" src="data:image/png;base64,{_taken(Visitors(hub, browser, HERE), shot)}">' for shot in SHOTS)
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
    page.set_content(PAGE + parts)
    page.screenshot(path=HERE / "overview.png")


def _taken(visitors: Visitors, shot: Shot) -> str:
    with visitors.visitor(shot.username, width=shot.width, scheme=shot.scheme, language=shot.language) as page:
        page.set_viewport_size({"width": shot.width, "height": shot.height})
        page.goto(f"/{shot.language}/{shot.path}")
        return b64encode(page.screenshot()).decode()


if __name__ == "__main__":
    with chromium_at(os.environ.get("CHROMIUM", "/usr/bin/chromium")) as running:
        draw(Path(sys.argv[1]), running)
