"""The list of a person's lines, the newest first, by cursor, in a fixed number of queries whatever the length.

The index names the entries to look at; each line is then read from the log itself. Filters look at the index first and
at the line again afterwards, so a wrong index can hide a line from a filter (a recount finds that), never show a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Missing
from audit.models import EntryIndex, LogHead, Pending, SubjectTrace
from exchange.accounts.subject import Subject
from exchange.oversight.access_records.kinds import OWNER_CHECK, STEPS, Group
from exchange.oversight.access_records.lists import LISTS, lists_among, stood_on
from exchange.oversight.access_records.log_lines import OwnKey, own_key, read_lines
from exchange.oversight.access_records.names import read_names
from exchange.oversight.access_records.records import AccessRecord, record_of

PAGE = 20
_NOWHERE = 2**62
CALLS = ("exchange", "refusal", "outcome", "intent")


@dataclass(frozen=True)
class Filters:
    """What the reader wants to see. `department` is a code, on either side, `asked_by` one that asked; days are local."""

    department: str = ""
    asked_by: str = ""
    group: str = ""
    since: date | None = None
    until: date | None = None
    refused_only: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether everything is wanted."""
        return self == Filters()

    @property
    def is_narrow(self) -> bool:
        """Whether something is left out."""
        return not self.is_empty


@dataclass(frozen=True)
class Page:
    """One page of lines, the newest first, with the cursors of its neighbours.

    `complete_until_ms`: everything up to this time is in the list; `is_behind` says that something newer is on its way.
    """

    lines: list[AccessRecord]
    older: str = ""
    newer: str = ""
    complete_until_ms: int = 0
    is_behind: bool = False
    filters: Filters = field(default_factory=Filters)


def access_records(subject: Subject, *, filters: Filters | None = None, cursor: str = "", size: int = PAGE) -> Page:
    """One page of what names the person. A cursor is `b12` (before entry 12) or `a12` (after it); anything else: the newest."""
    filters = filters or Filters()
    wanted = _Wanted(subject, own_key(subject), filters)
    way, place = cursor[:1], _number(cursor[1:])
    if way == "a" and place is not None:
        found = wanted.rising(above=place, size=size + 1)
        shown, has_older, has_newer = found[:size][::-1], bool(found), len(found) > size
    else:
        is_inside = way == "b" and place is not None
        found = wanted.falling(below=place if is_inside and place is not None else _NOWHERE, size=size + 1)
        shown, has_older, has_newer = found[:size], len(found) > size, is_inside and bool(found)
    lines = [line for line in records_of(subject, wanted.own, shown) if meets(line, filters)]
    return Page(lines, f"b{shown[-1]}" if has_older else "", f"a{shown[0]}" if has_newer else "", filters=filters, **_reach())


def access_record(subject: Subject, entry: int) -> AccessRecord:
    """One line. Raises Missing for an entry that does not name the person, just as for one that does not exist."""
    own = own_key(subject)
    if 0 <= entry < _NOWHERE and _is_own(subject, own, entry):
        (line,) = records_of(subject, own, [entry])
        return line
    raise Missing(_("There is no such line among those about you."))


def _is_own(subject: Subject, own: OwnKey, entry: int) -> bool:
    """Whether the entry names the person, or gave a list with the person; or the index says so of one that is damaged."""
    line = read_lines(own, [entry]).get(entry)
    if line is None:
        return False
    if line.mentions or stood_on(line.route, subject) is not False:
        return True
    return SubjectTrace.objects.filter(blind=own.blind, entry=entry).exists()


def records_of(subject: Subject, own: OwnKey, indexes: Sequence[int]) -> list[AccessRecord]:
    """The lines of these entries in the order given, read from the log; as many queries for one as for a hundred."""
    lines = read_lines(own, indexes)
    listed = {entry: stood_on(line.route, subject) for entry, line in lines.items() if not line.mentions}
    names = read_names([line.route for line in lines.values() if listed.get(line.entry) is not False])
    return [record_of(lines[index], names, stood=listed.get(index, False)) for index in indexes if index in lines]


def all_indexes(subject: Subject, *, below: int, size: int = 200) -> Iterator[list[int]]:
    """Every entry below `below` that names the person, the oldest first, in lots of `size`."""
    wanted, above = _Wanted(subject, own_key(subject), Filters()), -1
    while found := wanted.rising(above=above, below=below, size=size):
        yield found
        above = found[-1]


def meets(record: AccessRecord, filters: Filters) -> bool:
    """Whether the line itself, as the log says it, is what was wanted. A damaged line meets whatever led to it."""
    if not record.roles:
        return True
    wanted = [
        not filters.department or filters.department in (record.requester, record.provider),
        not filters.asked_by or filters.asked_by == record.requester,
        not filters.refused_only or record.outcome == "REFUSED",
        filters.since is None or record.at_ms >= _start_ms(filters.since),
        filters.until is None or record.at_ms < _start_ms(filters.until + timedelta(days=1)),
    ]
    return all(wanted)


@dataclass(frozen=True)
class _Wanted:
    """Numbers of the entries that name one person, narrowed by filters."""

    subject: Subject
    own: OwnKey
    filters: Filters

    def falling(self, *, below: int, size: int) -> list[int]:
        """The newest `size` of them below a number."""
        rows = traced(self.own, self.filters).filter(entry__lt=below).distinct()
        found = list(rows.order_by("-entry")[:size])
        lowest = found[-1] if len(found) == size else -1
        return sorted({*found, *self._listed(lowest, below)}, reverse=True)[:size]

    def rising(self, *, above: int, below: int = _NOWHERE, size: int) -> list[int]:
        """The oldest `size` of them strictly between two numbers."""
        rows = traced(self.own, self.filters).filter(entry__gt=above, entry__lt=below).distinct()
        found = list(rows.order_by("entry")[:size])
        highest = found[-1] if len(found) == size else below
        return sorted({*found, *self._listed(above, highest)})[:size]

    def _listed(self, above: int, below: int) -> list[int]:
        candidates = EntryIndex.objects.filter(_narrowed(self.filters), type__in=LISTS, count__gt=0, entry__gt=above, entry__lt=below)
        return lists_among(candidates.values_list("entry", flat=True), self.subject)


def traced(own: OwnKey, filters: Filters) -> QuerySet[Any]:
    """Entries that the index says name the person, narrowed by the filters."""
    rows = SubjectTrace.objects.filter(blind=own.blind)
    if not filters.is_empty:
        rows = rows.filter(entry__in=EntryIndex.objects.filter(_narrowed(filters)).values("entry"))
    return rows.values_list("entry", flat=True)


def _narrowed(filters: Filters) -> Q:
    wanted = _GROUPS.get(filters.group, Q())
    if filters.department:
        wanted &= Q(requester=filters.department) | Q(provider=filters.department)
    if filters.asked_by:
        wanted &= Q(requester=filters.asked_by, type__in=CALLS)
    if filters.refused_only:
        wanted &= Q(outcome="REFUSED")
    if filters.since:
        wanted &= Q(time_ms__gte=_start_ms(filters.since))
    if filters.until:
        wanted &= Q(time_ms__lt=_start_ms(filters.until + timedelta(days=1)))
    return wanted


_GROUPS: dict[str, Q] = {
    Group.OFFICES: Q(type__in=CALLS) & ~Q(purpose=OWNER_CHECK),
    Group.STEPS: Q(type__in=STEPS),
    Group.OFFICERS: Q(type="view"),
    Group.LISTS: Q(type__in=LISTS),
    Group.OWN_RECORDS: Q(purpose=OWNER_CHECK),
}


def _reach() -> dict[str, Any]:
    """Up to when the list is complete, and whether something newer waits; about everybody's lines, so it tells of nobody."""
    head = LogHead.objects.values_list("newest_ms", "size", "followed_size").first()
    newest_ms, size, followed = head or (0, 0, 0)
    return {"complete_until_ms": newest_ms, "is_behind": followed < size or Pending.objects.exists()}


def _start_ms(day: date) -> int:
    return int(timezone.make_aware(datetime.combine(day, time.min)).timestamp() * 1000)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
