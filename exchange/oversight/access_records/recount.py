"""Counts a person's lines again from the log alone: every entry is walked, and whatever the person's key opens is counted.

Neither the index nor the blinds beside the entries are believed, so what a rewritten index hides is found here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from audit.models import Blob, Entry
from audit.proof.merkle import ProofError
from exchange.accounts.subject import Subject
from exchange.oversight.access_records.kinds import kind_of
from exchange.oversight.access_records.lists import stood_on
from exchange.oversight.access_records.log_lines import OwnKey, matched, mentions_by_key, own_key

_AT_ONCE = 500
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Recount:
    """Entries that name the person, ascending; how many there are of each kind; entries that could not be read at all."""

    entries: tuple[int, ...]
    kinds: dict[str, int]
    unreadable: tuple[int, ...]


def recount(subject: Subject, *, progress: Progress | None = None) -> Recount:
    """Walk the whole log for one person. `progress` is called with the number of entries walked."""
    own = own_key(subject)
    entries: list[int] = []
    unreadable: list[int] = []
    kinds: Counter[str] = Counter()
    for number, (row, body) in enumerate(_all_entries(), 1):
        try:
            kind = _kind(own, subject, row, body)
        except ProofError:
            unreadable.append(row.index)
            continue
        if kind:
            entries.append(row.index)
            kinds[kind] += 1
        if progress and number % _AT_ONCE == 0:
            progress(number)
    return Recount(tuple(entries), dict(kinds), tuple(unreadable))


def _all_entries() -> Iterator[tuple[Entry, bytes | None]]:
    above = -1
    while rows := list(Entry.objects.filter(index__gt=above).order_by("index")[:_AT_ONCE]):
        bodies = dict(Blob.objects.filter(pk__in={row.blob_id for row in rows}).values_list("pk", "body"))
        for row in rows:
            yield row, bytes(bodies[row.blob_id]) if row.blob_id in bodies else None
        above = rows[-1].index


def _kind(own: OwnKey, subject: Subject, row: Entry, body: bytes | None) -> str:
    """The kind of line that the entry gives the person; empty where it gives none."""
    part, opened = matched(row.index, bytes(row.raw), body, row.position)
    mentions = list(mentions_by_key(own, part)) if own.key else []
    if mentions:
        return str(kind_of(opened["route"], [mention.role for mention in mentions]))
    return {True: "LIST", None: "LIST_UNKNOWN"}.get(stood_on(opened["route"], subject), "")
