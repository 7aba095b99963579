"""Lists and pages of changes that an office got: the log names nobody on them, so whether somebody stood there is asked when they are read.

Protocol section 5: for EXPORT and CHANGES the file and the row filter of the time are evaluated for the person. Where they are gone
nobody can tell any more, and the line says that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audit.errors import HubError
from audit.proofs import opened_many
from exchange.accounts.subject import Subject

EXPORT = "export"
CHANGES = "changes"
LISTS = (EXPORT, CHANGES)


def stood_on(route: Mapping[str, Any], subject: Subject) -> bool | None:
    """Whether the person stood on the list that an entry with this route gave; None where nobody can tell any more."""
    from exchange.delivery.changes.persons import was_on_page
    from exchange.delivery.lists import was_on_list

    evaluated = {EXPORT: was_on_list, CHANGES: was_on_page}.get(str(route.get("type")))
    if evaluated is None or (route["type"] == CHANGES and not route.get("count")):
        return False
    try:
        return evaluated(route, subject)
    except (HubError, KeyError, ValueError):
        return None


def lists_among(entries: Iterable[int], subject: Subject) -> list[int]:
    """Which of these entries gave a list on which the person stood or may have stood. The routes are read from the log."""
    opened = opened_many(list(entries))
    routes = {entry: (parts or {}).get("route") or {} for entry, parts in opened.items()}
    return [entry for entry, route in routes.items() if stood_on(route, subject) is not False]
