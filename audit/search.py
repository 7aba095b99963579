"""Searches the log's index for auditors: a closed map from names to columns, newest first, by cursor."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.errors import Fault, Invalid
from audit.models import EntryIndex

PAGE = 50
MOST_A_PAGE = 500
_EQUAL = ("type", "act_type", "requester", "system", "provider", "dataset", "agreement", "method", "purpose", "outcome", "reason")
_WHOLE = {"act_seq": "act_seq", "from_ms": "time_ms__gte", "until_ms": "time_ms__lt", "before": "entry__lt", "entry": "entry"}
_KNOWN = {*_EQUAL, *_WHOLE, "department", "limit"}


def search(wanted: Mapping[str, str]) -> QuerySet[EntryIndex]:
    """Lines that meet every given filter, newest first. `department` meets requester or provider; times in ms.

    Raises Invalid for unknown names and malformed numbers. The caller slices.
    """
    faults = [Fault(name, "unknown", _("There is no such filter.")) for name in wanted if name not in _KNOWN]
    filters: dict[str, object] = {name: wanted[name] for name in _EQUAL if wanted.get(name)}
    for name, lookup in _WHOLE.items():
        if wanted.get(name):
            filters[lookup] = _whole(name, wanted[name], faults)
    if faults:
        raise Invalid(_("The search is not understood; see errors."), faults=faults)
    found = EntryIndex.objects.filter(**filters).order_by("-entry")
    department = wanted.get("department")
    if department:
        found = found.filter(requester=department) | found.filter(provider=department)
    return found


def page(wanted: Mapping[str, str]) -> tuple[list[EntryIndex], int | None]:
    """One page of lines, and the cursor for `before` of the next page (None on the last)."""
    faults: list[Fault] = []
    limit = min(MOST_A_PAGE, max(1, _whole("limit", wanted.get("limit") or str(PAGE), faults)))
    if faults:
        raise Invalid(_("The search is not understood; see errors."), faults=faults)
    rows = list(search(wanted)[: limit + 1])
    return rows[:limit], rows[limit - 1].entry if len(rows) > limit else None


def _whole(name: str, text: str, faults: list[Fault]) -> int:
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    faults.append(Fault(name, "whole_number", _("Give a whole number.")))
    return 0
