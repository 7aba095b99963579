"""Reads a CSV or XLSX file as rows of texts, one at a time, and finds out which column holds which item."""

from __future__ import annotations

import csv
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from catalog.quality.encodings import encoding_of
from catalog.quality.findings import FileFault, Item

DELIMITERS = (",", "\t", ";", "|")
LONGEST_FIELD = 100_000
LARGEST_UNZIPPED = 1 << 30
XLSX_MARK = b"PK\x03\x04"


@dataclass(frozen=True)
class Table:
    """A file as rows: (row number as a spreadsheet shows it, texts). The first is the heading."""

    form: dict[str, str]
    rows: Iterator[tuple[int, list[str]]]


def open_table(path: Path, items: Sequence[Item]) -> Table:
    """Open a file by what it is, not by what it is called; raises FileFault."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise FileFault("empty")
    return _workbook(path) if start == XLSX_MARK else _separated(path, items)


def _separated(path: Path, items: Sequence[Item]) -> Table:
    encoding = encoding_of(path)
    delimiter = _delimiter(path, encoding, {item.heading for item in items})
    form = {"format": "csv", "encoding": "utf-8" if encoding.startswith("utf-8") else encoding, "delimiter": delimiter}
    return Table(form, _separated_rows(path, encoding, delimiter))


def _separated_rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_FIELD)
    with path.open("r", encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            yield from enumerate(reader, start=1)
        except csv.Error:
            raise FileFault("quoting", line=reader.line_num) from None


def _delimiter(path: Path, encoding: str, headings: set[str]) -> str:
    """The delimiter under which the first line shows the most of the expected headings."""
    found: dict[str, int] = {}
    for delimiter in DELIMITERS:
        first = next(_separated_rows(path, encoding, delimiter), (1, []))[1]
        found[delimiter] = len({text.strip() for text in first} & headings)
    return max(DELIMITERS, key=lambda delimiter: found[delimiter])


def _workbook(path: Path) -> Table:
    """The first sheet of an XLSX workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_zip_bomb(path)
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (CalamineError, OSError, ValueError, IndexError):
        raise FileFault("workbook") from None
    rows = (
        (number, [_as_text(cell) for cell in row])
        for number, row in enumerate(sheet.iter_rows(), start=sheet.start[0] + 1 if sheet.start else 1)
    )
    return Table({"format": "xlsx"}, rows)


def _refuse_zip_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        raise FileFault("workbook") from None
    if size > LARGEST_UNZIPPED:
        raise FileFault("too_large")


def _as_text(cell: Any) -> str:
    """A cell as somebody would write it into a CSV file."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return "" if cell is None or isinstance(cell, timedelta) else str(cell)


def columns_of(heading: Sequence[str], items: Sequence[Item]) -> list[int]:
    """For each item the index of its column; raises FileFault naming missing, unknown and repeated columns.

    Where less than half of the headings are known the first row may be data, so then no unknown heading is repeated.
    """
    given = [text.strip() for text in heading]
    wanted = {item.heading: item for item in items}
    missing = [name for name in wanted if name not in given]
    repeated = sorted(name for name, count in Counter(given).items() if count > 1 and name in wanted)
    unknown = sorted({name for name in given if name not in wanted})
    if missing or repeated or unknown:
        is_heading = 2 * len(missing) < len(wanted)
        raise FileFault("columns", missing=missing, repeated=repeated, unknown=unknown if is_heading else [], unknown_count=len(unknown))
    places = {name: place for place, name in enumerate(given)}
    return [places[item.heading] for item in items]
