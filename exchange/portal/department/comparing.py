"""How the same was decided before, and what is alike and open: beside the check and the decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from exchange.portal.department import words
from exchange.sharing import jurisdiction, precedents
from exchange.sharing.models import RequestPart


@dataclass(frozen=True)
class Decided:
    """One earlier decision: the part, and for each wish its name and what was decided in words."""

    part: RequestPart
    lines: tuple[str, ...]
    ground: str


@dataclass(frozen=True)
class Compared:
    """What stands beside a decision; `counts` says of each item or fact how often it was granted, masked and refused."""

    decided: list[Decided]
    similar: list[RequestPart]
    counts: tuple[tuple[str, str], ...]

    def named(self, numbers: Iterable[str]) -> list[RequestPart]:
        """The similar parts of these requests."""
        wanted = set(numbers)
        return [part for part in self.similar if part.request.number in wanted]


def of(part: RequestPart) -> Compared:
    """Everything that is comparable with a part."""
    version = part.dataset.current_version
    document: dict[str, Any] = version.content if version else {"items": [], "facts": []}
    titles = {row["name"]: words.title_of(row, row["name"]) for row in (*document["items"], *document["facts"])}
    before = list(precedents.decided_before(part))
    decided = [Decided(row, tuple(_lines(row, titles)), _ground(row.ground)) for row in before]
    return Compared(decided, list(precedents.similar_open(part)), tuple(_counts(before, titles)))


def _wishes(part: RequestPart) -> list[Any]:
    return [*part.items.all(), *part.facts.all()]


def _lines(part: RequestPart, titles: dict[str, str]) -> Iterable[str]:
    for wish in _wishes(part):
        said = {"title": titles.get(wish.name, wish.name), "decision": wish.get_decision_display(), "ground": _ground(wish.ground)}
        yield _("%(title)s: %(decision)s (%(ground)s)") % said if said["ground"] else _("%(title)s: %(decision)s") % said


def _counts(parts: list[RequestPart], titles: dict[str, str]) -> Iterable[tuple[str, str]]:
    tally: dict[str, Counter[str]] = {}
    for part in parts:
        for wish in _wishes(part):
            tally.setdefault(titles.get(wish.name, wish.name), Counter())[wish.decision] += 1
    for title, found in sorted(tally.items()):
        numbers = {"granted": found["GRANTED"], "masked": found["MASKED"], "refused": found["REFUSED"]}
        yield title, _("granted %(granted)s, masked %(masked)s, refused %(refused)s times") % numbers


def _ground(code: str) -> str:
    found = jurisdiction.refusal_grounds().get(code)
    return found.title if found else ""
