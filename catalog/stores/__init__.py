"""Where rows live. One Protocol for every kind of store; a dataset version names its kind, and the registry finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Record = dict[str, Any]


class RevisionReader(Protocol):
    """What the data path asks of the rows of one revision."""

    def lookup(self, subjects: Sequence[str], items: Sequence[str], *, kind: str | None = None) -> dict[str, list[Record]]:
        """For each normalised subject its records, with the asked items only; a subject without record has the empty list."""

    def count_same(self, item: str, value: object) -> int:
        """How many records hold this value in this item."""


def open_store(document: Mapping[str, Any], *, rows_hash: str, lookup_hash: str) -> RevisionReader:
    """The reader of a revision, by the kind of store that the signed version names."""
    from catalog.stores.hosted import open_revision

    openers = {"hosted": open_revision}
    return openers[document["store"]["kind"]](lookup_hash, rows_hash, document)
