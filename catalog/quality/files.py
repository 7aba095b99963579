"""Writes the two immutable files of a revision: `rows.parquet` for scans and the lookup file for questions about a subject.

Both are written under another name, flushed to the disk, and only then renamed to the hash of their bytes. Rows stand in
the order of the key, so the same data give the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from catalog.description.trees import items_of
from catalog.quality.findings import Item, Job

BATCH = 5_000
LOOKUP_FORMAT = 1
PAGE = 4096
_SQLITE_TYPES = {"integer": "INTEGER", "boolean": "INTEGER"}
COUNTING = frozenset({"count_at_least", "same_value_as_parameter_subject"})


def write_rows(engine: Any, job: Job) -> str:
    """Write rows.parquet; return its name, the SHA-256 of its bytes in hex."""
    target = job.working / "rows.parquet"
    columns = ", ".join(f'"{item.column}" AS "{item.name}"' for item in job.items)
    engine.execute(
        f"COPY (SELECT {columns} FROM typed ORDER BY {_order(job)}) TO '{str(target).replace(chr(39), chr(39) * 2)}'"  # noqa: S608
        " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
    )
    return keep(target, job.revisions, ".parquet")


def write_lookup(engine: Any, job: Job, rows: str, progress: Callable[[int], None]) -> str:
    """Write the lookup file; return its name, the SHA-256 of its bytes in hex. It says whose it is, and its rows file."""
    target = job.working / "lookup.sqlite"
    target.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as database:
        for pragma in (f"page_size = {PAGE}", "journal_mode = OFF", "synchronous = OFF", f"user_version = {LOOKUP_FORMAT}"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("BEGIN")
        _make_tables(database, job)
        database.executemany("INSERT INTO about VALUES (?, ?)", [("dataset", job.document["code"]), ("rows", rows)])
        _fill(database, _records(engine, job), job, progress)
        for name in counted_items(job.document):
            database.execute(f'CREATE INDEX "same_{name}" ON record ("c_{name}")')
        database.execute("COMMIT")
    return keep(target, job.revisions, ".sqlite")


def counted_items(document: Any) -> list[str]:
    """Items by whose values a fact counts or compares records: each gets an index."""
    return sorted({name for fact in document["facts"] for operator, name in items_of(fact["expression"]) if operator in COUNTING})


def _order(job: Job) -> str:
    return ", ".join(f'"c_{name}"' for name in job.document["key"]) + ", row_number"


def _make_tables(database: sqlite3.Connection, job: Job) -> None:
    columns = ", ".join(f'"{item.column}" {_SQLITE_TYPES.get(item.type, "TEXT")}' for item in job.items)
    database.execute(f"CREATE TABLE record (number INTEGER PRIMARY KEY, {columns})")
    database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
    database.execute(
        "CREATE TABLE subject (kind TEXT NOT NULL, identifier TEXT NOT NULL, number INTEGER NOT NULL,"
        " PRIMARY KEY (kind, identifier, number)) WITHOUT ROWID"
    )


def _records(engine: Any, job: Job) -> Iterator[list[tuple[Any, ...]]]:
    columns = ", ".join(_stored(item) for item in job.items)
    engine.execute(f"SELECT {columns} FROM typed ORDER BY {_order(job)}")  # noqa: S608 - checked names
    while batch := engine.fetchmany(BATCH):
        yield batch


def _stored(item: Item) -> str:
    """Values as an answer sends them: dates are texts, booleans 0 or 1 until they are read."""
    column = f'"{item.column}"'
    return {"date": f"strftime({column}, '%Y-%m-%d')", "boolean": f"CAST({column} AS INTEGER)"}.get(item.type, column)


def _fill(database: sqlite3.Connection, batches: Iterator[list[tuple[Any, ...]]], job: Job, progress: Callable[[int], None]) -> None:
    items = job.items
    places = {item.name: item.position for item in items}
    subjects = [(subject["kind"], places[subject["item"]]) for subject in job.document["subjects"]]
    insert = "INSERT INTO record VALUES (?" + ", ?" * len(items) + ")"  # noqa: S608 - question marks only
    done = 0
    for batch in batches:
        numbered = list(enumerate(batch, start=done + 1))
        database.executemany(insert, ((number, *values) for number, values in numbered))
        for kind, place in subjects:
            keys = ((kind, values[place], number) for number, values in numbered if values[place] is not None)
            database.executemany("INSERT OR IGNORE INTO subject VALUES (?, ?, ?)", keys)
        done += len(batch)
        progress(done)


def keep(written: Path, folder: Path, suffix: str) -> str:
    """Flush a finished file to the disk and give it the name of its hash; an equal file that is there already stays."""
    name = hash_of(written)
    with written.open("rb+") as file:
        os.fsync(file.fileno())
    written.chmod(0o440)
    target = folder / (name + suffix)
    if target.exists() and hash_of(target) == name:
        written.unlink()  # readers of the equal file keep theirs: they would not trust another in its place
    else:
        written.replace(target)
    folder_handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(folder_handle)
    finally:
        os.close(folder_handle)
    return name


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes in hex, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
