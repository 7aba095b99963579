"""The last thing that a start prints: where to look, and as whom."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

_PAGES = [
    ("Citizen", "/zh-hans/", "everyone's front page; English: /en/"),
    ("Tour", "/en/demo", "sign in as an invented citizen with one click"),
    ("Department", "/en/console", "what waits: requests, agreements, datasets"),
    ("Auditor", "/en/audit", "search and verify the log"),
    ("API", "/api/docs", "the management API"),
]
_COLUMNS = ("role", "department", "username", "password")


def welcome(url: str, home: Path) -> str:
    """Addresses and the ready-made sign-ins from the home's demo.json, as aligned text."""
    pages = table([(name, url + path, what) for name, path, what in _PAGES])
    people = _people(home / "demo.json")
    return f"\n{pages}\n\n{people}\n" if people else f"\n{pages}\n"


def _people(file: Path) -> str:
    try:
        people = json.loads(file.read_text("utf-8"))["people"]
        rows = [tuple(str(person.get(column, "")) for column in _COLUMNS) for person in people]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return ""
    return table([tuple(column.capitalize() for column in _COLUMNS), *rows])


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text with aligned columns; a Chinese character is two places wide."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  " + "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
