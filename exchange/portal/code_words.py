"""What a register calls its items and its codes, for people: nobody reads `city_bank` on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.models import DataItem, Dataset, DatasetVersion
from exchange.portal.templatetags.look_text import bilingual


@dataclass(frozen=True)
class CodeBook:
    """Titles of items by (dataset, item), and of codes by (dataset, item, code), in the reader's language."""

    items: Mapping[tuple[str, str], str]
    codes: Mapping[tuple[str, str, str], str]

    def title(self, dataset: str, item: str) -> str:
        """An item's title; its name where the dataset has no such item."""
        return self.items.get((dataset, item), item)

    def text(self, dataset: str, item: str, value: Any) -> str:
        """A value as text; a code as its title."""
        return self.codes.get((dataset, item, str(value)), str(value))


def code_book(datasets: Iterable[str]) -> CodeBook:
    """The book of the current versions of `datasets` (codes)."""
    wanted = set(datasets)
    if not wanted:
        return CodeBook({}, {})
    current = Dataset.objects.filter(code__in=wanted).values_list("current_version", flat=True)
    versions = DatasetVersion.objects.filter(pk__in=list(current)).select_related("dataset").prefetch_related("items")
    items: dict[tuple[str, str], str] = {}
    codes: dict[tuple[str, str, str], str] = {}
    for version in versions:
        lists = version.content.get("code_lists", {})
        for item in version.items.all():
            items[version.dataset.code, item.name] = item.title
            codes |= {(version.dataset.code, item.name, entry["code"]): bilingual(entry["title"]) for entry in _entries(lists, item)}
    return CodeBook(items, codes)


def _entries(lists: Mapping[str, list[dict[str, Any]]], item: DataItem) -> list[dict[str, Any]]:
    return lists.get(item.code_list, []) if item.code_list else []
