"""A database that could lose an acknowledged commit is refused, with what to do."""

from __future__ import annotations

import pytest
from django.db import connection

from audit.durability import _check_settings, ensure_durable
from audit.errors import LogStopped, NotDurable
from audit.files import write_once, write_whole


def test_the_hubs_own_settings_are_durable(transactional_db: None) -> None:
    ensure_durable()


@pytest.mark.parametrize("pragma", ["PRAGMA synchronous = NORMAL", "PRAGMA synchronous = OFF"])
def test_sqlite_that_may_lose_a_commit_is_refused(transactional_db: None, pragma: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        cursor.execute(pragma)
    try:
        with pytest.raises(NotDurable, match="synchronous=FULL"):
            _check_settings(connection)
    finally:
        connection.close()


def test_sqlite_without_immediate_transactions_is_refused(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", "DEFERRED")
    with pytest.raises(NotDurable, match="IMMEDIATE"):
        ensure_durable()


def test_postgresql_with_an_unlogged_table_is_refused(transactional_db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_tallycount SET UNLOGGED")
    try:
        with pytest.raises(NotDurable, match="UNLOGGED"):
            ensure_durable()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_tallycount SET LOGGED")


def test_a_file_of_the_log_is_written_once(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "a" / "b" / "tile"
    write_once(path, b"one")
    write_once(path, b"one")
    with pytest.raises(LogStopped):
        write_once(path, b"two")
    assert path.read_bytes() == b"one"
    write_whole(path, b"two")
    assert [item.name for item in path.parent.iterdir()] == ["tile"]
