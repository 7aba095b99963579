"""A world is built once by each worker, through the real actions; afterwards its rows and files are put back as they were.

Building takes hundreds of signed acts and statements; putting back takes some inserts in the test's own transaction. Built
anew whenever what was kept might not fit: another time, other permissions, or a hub that has been founded already.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction

_KEPT_BY_DJANGO = frozenset({"django_migrations", "django_content_type", "auth_permission"})
_FULL_TEXT = "catalog_search"
_LONGEST_S = 3600
_AT_ONCE = 100


@dataclass(frozen=True)
class _Kept:
    """Rows by database and table, files by path, the world itself pickled, and what it all rests on."""

    rows: dict[str, dict[str, tuple[list[str], list[tuple[Any, ...]]]]]
    files: dict[Path, bytes]
    world: bytes
    permissions: tuple[Any, ...]
    at: float


_KEPT: dict[str, _Kept] = {}


def remembered(name: str, build: Callable[[], Any]) -> Any:
    """The world that `build` makes in a hub that this founds, or the same one put back; in a hub that is founded, a new one."""
    from audit import ceremony

    if _count("audit_act"):
        return build()
    kept = _KEPT.get(name)
    if kept is not None and _fits(kept):
        _put_back(kept)
        return pickle.loads(kept.world)  # noqa: S301 - our own bytes
    ceremony.found_hub()
    world = build()
    _KEPT[name] = _Kept(
        {alias: dict(_rows(alias)) for alias in ("default", "keystore")}, dict(_files()), pickle.dumps(world), _permissions(), time.time()
    )
    return world


def _fits(kept: _Kept) -> bool:
    return 0 <= time.time() - kept.at < _LONGEST_S and kept.permissions == _permissions()


def _permissions() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, content_type_id, codename FROM auth_permission ORDER BY id")
        return tuple(cursor.fetchall())


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a table of ours
        return int(cursor.fetchone()[0])


def _rows(alias: str) -> Iterator[tuple[str, tuple[list[str], list[tuple[Any, ...]]]]]:
    """Every table that has rows: its columns and rows, as the driver gives them."""
    found = connections[alias]
    with found.cursor() as cursor:
        for table in found.introspection.table_names(cursor):
            if table in _KEPT_BY_DJANGO or table.startswith((f"{_FULL_TEXT}_", "sqlite_")):
                continue
            columns = "rowid, title, body" if table == _FULL_TEXT else "*"
            cursor.execute(f'SELECT {columns} FROM "{table}"')  # noqa: S608 - a table of ours
            rows = [tuple(row) for row in cursor.fetchall()]
            if rows:
                yield table, ([column[0] for column in cursor.description], rows)


def _files() -> Iterator[tuple[Path, bytes]]:
    """What stands outside the databases and goes with them: the second copy and the tiles."""
    for folder in (Path(settings.COPY_DIR), Path(settings.TILES_DIR)):
        for path in folder.rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()


def _put_back(kept: _Kept) -> None:
    for path, content in kept.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for alias, tables in kept.rows.items():
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            for table, (columns, rows) in tables.items():
                _insert(cursor, table, columns, rows)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_pending SET created_ms = %s", [time.time_ns() // 1_000_000])  # the log keeps up


def _insert(cursor: Any, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names, places = ", ".join(f'"{column}"' for column in columns), ", ".join(["%s"] * len(columns))
    for start in range(0, len(rows), _AT_ONCE):
        chunk = rows[start : start + _AT_ONCE]
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) VALUES {", ".join([f"({places})"] * len(chunk))}',  # noqa: S608 - tables of ours
            [value for row in chunk for value in row],
        )
