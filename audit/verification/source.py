"""Where the stored log is read from: the hub's database, or a copy in a file of its own. Always in small pieces."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.db import connection

from audit.proof.acts import StoredAct
from audit.proof.canonical import CanonicalError, loads

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class StoredRow:
    """An entry as the table has it; `index` is the row's id for one that waits."""

    index: int
    raw: bytes
    leaf: bytes
    blob_id: int
    position: int


@dataclass(frozen=True, slots=True)
class StoredActRow:
    """An act as the table has it."""

    seq: int
    hash: str
    act: StoredAct
    leaf: bytes


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as the table has it."""

    size: int
    root: bytes
    text: str


class LogSource(Protocol):
    """Runs one SELECT with `%s` for each parameter."""

    is_live: bool

    def select(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a SELECT."""


class LiveLog:
    """The hub's own database."""

    is_live = True

    def select(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a SELECT."""
        with connection.cursor() as cursor:
            cursor.execute(statement, list(parameters))
            rows: list[Any] = cursor.fetchall()
            return rows


class CopiedLog:
    """A copy of the log's tables in an SQLite file (made by `rehearsal.copy_log`)."""

    is_live = False

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def select(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a SELECT."""
        return self._connection.execute(statement.replace("%s", "?"), list(parameters)).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def head_of(source: LogSource) -> tuple[int, bytes] | None:
    """(size, root) of the head row."""
    rows = source.select("SELECT size, root FROM audit_loghead WHERE id = 1")
    return (rows[0][0], bytes(rows[0][1])) if rows else None


def entry_chunks(source: LogSource, size: int) -> Iterator[list[StoredRow]]:
    """Entries below `size`, in order."""
    after = -1
    statement = (
        'SELECT "index", raw, leaf, blob_id, position FROM audit_entry WHERE "index" > %s AND "index" < %s ORDER BY "index" LIMIT %s'
    )
    while rows := source.select(statement, [after, size, _CHUNK]):
        yield [_row(row) for row in rows]
        after = rows[-1][0]


def waiting_chunks(source: LogSource) -> Iterator[list[StoredRow]]:
    """Entries that wait for an index, by row id."""
    after = -1
    while rows := source.select(
        "SELECT id, raw, leaf, blob_id, position FROM audit_pending WHERE id > %s ORDER BY id LIMIT %s", [after, _CHUNK]
    ):
        yield [_row(row) for row in rows]
        after = rows[-1][0]


def bodies_of(source: LogSource, rows: Sequence[StoredRow]) -> dict[int, bytes]:
    """The blobs that these entries need, by id."""
    ids = sorted({row.blob_id for row in rows})
    places = ", ".join(["%s"] * len(ids))
    found = source.select(f"SELECT id, body FROM audit_blob WHERE id IN ({places})", ids)  # noqa: S608 - placeholders only
    return {key: bytes(body) for key, body in found}


def checkpoints(source: LogSource, size: int) -> Iterator[StoredCheckpoint]:
    """Checkpoints of at most `size` entries, ascending."""
    after = -1
    statement = "SELECT size, root, text FROM audit_checkpoint WHERE size > %s AND size <= %s ORDER BY size LIMIT %s"
    while rows := source.select(statement, [after, size, _CHUNK]):
        for row in rows:
            yield StoredCheckpoint(row[0], bytes(row[1]), row[2])
        after = rows[-1][0]


def acts(source: LogSource) -> Iterator[StoredActRow]:
    """All acts in order of their place; a signature that cannot be read becomes an empty object, which none accepts."""
    after = -(2**62)
    while rows := source.select(
        "SELECT seq, hash, raw, hub_signature, leaf FROM audit_act WHERE seq > %s ORDER BY seq LIMIT %s", [after, _CHUNK]
    ):
        for seq, act_hash, raw, hub_signature, leaf in rows:
            yield StoredActRow(seq, act_hash, StoredAct(bytes(raw), _signature(hub_signature)), bytes(leaf))
        after = rows[-1][0]


def has_leaf(source: LogSource, leaf: bytes) -> bool:
    """Whether an entry with this leaf hash is in the log or waits."""
    statement = "SELECT 1 FROM audit_entry WHERE leaf = %s UNION ALL SELECT 1 FROM audit_pending WHERE leaf = %s"
    return bool(source.select(statement, [leaf, leaf]))


def _row(row: Sequence[Any]) -> StoredRow:
    return StoredRow(row[0], bytes(row[1]), bytes(row[2]), row[3], row[4])


def _signature(text: str) -> Any:
    try:
        return loads(text.encode())
    except CanonicalError:
        return {}
