"""A citizen at the pages, for tests: signed in as one of tests/affairs/world.py, reading text instead of HTML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from exchange.affairs.gathering import gather_now
from exchange.affairs.models import Case
from tests.affairs.world import AffairsWorld

_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


def text_of(response: Any) -> str:
    """What a reader sees of a page, with single spaces."""
    words = " ".join(html.unescape(_TAGS.sub(" ", response.content.decode())).split())
    return re.sub(r" ([.,])", r"\1", words)


@dataclass
class Citizen:
    """Somebody of the small city before the pages; nothing is done for them that they do not press."""

    world: AffairsWorld
    name: str = "granted"
    language: str = "en"
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.world.people[self.name])

    def open(self, path: str, **query: str) -> Any:
        """A page below the language."""
        return self.client.get(f"/{self.language}/{path}", query)

    def press(self, path: str, **fields: Any) -> Any:
        """Send a form."""
        return self.client.post(f"/{self.language}/{path}", fields)

    def starts(self) -> Case:
        """Press "Start now"."""
        answer = self.press("apply/disability-allowances")
        assert answer.status_code == 302, text_of(answer)
        return Case.objects.get(number=answer["Location"].rsplit("/", 1)[1])

    def asks(self) -> Case:
        """Start, and ask the offices; the work is done."""
        case = self.starts()
        assert self.press(f"me/cases/{case.number}/ask").status_code == 302
        assert gather_now(case)
        case.refresh_from_db()
        return case

    def hands_in(self, case: Case) -> str:
        """Accept everything that the page shows, hand in, and read what then stands there."""
        shown = re.findall(r'name="shown" value="(\w+)"', self.open(f"me/cases/{case.number}").content.decode())
        self.press(f"me/cases/{case.number}/submit", shown=shown)
        case.refresh_from_db()
        return self.reads(case)

    def reads(self, case: Case) -> str:
        """The text of the application's page."""
        answer = self.open(f"me/cases/{case.number}")
        assert answer.status_code == 200
        return text_of(answer)
