"""Lists by cursor: 25 rows, the newest first, with a fixed number of queries whatever the length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PAGE = 25


@dataclass(frozen=True)
class Page:
    """The rows of one page and the cursors of its neighbours; empty where there is none."""

    rows: list[Any]
    older: str = ""
    newer: str = ""


def page_of(rows: QuerySet[Any], cursor: str) -> Page:
    """One page of `rows` by falling key. A cursor is `o` (older than) or `n` (newer than) and a key; anything else: the newest."""
    way, key = cursor[:1], cursor[1:]
    if way not in {"o", "n"} or not (key.isascii() and key.isdigit() and len(key) < 19):
        way, key = "", ""
    if way == "n":
        return _newer(rows.filter(pk__gt=int(key)).order_by("pk"))
    older = rows.filter(pk__lt=int(key)) if way else rows
    found = list(older.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    return Page(shown, f"o{shown[-1].pk}" if len(found) > PAGE else "", f"n{shown[0].pk}" if way and shown else "")


def _newer(rows: QuerySet[Any]) -> Page:
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE][::-1]
    return Page(shown, f"o{shown[-1].pk}" if shown else "", f"n{shown[0].pk}" if len(found) > PAGE else "")
