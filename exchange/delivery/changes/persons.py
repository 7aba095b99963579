"""Who stood on a page of changes: evaluated when somebody asks, from the two revisions that the entry names.

The entry holds ranges of row numbers and no person. A row was on the page if it lies in the range and truly changed under
the agreement between the two; its neighbour in the older revision is found by its key, in some twenty steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit import acts
from catalog.errors import FilesMissing, FilesTampered
from catalog.stores import hosted
from catalog.stores.hosted import HostedRevision, Where
from exchange.accounts.subject import Subject
from exchange.delivery.minimise import masked
from exchange.sharing.policy import Policy, compile_policy
from exchange.sharing.row_filter import passes

Record = Mapping[str, Any]


@dataclass(frozen=True)
class _Side:
    """One of the two revisions, read as the agreement reads it."""

    store: HostedRevision
    on: date
    key: tuple[str, ...]
    items: tuple[str, ...]
    policy: Policy

    @property
    def needed(self) -> list[str]:
        return list(dict.fromkeys([*self.key, *self.items, *self.policy.row_filter.items]))

    def of(self, subject: Subject) -> list[tuple[int, Record]]:
        """The person's rows inside the agreed ones, with their numbers."""
        found = self.store.numbered(subject.identifier, self.needed, kind=subject.kind)
        return [(number, record) for number, record in found if passes(self.policy.row_filter, record, self.on)]

    def same_row(self, record: Record) -> Record | None:
        """The row of this revision with the same key, if it is inside the agreed ones. Rows stand in the order of their key."""
        wanted, low, high = self._order(record), 1, self._last()
        while low <= high:
            middle = (low + high) // 2
            found = self._at(middle)
            if found is None:
                return None
            if self._order(found) == wanted:
                return found if passes(self.policy.row_filter, found, self.on) else None
            low, high = (middle + 1, high) if self._order(found) < wanted else (low, middle - 1)
        return None

    def given(self, record: Record) -> tuple[Any, ...]:
        """What of a row the agreement gives."""
        return tuple(masked(self.policy, item, record[item]) for item in self.items)

    def _order(self, record: Record) -> tuple[Any, ...]:
        return tuple(record[item] for item in self.key)

    def _at(self, number: int) -> Record | None:
        found = self.store.scan_page(self.needed, Where("number = ?", (number,)), after=0, limit=1)
        return found[0][1] if found else None

    def _last(self) -> int:
        """The number of the last row: doubled until there is none, then halved."""
        high = 1
        while self._at(high) is not None:
            high *= 2
        low = high // 2
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (middle, high) if self._at(middle) is not None else (low, middle)
        return low


def was_on_page(route: Mapping[str, Any], subject: Subject) -> bool | None:
    """Whether a row of the person was on the page of a `changes` entry, set or gone; None where nobody can tell any more."""
    try:
        until, since = _side(route, route), _side(route, route["since"]) if route["since"] else None
        if until is None or subject.kind not in until.policy.subject_kinds:
            return None if until is None else False
        return _was_set(until, since, route["set"], subject) or _was_gone(until, since, route["gone"], subject)
    except (FilesMissing, FilesTampered, KeyError):
        return None


def _was_set(until: _Side, since: _Side | None, numbers: list[int], subject: Subject) -> bool:
    for number, record in until.of(subject):
        if _within(number, numbers):
            before = since.same_row(record) if since else None
            if before is None or since is None or since.given(before) != until.given(record):
                return True
    return False


def _was_gone(until: _Side, since: _Side | None, numbers: list[int], subject: Subject) -> bool:
    if since is None:
        return False
    return any(_within(number, numbers) and until.same_row(record) is None for number, record in since.of(subject))


def _within(number: int, numbers: list[int]) -> bool:
    return bool(numbers) and int(numbers[0]) <= number <= int(numbers[1])


def _side(route: Mapping[str, Any], stand: Mapping[str, Any]) -> _Side | None:
    """A revision with its own description, and the items that the entry says were given."""
    standing = acts.standing()
    agreement: Any = standing.agreements.get(str(route.get("agreement")))
    described = standing.all_versions.get(str(stand["described"]))
    if agreement is None or described is None:
        return None
    document: Mapping[str, Any] = described.version
    policy = compile_policy(str(route["agreement"]), agreement, standing)
    store = hosted.open_revision(str(stand["revision"]), str(stand["rows"]), document)
    return _Side(store, date.fromisoformat(str(stand["on"])), tuple(document["key"]), tuple(route["items"]), policy)
