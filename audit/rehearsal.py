"""Breaking a byte on purpose, on a copy of the log: shows a visitor of the demonstration that nothing passes unseen."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from audit.errors import Missing, NotAllowed
from audit.parts import part_at
from audit.verification import CopiedLog, OnProgress, VerificationReport, verify

_TABLES = {
    "audit_loghead": ("id", "size", "root", "frontier"),
    "audit_act": ("seq", "hash", "raw", "hub_signature", "leaf"),
    "audit_entry": ("index", "raw", "leaf", "blob_id", "position"),
    "audit_pending": ("id", "raw", "leaf", "blob_id", "position"),
    "audit_blob": ("id", "body"),
    "audit_checkpoint": ("size", "root", "text"),
}
_CHUNK = 1000


class Broken(StrEnum):
    """What is broken on purpose."""

    ENTRY = "entry"
    ACT = "act"
    DISCLOSURE = "disclosure"


@dataclass(frozen=True, slots=True)
class Place:
    """The thing to break: an entry by index, an act by its number, or what is disclosed beside the entry `number`."""

    kind: Broken
    number: int


@dataclass(frozen=True, slots=True)
class Change:
    """The one byte that differs: its offset in the stored bytes, and the bytes before and after."""

    offset: int
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class _Statements:
    select: str
    update: str


_STATEMENTS = {
    Broken.ENTRY: _Statements(
        'SELECT raw FROM audit_entry WHERE "index" = ?',
        'UPDATE audit_entry SET raw = ? WHERE "index" = ?',
    ),
    Broken.ACT: _Statements(
        "SELECT raw FROM audit_act WHERE seq = ?",
        "UPDATE audit_act SET raw = ? WHERE seq = ?",
    ),
    Broken.DISCLOSURE: _Statements(
        'SELECT body, position FROM audit_blob JOIN audit_entry ON audit_blob.id = blob_id WHERE "index" = ?',
        'UPDATE audit_blob SET body = ? WHERE id = (SELECT blob_id FROM audit_entry WHERE "index" = ?)',
    ),
}


def copy_log(path: Path) -> None:
    """Copy the log's tables into an SQLite file, head and acts first so that all they need follows. Demonstration only."""
    if not settings.DEMO:
        raise NotAllowed(_("The log is only ever broken in a demonstration."), code="DEMONSTRATION_ONLY")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    target = sqlite3.connect(path)
    try:
        with target:
            for table, columns in _TABLES.items():
                _copy_table(target, table, columns)
    finally:
        target.close()


def break_byte(path: Path, place: Place) -> Change:
    """Change one byte of an entry, an act or a disclosure in a copy. Raises Missing when the copy has no such thing."""
    return _flip(path, place)


def repair(path: Path, place: Place) -> Change:
    """Put the same byte right again."""
    return _flip(path, place)


def verify_copy(path: Path, on_progress: OnProgress | None = None) -> VerificationReport:
    """Verify a copy as the hub verifies itself."""
    source = CopiedLog(path)
    try:
        return verify(source=source, on_progress=on_progress)
    finally:
        source.close()


def _flip(path: Path, place: Place) -> Change:
    statements = _STATEMENTS[place.kind]
    target = sqlite3.connect(path)
    try:
        with target:
            row = target.execute(statements.select, [place.number]).fetchone()
            if row is None:
                raise Missing(_("The log has no such entry."))
            before = bytes(row[0])
            offset = _offset(before, row[1] if place.kind is Broken.DISCLOSURE else None)
            after = bytearray(before)
            after[offset] ^= 1
            target.execute(statements.update, [bytes(after), place.number])
    finally:
        target.close()
    return Change(offset, before, bytes(after))


def _offset(body: bytes, position: int | None) -> int:
    """Where to break: the middle of the bytes or, in what lies beside several entries, of this entry's first disclosure."""
    if position is None:
        return len(body) // 2
    texts = part_at(body, position).disclosures
    if not texts:
        raise Missing(_("Nothing is disclosed beside this entry."))
    return body.index(texts[0].encode()) + len(texts[0]) // 2


def _copy_table(target: sqlite3.Connection, table: str, columns: Sequence[str]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join("?" * len(columns))
    target.execute(f"CREATE TABLE {table} ({names}, PRIMARY KEY ({columns[0]!r}))".replace("'", '"'))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {table}")  # noqa: S608 - names from the table above
        while rows := cursor.fetchmany(_CHUNK):
            target.executemany(f"INSERT INTO {table} VALUES ({places})", [_plain(row) for row in rows])  # noqa: S608 - the same


def _plain(row: Sequence[Any]) -> list[Any]:
    return [bytes(value) if isinstance(value, memoryview) else value for value in row]
