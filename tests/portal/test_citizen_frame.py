"""What every citizen's page keeps: light enough for a slow line, and in words that everybody knows."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from exchange.affairs.models import Case
from exchange.portal import tones
from exchange.portal.management.trimming import trim
from tests.affairs.conftest import affairs_world  # noqa: F401 - a fixture
from tests.affairs.world import AffairsWorld
from tests.portal.citizen_pages import Citizen, text_of

STATIC = Path(tones.__file__).parent / "static"
TEMPLATES = Path(tones.__file__).parent / "templates"
WORDS = Path(tones.__file__).parents[2] / "locale" / "zh_Hans" / "parts" / "citizen.po"
LIMIT = 60_000
CRYPTOGRAPHY = {
    "en": "merkle hash digest checkpoint witness entry payload signature cryptograph encrypt salted leaf nonce token",
    "zh": "默克尔 哈希 摘要 检查点 见证 条目 载荷 签名 加密 密钥 散列",
}
_ASSET = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"')
_IMPORT = re.compile(r'import "\./([\w.-]+)"')


@pytest.fixture
def world(affairs_world: AffairsWorld) -> AffairsWorld:  # noqa: F811
    return affairs_world


def weight(page: bytes) -> int:
    """Bytes of a first visit, compressed as a server in front compresses: the page, and everything that it loads."""
    return _packed(page) + sum(_packed((STATIC / name).read_bytes()) for name in assets(page.decode()))


def assets(page: str) -> set[str]:
    """Style sheets, scripts with what they import, and drawings."""
    named = set(_ASSET.findall(page))
    for name in list(named):
        if name.endswith(".js"):
            folder = name.rsplit("/", 1)[0]
            named |= {f"{folder}/{other}" for other in _IMPORT.findall((STATIC / name).read_text("utf-8"))}
    return named


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, compresslevel=6))


def pages_of(citizen: Citizen, case: Case) -> dict[str, Any]:
    """Every page that the citizen has now, by address."""
    paths = [
        "services",
        "services/disability-allowances",
        "me",
        "me/cases",
        "me/offers",
        "me/access",
        f"me/cases/{case.number}",
        f"me/cases/{case.number}/items/certificate_valid?do=dispute",
        f"me/cases/{case.number}/items/certificate_valid?do=upload",
        f"me/cases/{case.number}/items/other_account?do=provide",
    ]
    paths += [f"me/licences/{licence.pk}" for licence in case.licences.all()]
    return {path: citizen.client.get(f"/{citizen.language}/{path}") for path in paths}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_light_and_in_plain_words_at_every_step(world: AffairsWorld, language: str) -> None:
    citizen = Citizen(world, "granted", language)
    case = citizen.starts()
    seen = {"started": pages_of(citizen, case)}
    citizen.press(f"me/cases/{case.number}/ask")
    seen["asking"] = pages_of(citizen, case)
    from exchange.affairs.gathering import gather_now

    assert gather_now(case)
    case.refresh_from_db()
    seen["shown"] = pages_of(citizen, case)
    citizen.hands_in(case)
    seen["decided"] = pages_of(citizen, case)
    for step, pages in seen.items():
        for path, answer in pages.items():
            assert answer.status_code == 200, f"{step} {path}"
            assert weight(answer.content) <= LIMIT, f"{step} {path}: {weight(answer.content):,} bytes"
            found = forbidden_in(text_of(answer))
            assert not found, f"{step} {path} speaks of {found}"


def forbidden_in(shown: str) -> list[str]:
    """Words of cryptography in a text; English ones as whole words."""
    english = [word for word in CRYPTOGRAPHY["en"].split() if re.search(rf"\b{word}(s|es|d|ed|ing)?\b", shown, re.IGNORECASE)]
    return english + [word for word in CRYPTOGRAPHY["zh"].split() if word in shown]


def test_the_measure_counts_what_a_page_loads(world: AffairsWorld) -> None:
    page = Citizen(world).open("me").content
    assert {"portal/citizen.js", "portal/conveniences.js", "portal/parts.css"} <= assets(page.decode())
    assert weight(page) > _packed(page) + 5_000


@pytest.mark.parametrize("spoken", ["A hash of it", "two signatures", "该条目的摘要"])
def test_words_of_cryptography_are_noticed(spoken: str) -> None:
    assert forbidden_in(spoken)


def test_citizens_sentences_are_short() -> None:
    """At most 20 words, or 30 characters (glossary)."""
    long = []
    for line in WORDS.read_text("utf-8").splitlines():
        text = line.partition('"')[2].rstrip('"')
        if line.startswith("msgid"):
            long += [part for part in re.split(r"[.?!:;]", text) if len(part.split()) > 20]
        elif line.startswith("msgstr"):
            long += [part for part in re.split(r"[。？！：；]", text) if len(part) > 30]
    assert long == []


@pytest.mark.parametrize(
    ("state", "english", "chinese"),
    [
        ("FETCHED", "Confirmed", "已查到"),
        ("NO_RECORD", "Nothing found. That alone does not mean no.", "没有查到，不等于不能办"),
        (
            "PROVIDER_DOWN",
            "The office is not answering. We keep trying; your deadline has stopped.",
            "对方系统暂时没有回应，我们会继续查，办理时限已暂停",
        ),
        ("REFUSED", "This office may not tell us. You can do this instead:", "该部门依法不能提供，您可以这样办："),
    ],
)
def test_the_words_are_those_of_the_glossary(state: str, english: str, chinese: str) -> None:
    from django.utils import translation

    from exchange.portal.citizen import words

    assert str(words.EVIDENCE[state].word) == english
    with translation.override("zh-hans"):
        assert str(words.EVIDENCE[state].word) == chinese


# --- The trimmed style sheet


def test_every_class_of_the_vendor_that_citizens_pages_use_is_in_the_trimmed_style_sheet() -> None:
    trimmed = (STATIC / "portal/vendor/govuk-citizen.min.css").read_text("utf-8")
    whole = (STATIC / "portal/vendor/govuk-frontend.min.css").read_text("utf-8")
    sources = [*(TEMPLATES / "citizen").rglob("*.html"), *(TEMPLATES / "components").rglob("*.html")]
    used = {name for path in sources for name in re.findall(r"govuk-[a-z]+(?:-[a-z]+)*(?:__[a-z]+)?(?:--[a-z]+)?", path.read_text("utf-8"))}
    missing = {name for name in used if f".{name}" in whole and f".{name}" not in trimmed}
    assert not missing


def test_the_trimmed_style_sheet_is_what_the_command_makes() -> None:
    whole = (STATIC / "portal/vendor/govuk-frontend.min.css").read_text("utf-8")
    assert (STATIC / "portal/vendor/govuk-citizen.min.css").read_text("utf-8") == trim(whole)


def test_trimming_keeps_used_rules_in_their_order_and_drops_the_others() -> None:
    css = ".govuk-label,.govuk-button{a:b}.govuk-button{c:d}@media print{.govuk-hint{e:f}.govuk-tag{g:h}}@media x{.govuk-tag{i:j}}p{k:l}"
    assert trim(css) == ".govuk-label{a:b}@media print{.govuk-hint{e:f}}\n"


def test_trimming_refuses_a_style_sheet_that_is_cut_off() -> None:
    with pytest.raises(ValueError, match="not closed"):
        trim(".govuk-label{a:b")
