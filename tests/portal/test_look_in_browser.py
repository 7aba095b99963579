"""The gallery in a real Chromium: accessible in every width, theme and language, and no wider than the screen."""

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Literal
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import LazySettings
from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


class QuietHandler(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture
def site(settings: LazySettings) -> Iterator[str]:
    """The whole site in this process and without a database, which the gallery does not need; yields its address."""
    settings.DEMO = True
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=ThreadingServer, handler_class=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def opened(browser: "Browser", address: str, *, width: int = 1280, scheme: Scheme = "light", scripts: bool = True) -> "Page":
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", java_script_enabled=scripts
    )
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [
        ("/en/look?mood=auditor", 390, "light"),
        ("/en/look?mood=auditor", 1280, "dark"),
        ("/zh-hans/look?mood=citizen&message=1", 390, "dark"),
        ("/zh-hans/look?mood=citizen&message=1", 1280, "light"),
    ],
)
def test_the_gallery_is_accessible_and_fits(browser: "Browser", site: str, path: str, width: int, scheme: Scheme) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, site + path, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.context.close()


def test_the_content_policy_blocks_nothing_of_ours(browser: "Browser", site: str) -> None:
    page = opened(browser, "about:blank")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site}/en/look")
    page.wait_for_load_state("networkidle")
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_theme_is_switched_with_and_without_scripts(browser: "Browser", site: str, scripts: bool) -> None:
    page = opened(browser, f"{site}/en/look?mood=citizen", scripts=scripts)
    page.click("form[data-theme-form] button")
    page.wait_for_load_state("networkidle")
    page.goto(f"{site}/en/look")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.context.close()


def test_a_progress_bar_follows_its_work_to_the_end(browser: "Browser", site: str) -> None:
    page = opened(browser, f"{site}/en/look")
    page.wait_for_selector(".mz-progress:not([hx-get]) progress[value='100']", timeout=60_000)
    page.context.close()
