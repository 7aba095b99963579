"""Breaking a byte on purpose, on a copy of the log: shows a visitor of the demonstration that nothing passes unseen."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from audit.errors import Missing, NotAllowed
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


def break_byte(path: Path, index: int) -> None:
    """Change one byte of one entry in a copy. Raises Missing when the copy has no such entry."""
    _flip(path, index)


def repair(path: Path, index: int) -> None:
    """Put the same byte right again."""
    _flip(path, index)


def verify_copy(path: Path, on_progress: OnProgress | None = None) -> VerificationReport:
    """Verify a copy as the hub verifies itself."""
    source = CopiedLog(path)
    try:
        return verify(source=source, on_progress=on_progress)
    finally:
        source.close()


def _flip(path: Path, index: int) -> None:
    target = sqlite3.connect(path)
    try:
        with target:
            row = target.execute('SELECT raw FROM audit_entry WHERE "index" = ?', [index]).fetchone()
            if row is None:
                raise Missing(_("The log has no such entry."))
            raw = bytearray(row[0])
            raw[len(raw) // 2] ^= 1
            target.execute('UPDATE audit_entry SET raw = ? WHERE "index" = ?', [bytes(raw), index])
    finally:
        target.close()


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
