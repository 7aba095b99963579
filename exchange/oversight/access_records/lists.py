"""Lists that an office got: the log names nobody on them, so whether somebody stood there is asked when the lines are read.

Protocol section 5: for EXPORT the revision and the row filter of the time are evaluated for the person.
"""

from __future__ import annotations

from collections.abc import Iterable

from exchange.accounts.subject import Subject
from exchange.oversight.access_records.log_lines import LogLine

EXPORT = "EXPORT"


def stood_on(entry: int, subject: Subject) -> bool:
    """Whether the person stood on the list that this entry gave."""
    try:
        from exchange.delivery.lists import was_on_list
    except ImportError:  # no list was ever given by a hub without lists
        return False
    return bool(was_on_list(entry, kind=subject.kind, identifier=subject.identifier))


def listed_among(subject: Subject, lines: Iterable[LogLine]) -> frozenset[int]:
    """Which of these entries gave a list on which the person stood."""
    exports = [line.entry for line in lines if line.route.get("method") == EXPORT]
    return frozenset(entry for entry in exports if stood_on(entry, subject))
