"""Write a register's rows as the file that its department would upload: their headings, their encoding, their line ends."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

ENCODINGS = {
    "R01": "utf-8-sig",
    "R05": "utf-8",
    "R09": "gb18030",
    "R10": "utf-8-sig",
    "R13": "utf-8",
    "R14": "utf-8-sig",
    "R15": "utf-8",
    "R16": "gb18030",
    "R20": "utf-8",
    "R22": "gb18030",
    "R24": "utf-8",
}
"""As departments really send them: with a byte order mark from a spreadsheet, without one, and in GB18030."""


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """One file of the city: the dataset's code, where it is, how many rows under the heading, and its encoding."""

    code: str
    path: Path
    rows: int
    encoding: str


class RegisterFile:
    """A CSV file being written, row by row; it gets its name only when it is complete."""

    def __init__(self, home: Path, register: dict[str, Any]) -> None:
        self.code: str = register["code"]
        self.encoding = ENCODINGS[self.code]
        self.path = home / f"{self.code}.csv"
        self.rows = 0
        self._items = [item["name"] for item in register["items"]]
        self._part = self.path.with_suffix(".csv.part")
        self._file = self._part.open("w", encoding=self.encoding, newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(register["column_mapping"][item] for item in self._items)

    def write(self, rows: Iterable[dict[str, str]]) -> None:
        """Append rows, each a text for every item; an empty text is an empty value."""
        for row in rows:
            self._writer.writerow([row[item] for item in self._items])
            self.rows += 1

    def finished(self) -> GeneratedFile:
        """Return what was written; meaningful after the ``with`` block."""
        return GeneratedFile(self.code, self.path, self.rows, self.encoding)

    def __enter__(self) -> RegisterFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()
        if kind is None:
            self._part.replace(self.path)
        else:
            self._part.unlink()
