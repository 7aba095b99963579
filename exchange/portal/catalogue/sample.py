"""The sample on a dataset's page: what the signed acts allow to be shown, with the words of its code lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import HubError
from catalog import offering
from catalog.models import DataItem, Dataset
from exchange.portal.templatetags.look_text import bilingual


@dataclass(frozen=True)
class Sample:
    """Columns, the names of those that are made up, and rows of texts in the columns' order."""

    items: tuple[DataItem, ...] = ()
    made: frozenset[str] = frozenset()
    rows: tuple[tuple[str, ...], ...] = ()


def sample_of(dataset: Dataset, document: Mapping[str, Any], items: list[DataItem]) -> Sample:
    """The sample without items that may not be shown; empty while the acts do not verify (the page says the rest)."""
    try:
        shown = offering.sample_of(dataset)
    except HubError:
        return Sample()
    columns = tuple(item for item in items if item.name in shown["items"])
    words = code_words(document)
    rows = tuple(tuple(_text(row.get(item.name), words.get(item.name, {})) for item in columns) for row in shown["rows"])
    return Sample(columns, frozenset(shown["made"]), rows)


def completeness_of(dataset: Dataset) -> list[dict[str, Any]]:
    """How complete each shown item is; nothing while the acts do not verify."""
    try:
        return offering.completeness(dataset)
    except HubError:
        return []


def code_words(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """For each item with a code list: its codes and what they mean in the reader's language."""
    lists = {
        name: {str(entry["code"]): str(bilingual(entry["title"])) for entry in entries}
        for name, entries in document.get("code_lists", {}).items()
    }
    return {item["name"]: lists.get(item["code_list"], {}) for item in document["items"] if item.get("code_list")}


def _text(value: Any, words: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else words.get(str(value), str(value))
