"""What codes of the log are called in the reader's language, read for a whole page in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import DataItem, Dataset, Department, Fact, Purpose, System

MOST_NAMED = 4


@dataclass(frozen=True)
class Names:
    """Titles by code; a code that nothing is called stays a code."""

    departments: Mapping[str, str]
    systems: Mapping[str, str]
    datasets: Mapping[str, str]
    purposes: Mapping[str, str]
    items: Mapping[tuple[str, str], str] = field(default_factory=dict)
    facts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def party(self, code: str) -> str:
        """A department, a system, or the hub itself."""
        return _("the hub") if code == "hub" else self.departments.get(code) or self.systems.get(code) or code

    def dataset(self, code: str) -> str:
        """A dataset."""
        return self.datasets.get(code, code)

    def purpose(self, code: str) -> str:
        """A purpose."""
        return self.purposes.get(code, code)

    def item_titles(self, route: Mapping[str, Any]) -> list[str]:
        """The data items that a route names."""
        version = str(route.get("version", ""))
        return [self.items.get((version, str(name)), str(name)) for name in _list(route.get("items"))]

    def fact_titles(self, route: Mapping[str, Any]) -> list[str]:
        """The facts that a route names; one outside the agreement has no name in the log."""
        version = str(route.get("version", ""))
        asked = [str(fact.get("fact", "")) for fact in _list(route.get("facts")) if isinstance(fact, dict)]
        return [self.facts.get((version, name), name) or _("a fact outside the agreement") for name in asked]


def read_names(routes: Iterable[Mapping[str, Any]] = ()) -> Names:
    """All names that these routes need, in six queries however many they are."""
    versions = {str(route.get("version", "")) for route in routes} - {""}
    items = DataItem.objects.filter(version__hash__in=versions).select_related("version")
    facts = Fact.objects.filter(version__hash__in=versions).select_related("version")
    return Names(
        departments={row.code: row.name for row in Department.objects.all()},
        systems={row.code: row.name for row in System.objects.all()},
        datasets={row.code: row.title for row in Dataset.objects.only("code", "title_en", "title_zh")},
        purposes={row.code: row.title for row in Purpose.objects.all()},
        items={(row.version.hash, row.name): row.title for row in items},
        facts={(row.version.hash, row.name): row.title for row in facts},
    )


def joined(titles: list[str]) -> str:
    """A few titles as they are read aloud; of many the first ones and how many more."""
    if len(titles) > MOST_NAMED:
        shown = _(", ").join(titles[:MOST_NAMED])
        return _("{titles} and {number} more").format(titles=shown, number=len(titles) - MOST_NAMED)
    if len(titles) < 2:
        return "".join(titles)
    return _("{first} and {last}").format(first=_(", ").join(titles[:-1]), last=titles[-1])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
