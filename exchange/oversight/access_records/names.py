"""What codes of the log are called in the reader's language, read for a whole page in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from audit.proof.canonical import dumps
from catalog.models import DataItem, Dataset, Department, Fact, Purpose, in_active_language
from exchange.affairs.models import Matter

_ENDINGS = " ?？.。"


@dataclass(frozen=True)
class Names:
    """Rows by code, whose titles follow the active language; a code that nothing is called stays a code.

    `asked_as` is how a published matter words a question to citizens: {en, zh} by dataset, fact and parameters.
    """

    departments: Mapping[str, Department]
    datasets: Mapping[str, Dataset]
    purposes: Mapping[str, Purpose]
    items: Mapping[tuple[str, str], DataItem]
    facts: Mapping[tuple[str, str], Fact]
    asked_as: Mapping[tuple[str, str, bytes], Mapping[str, str]] = field(default_factory=dict)
    matters: Mapping[str, Matter] = field(default_factory=dict)

    def party(self, code: str) -> str:
        """A department."""
        row = self.departments.get(code)
        return row.name if row else code

    def dataset(self, code: str) -> str:
        """A dataset."""
        row = self.datasets.get(code)
        return row.title if row else code

    def purpose(self, code: str) -> str:
        """A purpose, as it stands in a sentence."""
        row = self.purposes.get(code)
        return row.title if row else code

    def matter(self, code: str) -> str:
        """A service matter."""
        row = self.matters.get(code)
        return row.current.title if row and row.current else code

    def question(self, route: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
        """A fact with its parameters as a question, without its question mark.

        In the words of a published matter only where it asks the same fact with the very same parameters.
        """
        fact, values = str(asked.get("fact", "")), asked.get("with") or {}
        worded = self.asked_as.get((str(route.get("dataset", "")), fact, dumps(values)))
        if worded:
            return in_active_language(worded.get("en", ""), worded.get("zh", "")).rstrip(_ENDINGS)
        row = self.facts.get((str(route.get("version", "")), fact))
        title = row.title.rstrip(_ENDINGS) if row else fact
        return _("{title} ({values})").format(title=title, values=_spoken(values)) if values else title

    def item(self, route: Mapping[str, Any], name: str) -> str:
        """A data item."""
        row = self.items.get((str(route.get("version", "")), name))
        return row.title if row else name


def read_names(routes: Iterable[Mapping[str, Any]]) -> Names:
    """All names that these routes need, in six queries however many they are."""
    versions = {str(route.get("version", "")) for route in routes} - {""}
    items = DataItem.objects.filter(version__hash__in=versions).select_related("version")
    facts = Fact.objects.filter(version__hash__in=versions).select_related("version")
    matters = list(Matter.objects.select_related("current"))
    return Names(
        departments={row.code: row for row in Department.objects.all()},
        datasets={row.code: row for row in Dataset.objects.only("code", "title_en", "title_zh")},
        purposes={row.code: row for row in Purpose.objects.all()},
        items={(row.version.hash, row.name): row for row in items},
        facts={(row.version.hash, row.name): row for row in facts},
        asked_as=_asked_as(matters),
        matters={row.code: row for row in matters},
    )


def _asked_as(matters: Iterable[Matter]) -> dict[tuple[str, str, bytes], Mapping[str, str]]:
    """The citizens' wording of each question that a published matter asks, by dataset, fact and parameters."""
    found: dict[tuple[str, str, bytes], Mapping[str, str]] = {}
    for matter in matters:
        for requirement in (matter.current.content if matter.current else {}).get("requirements", ()):
            for source in requirement.get("sources", ()):
                if source.get("fact"):
                    literal = {name: value for name, value in (source.get("with") or {}).items() if not isinstance(value, dict)}
                    found.setdefault((str(source["dataset"]), str(source["fact"]), dumps(literal)), requirement["title"])
    return found


def _spoken(values: Mapping[str, Any]) -> str:
    """Parameters as they are read aloud: their values alone."""
    flat = [value for given in values.values() for value in (given if isinstance(given, list) else [given])]
    return _(", ").join(str(value) for value in flat)
