"""Registers that need no program: a CSV or JSON Lines file read again when it changes, or a table of a SQLite file."""

import csv
import json
import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub_client.errors import UsageError
from hub_client.providing.description import Column, Description
from hub_client.providing.endpoint import MOST_RECORDS, Asked, Given, Subject
from hub_client.providing.values import WrongValue, read_text, written

_LOG = logging.getLogger("hub_client.providing")
Row = Mapping[str, Any]
Index = Mapping[tuple[str, str], Sequence[Row]]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a file held when it was read: rows by kind and identifier."""

    stamp: tuple[int, int, int]
    index: Index
    as_of: datetime


class FileTable:
    """Rows of a UTF-8 file whose name ends in .csv or .jsonl, kept in memory. A new file that does not read leaves the old rows."""

    def __init__(self, path: Path, description: Description) -> None:
        """Read the file. Raises UsageError with the line and column where it does not fit."""
        self._path, self._description = path, description
        self._lock = threading.Lock()
        self._refused: tuple[int, int, int] | None = None
        self._loaded = self._load()

    def __call__(self, asked: Asked) -> Given:
        """The records of a question."""
        loaded = self._current()
        return Given(
            {who: _of(loaded.index.get((who.kind, _plain(who.id)), ()), who, self._description) for who in asked.subjects}, loaded.as_of
        )

    @property
    def rows(self) -> int:
        """How many rows name somebody."""
        return sum(len(rows) for rows in self._loaded.index.values())

    def _current(self) -> _Loaded:
        with self._lock:
            stamp = _stamp(self._path, fallback=self._loaded.stamp)
            if stamp not in (self._loaded.stamp, self._refused):
                try:
                    self._loaded = self._load()
                except UsageError as error:
                    self._refused = stamp
                    _LOG.error("the file is not taken over, the rows of before stay: %s", error)
            return self._loaded

    def _load(self) -> _Loaded:
        stamp, index = _stamp(self._path), dict[tuple[str, str], list[Row]]()
        for number, row in _read(self._path, self._description):
            for kind, columns in self._description.naming.items():
                for name in {_plain(str(row[column])) for column in columns if row[column]}:
                    held = index.setdefault((kind, name), [])
                    held.append(row)
                    if len(held) > MOST_RECORDS:
                        raise UsageError("BAD_FILE", f"{self._path.name}, line {number}: more than {MOST_RECORDS} rows about one subject")
        return _Loaded(stamp, index, datetime.fromtimestamp(stamp[0] // 1_000_000_000, UTC))


def _stamp(path: Path, fallback: tuple[int, int, int] | None = None) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        if fallback is not None:  # it is being replaced
            return fallback
        raise UsageError("NO_FILE", f"{path} cannot be read: {error.strerror}") from None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path, description: Description) -> Iterator[tuple[int, Row]]:
    if path.suffix not in (".csv", ".jsonl"):
        raise UsageError("BAD_FILE", f"{path.name}: a register is a file .csv or .jsonl")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from (_csv_rows if path.suffix == ".csv" else _json_rows)(path, file, description)
    except UnicodeDecodeError:
        raise UsageError("BAD_FILE", f"{path.name} is not UTF-8") from None
    except OSError as error:
        raise UsageError("NO_FILE", f"{path} cannot be read: {error.strerror}") from None


def _csv_rows(path: Path, file: Any, description: Description) -> Iterator[tuple[int, Row]]:
    reader = csv.DictReader(file, strict=True)
    missing = description.columns.keys() - set(reader.fieldnames or ())
    if missing:
        raise UsageError("BAD_FILE", f"{path.name} has no column {', '.join(sorted(missing))}")
    try:
        for line in reader:
            if None in line or None in line.values():
                raise UsageError("BAD_FILE", f"{path.name}, line {reader.line_num}: it has not as many cells as the first line")
            texts = {name: read_cell(path, reader.line_num, column, line[name]) for name, column in description.columns.items()}
            yield reader.line_num, texts
    except csv.Error as error:
        raise UsageError("BAD_FILE", f"{path.name}, line {reader.line_num}: {error}") from None


def read_cell(path: Path, number: int, column: Column, text: str) -> Any:
    """One cell of a CSV, checked. Raises UsageError that names line and column and not the value."""
    try:
        return written(column, read_text(column, text))
    except WrongValue as error:
        raise UsageError("BAD_FILE", f"{path.name}, line {number}: {error}") from None


def _json_rows(path: Path, file: Any, description: Description) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_float=Decimal)
            yield number, {name: written(column, row[name]) for name, column in description.columns.items()}
        except (ValueError, KeyError, TypeError) as error:
            told = error if isinstance(error, WrongValue) else "each line is one object with every column of the description"
            raise UsageError("BAD_FILE", f"{path.name}, line {number}: {told}") from None


def _plain(identifier: str) -> str:
    return identifier.strip().upper()


def _of(rows: Sequence[Row], who: Subject, description: Description) -> list[Row]:
    """Rows with the subject's own identifier written as it was asked: the register may hold it in small letters."""
    naming = description.naming[who.kind]
    return [
        {
            name: who.id if name in naming and value is not None and _plain(str(value)) == _plain(who.id) else value
            for name, value in row.items()
        }
        for row in rows
    ]


class SqliteTable:
    """One table or view of a SQLite file, opened to be read only; identifiers are bound and stand there in normalised form."""

    def __init__(self, path: Path, table: str, description: Description) -> None:
        """Raises UsageError where the file, the table or a column of the description is not there."""
        self._path, self._table, self._description = path, table, description
        with closing(self._open()) as database:
            found = {row[1] for row in database.execute(f"PRAGMA table_info({_quoted(table)})")}
        missing = description.columns.keys() - found
        if missing:
            raise UsageError("BAD_TABLE", f"{path.name} has no table {table} with {', '.join(sorted(missing))}")

    def __call__(self, asked: Asked) -> Given:
        """The records of a question, in one read transaction."""
        as_of = self._changed_at()
        with closing(self._open()) as database:
            database.execute("BEGIN")
            return Given({who: self._rows(database, who, asked.columns) for who in asked.subjects}, as_of)

    def _changed_at(self) -> datetime:
        """When the register was written last: the file, or its write-ahead log."""
        log = self._path.with_name(self._path.name + "-wal")
        newest = max(place.stat().st_mtime for place in (self._path, log) if place.exists())
        return datetime.fromtimestamp(int(newest), UTC)

    def _rows(self, database: sqlite3.Connection, who: Subject, columns: tuple[str, ...]) -> list[Row]:
        naming = self._description.naming[who.kind]
        where = " OR ".join(f"{_quoted(self._table)}.{_quoted(column)} = ?" for column in naming)
        listed = ", ".join(f"{_quoted(self._table)}.{_quoted(column)}" for column in columns)
        statement = f"SELECT {listed} FROM {_quoted(self._table)} WHERE {where} LIMIT {MOST_RECORDS + 1}"  # noqa: S608 - quoted names of the signed description; what is asked is bound
        found = database.execute(statement, [who.id] * len(naming)).fetchall()
        held = [self._description.columns[column] for column in columns]
        return [{column.name: _stored(column, value) for column, value in zip(held, row, strict=True)} for row in found]

    def _open(self) -> sqlite3.Connection:
        try:
            database = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=10, isolation_level=None)
            database.execute("PRAGMA query_only=ON")
        except sqlite3.Error as error:
            raise UsageError("NO_TABLE", f"{self._path} cannot be opened: {error}") from None
        return database


def _stored(column: Column, value: Any) -> Any:
    """SQLite has no booleans; decimals and times stand there as text. A float is none of ours, and is refused when it is checked."""
    if column.type == "boolean" and value in (0, 1):
        return bool(value)
    if column.type == "decimal" and isinstance(value, int):
        return str(value)
    return None if value == "" else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
