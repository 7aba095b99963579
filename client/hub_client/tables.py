"""Tables for a terminal of 100 columns; a Chinese character takes two of them."""

import unicodedata
from collections.abc import Iterable, Sequence

WIDTH = 100
_GAP = 2
_LEAST = 6


def width_of(text: str) -> int:
    """Columns that a text takes on a terminal (UAX #11: wide and full-width characters take two)."""
    return sum(0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def cut(text: str, width: int) -> str:
    """The text on one line, in at most `width` columns; what is missing is shown by one character."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if width_of(plain) <= width:
        return plain
    while plain and width_of(plain) > width - 1:
        plain = plain[:-1]
    return plain + "…"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, width: int = WIDTH) -> list[str]:
    """Lines of at most `width` columns; the widest columns give way first. A control character never reaches the terminal."""
    cells = [list(headings), *([("" if cell is None else str(cell)) for cell in row] for row in rows)]
    widths = [max(width_of(cut(row[place], width)) for row in cells) for place in range(len(headings))]
    while sum(widths) + _GAP * (len(widths) - 1) > width and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    return [_line(row, widths) for row in cells]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    shown = [cut(cell, size) for cell, size in zip(row, widths, strict=True)]
    return (" " * _GAP).join(cell + " " * (size - width_of(cell)) for cell, size in zip(shown, widths, strict=True)).rstrip()
