"""Reads the files of a hosted revision: read-only, immutable, checked against their signed hash before the first byte counts.

A file is hashed once a process; after that its identity (device, inode, size, times of change) must stay the same. A file
that has changed gives an error, never data.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalog.errors import FilesMissing, FilesTampered
from catalog.quality.files import counted_items, hash_of
from catalog.quality.runner import revisions_folder
from catalog.stores import Record

CHUNK = 500
# Statements are prepared for these numbers of subjects; the rest of the places is filled with NULL, which matches nothing.
SIZES = (1, 4, 16, 64, 256, CHUNK)
CACHED_STATEMENTS = 256
MMAP_BYTES = 1 << 30

Identity = tuple[int, int, int, int, int]


class CheckedFile:
    """A file that was, byte for byte, what its name says; refuses to be another one later."""

    def __init__(self, hash_text: str, suffix: str) -> None:
        name = hash_text.removeprefix("sha256:")
        self.path = revisions_folder() / (name + suffix)
        self._identity = self._now()
        if hash_of(self.path) != name or self._now() != self._identity:
            raise FilesTampered(_("A data file is not the one that was signed. The provider must load it again."))

    def _now(self) -> Identity:
        try:
            found = os.stat(self.path)
        except OSError:
            raise FilesMissing(_("A data file is not on this host. Restore it, or let the provider load it again.")) from None
        return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def require_unchanged(self) -> None:
        """Return when the file is still the one that was checked; else raise FilesTampered or FilesMissing."""
        try:
            if self._now() == self._identity:
                return
        except FilesMissing:
            _forget()
            raise
        _forget()
        raise FilesTampered(_("A data file has changed on the disk. It is checked again before anything is read."))


@dataclass(frozen=True)
class Where:
    """Which records a scan reads: a condition on the columns `"c_{item}"` with question marks, and their values in order."""

    condition: str = "TRUE"
    values: tuple[str | int, ...] = ()


EVERY_RECORD = Where()


class HostedRevision:
    """One revision, ready for questions. Safe for threads: each has its own connection."""

    def __init__(self, lookup: CheckedFile, rows: CheckedFile, document: Mapping[str, Any]) -> None:
        self._lookup = lookup
        self.rows = rows
        self._local = threading.local()
        self._readers = {item["name"]: _reader(item["type"]) for item in document["items"]}
        self._counted = frozenset(counted_items(document))
        self._first_kind = document["subjects"][0]["kind"]
        self._kinds = frozenset(subject["kind"] for subject in document["subjects"])

    def _open(self, *, check_same_thread: bool = True, is_mapped: bool = True) -> sqlite3.Connection:
        address = f"file:{_in_address(self._lookup.path)}?mode=ro&immutable=1"
        connection = sqlite3.connect(
            address, uri=True, isolation_level=None, cached_statements=CACHED_STATEMENTS, check_same_thread=check_same_thread
        )
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA mmap_size = {MMAP_BYTES if is_mapped else 0}")
        return connection

    def _connection(self) -> sqlite3.Connection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open()
        return connection

    def lookup(self, subjects: Sequence[str], items: Sequence[str], *, kind: str | None = None) -> dict[str, list[Record]]:
        """For each subject (normalised identifier of `kind`, by default the dataset's first) its records in the register's order.

        A record holds the asked items only, as JSON-ready values: dates and decimals are texts. Unknown items raise KeyError.
        """
        kind = kind or self._first_kind
        found: dict[str, list[Record]] = {subject: [] for subject in subjects}
        if kind not in self._kinds:
            return found
        self._lookup.require_unchanged()
        columns = "".join(f', r."c_{name}"' for name in self._known(items))
        conversions = [(place, self._readers[name]) for place, name in enumerate(items) if self._readers[name] is not _as_it_is]
        for identifier, *values in self._rows(columns, kind, list(found)):
            for place, convert in conversions:
                values[place] = convert(values[place])
            found[identifier].append(dict(zip(items, values, strict=True)))
        return found

    def _known(self, items: Sequence[str]) -> Sequence[str]:
        """The items themselves when the signed version declares each of them; else KeyError."""
        for name in items:
            self._readers[name]
        return items

    def _rows(self, columns: str, kind: str, subjects: list[str]) -> Iterable[tuple[Any, ...]]:
        connection = self._connection()
        for start in range(0, len(subjects), CHUNK):
            chunk = subjects[start : start + CHUNK]
            size = next(size for size in SIZES if size >= len(chunk))
            statement = (
                f"SELECT s.identifier{columns} FROM subject s JOIN record r ON r.number = s.number"  # noqa: S608 - names of signed items, question marks
                f" WHERE s.kind = ? AND s.identifier IN (?{', ?' * (size - 1)}) ORDER BY s.identifier, s.number"
            )
            yield from connection.execute(statement, (kind, *chunk, *(None,) * (size - len(chunk))))

    def scan(self, items: Sequence[str]) -> Iterator[list[Any]]:
        """Every record, in the register's order, with the asked items only. Streams on a connection of its own."""
        self._lookup.require_unchanged()
        conversions = [(place, self._readers[name]) for place, name in enumerate(items) if self._readers[name] is not _as_it_is]
        columns = ", ".join(f'"c_{name}"' for name in self._known(items))
        with contextlib.closing(self._open(check_same_thread=False)) as connection:
            for found in connection.execute(f"SELECT {columns} FROM record ORDER BY number"):  # noqa: S608 - names of signed items
                values = list(found)
                for place, convert in conversions:
                    values[place] = convert(values[place])
                yield values

    def scan_page(self, items: Sequence[str], where: Where, *, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Up to `limit` records inside `where` whose number in the register's order is above `after`, each with its number.

        Whoever writes the condition names items of the signed version only, each of them among `items`, and binds every value.
        A list reads each page anew, so that it can be stopped between two; memory does not grow with the register. Unknown
        items raise KeyError.
        """
        self._lookup.require_unchanged()
        columns = "".join(f', "c_{name}"' for name in self._known(items))
        statement = f"SELECT number{columns} FROM record WHERE number > ? AND {where.condition} ORDER BY number LIMIT ?"  # noqa: S608 - signed items, bound values
        with contextlib.closing(self._open(check_same_thread=False, is_mapped=False)) as connection:
            rows = connection.execute(statement, (after, *where.values, limit)).fetchall()
        return [(number, self._record(items, found)) for number, *found in rows]

    def numbered(self, identifier: str, items: Sequence[str], *, kind: str) -> list[tuple[int, dict[str, Any]]]:
        """The records of one subject, each with its number in the register's order."""
        self._lookup.require_unchanged()
        columns = "".join(f', r."c_{name}"' for name in self._known(items))
        statement = (
            f"SELECT s.number{columns} FROM subject s JOIN record r ON r.number = s.number"  # noqa: S608 - names of signed items
            " WHERE s.kind = ? AND s.identifier = ? ORDER BY s.number"
        )
        rows = self._connection().execute(statement, (kind, identifier)).fetchall()
        return [(number, self._record(items, found)) for number, *found in rows]

    def _record(self, items: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
        return {name: self._readers[name](value) for name, value in zip(items, values, strict=True)}

    def count_same(self, item: str, value: object) -> int:
        """How many records hold this value in an item that a fact counts by; other items raise KeyError."""
        if item not in self._counted:
            raise KeyError(item)
        self._lookup.require_unchanged()
        statement = f'SELECT count(*) FROM record WHERE "c_{item}" = ?'  # noqa: S608 - a signed item
        return int(self._connection().execute(statement, (value,)).fetchone()[0])


def _in_address(path: Path) -> str:
    """A path inside a `file:` address (RFC 8089, as SQLite reads it)."""
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _as_it_is(value: Any) -> Any:
    return value


def _as_boolean(value: Any) -> bool | None:
    return None if value is None else bool(value)


def _reader(item_type: str) -> Callable[[Any], Any]:
    return _as_boolean if item_type == "boolean" else _as_it_is


_opening = threading.Lock()
_files: dict[Path, CheckedFile] = {}
_revisions: dict[tuple[Any, ...], HostedRevision] = {}
KEPT = 512


def open_revision(lookup_hash: str, rows_hash: str, version: Mapping[str, Any]) -> HostedRevision:
    """The revision with these signed hashes (`sha256:…`), described by this version document.

    Both files are hashed at the first opening in a process. Raises FilesMissing or FilesTampered.
    """
    key = (revisions_folder(), lookup_hash, rows_hash, *_form(version))
    with _opening:
        if key not in _revisions:
            if len(_revisions) >= KEPT:
                _forget()
            _revisions[key] = HostedRevision(_checked(lookup_hash, ".sqlite"), _checked(rows_hash, ".parquet"), version)
        return _revisions[key]


def rows_file(rows_hash: str) -> CheckedFile:
    """The checked rows.parquet with this signed hash, for scans."""
    with _opening:
        return _checked(rows_hash, ".parquet")


def _checked(hash_text: str, suffix: str) -> CheckedFile:
    path = revisions_folder() / (hash_text.removeprefix("sha256:") + suffix)
    if path not in _files:
        _files[path] = CheckedFile(hash_text, suffix)
    return _files[path]


def _forget() -> None:
    """Check every file again when it is opened next."""
    _files.clear()
    _revisions.clear()


def _form(version: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of a version decides how its file is read."""
    items = tuple((item["name"], item["type"]) for item in version["items"])
    subjects = tuple((subject["item"], subject["kind"]) for subject in version["subjects"])
    return items, subjects, tuple(counted_items(version))
