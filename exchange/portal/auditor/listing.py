"""`/audit`: search the log; every line is one plain sentence that leads to its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import figures, search
from audit.models import EntryIndex
from audit.proofs import opened_many
from exchange.portal.auditor.filters import SearchForm
from exchange.portal.auditor.graph import calls_chart
from exchange.portal.auditor.names import read_names
from exchange.portal.auditor.permission import auditors_only
from exchange.portal.auditor.sentences import sentence
from exchange.portal.auditor.strip import log_strip

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One row of the list."""

    row: EntryIndex
    text: str
    is_damaged: bool


@dataclass(frozen=True)
class Page:
    """Lines, newest first, with the cursors to the older and the newer ones."""

    lines: list[Line]
    older: str = ""
    newer: str = ""


@require_safe
@auditors_only
def listing(request: HttpRequest) -> HttpResponse:
    """The search with its figures, its chart and one page of lines."""
    form = SearchForm(request.GET, read_names())
    found = search.search(form.wanted())
    totals = figures.totals(found)
    context = {
        "form": form,
        "totals": totals,
        "chart": calls_chart(found, totals, request.GET),
        "page": read_page(found, request.GET.get("cursor", "")),
        "strip": log_strip(),
        **_addresses(request),
    }
    return render(request, "auditor/listing.html", context)


def read_page(found: QuerySet[EntryIndex], cursor: str) -> Page:
    """One page: cursor `b12` is what lies before entry 12, `a12` what lies after it; anything else is the newest page."""
    place = int(cursor[1:]) if cursor[1:].isascii() and cursor[1:].isdigit() and len(cursor) < 20 else None
    if place is not None and cursor[0] == "a":
        rows = list(found.filter(entry__gt=place).order_by("entry")[: PAGE + 1])
        has_newer, has_older = len(rows) > PAGE, True
        rows = rows[:PAGE][::-1]
    else:
        limited = found.filter(entry__lt=place) if place is not None else found
        rows = list(limited[: PAGE + 1])
        has_newer, has_older = place is not None, len(rows) > PAGE
        rows = rows[:PAGE]
    if not rows:
        return Page([])
    return Page(_lines(rows), f"b{rows[-1].entry}" if has_older else "", f"a{rows[0].entry}" if has_newer else "")


def _lines(rows: list[EntryIndex]) -> list[Line]:
    """The sentences, from what is disclosed beside each entry and matched with it now."""
    opened = opened_many([row.entry for row in rows])
    routes: dict[int, dict[str, Any]] = {index: parts.get("route") or {} for index, parts in opened.items() if parts}
    names = read_names(routes.values())
    return [_line(row, routes.get(row.entry), names) for row in rows]


def _line(row: EntryIndex, route: dict[str, Any] | None, names: Any) -> Line:
    if route is None:
        return Line(row, _("What lies beside this entry is not what the entry commits to."), is_damaged=True)
    return Line(row, sentence(route, names), is_damaged=False)


def _addresses(request: HttpRequest) -> dict[str, str]:
    """Where the figures lead: the same search, narrowed."""
    found = {}
    for name, key, value in (("answered", "outcome", "ANSWERED"), ("refused", "outcome", "REFUSED"), ("acts", "type", "act")):
        query = request.GET.copy()
        query.pop("cursor", None)
        query[key] = value
        found[f"{name}_url"] = f"?{query.urlencode()}"
    return found
