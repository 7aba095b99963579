"""Refuses a database that could lose what it has acknowledged (protocol section 7): no audit, no data.

Every new connection is read back, because a setting that was asked for is not yet a setting that holds.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils.translation import gettext as _

from audit.errors import NotDurable
from audit.routing import KEY_STORE

_FULL = 2
_KEPT = ("default", KEY_STORE)


def watch_connections() -> None:
    """Check each connection of this process when it is opened. Called once, when Django starts."""
    connection_created.connect(_on_connection, dispatch_uid="audit.durability")


def ensure_durable() -> None:
    """Raise NotDurable, saying what to do, unless both databases keep every acknowledged commit.

    Called by whatever serves (the web processes and `manage.py sequence`) before it begins.
    """
    for alias in _KEPT:
        connection = connections[alias]
        connection.ensure_connection()
        if connection.vendor == "sqlite":
            _require_immediate(connection)
        else:
            _check_settings(connection)
            _require_logged_tables(connection)


def _on_connection(connection: BaseDatabaseWrapper, **_others: Any) -> None:
    if connection.alias in _KEPT:
        _check_settings(connection)


def _check_settings(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "sqlite":
        _check_sqlite(connection)
    elif connection.vendor == "postgresql":
        _check_postgresql(connection)
    else:
        raise NotDurable(_("Use SQLite or PostgreSQL; no other database has been proved to keep the log."))


def _check_sqlite(connection: Any) -> None:
    if connection.is_in_memory_db():
        if getattr(settings, "DEMO", False):
            raise NotDurable(_("A database in memory keeps nothing. Give the hub a database file."))
        return
    with connection.cursor() as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    if journal.lower() != "wal" or synchronous < _FULL:
        raise NotDurable(
            _("SQLite must run with journal_mode=WAL and synchronous=FULL. Put both into init_command, and the file on a local disk.")
        )


def _check_postgresql(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('full_page_writes')")
        if cursor.fetchone() != ("on", "on"):
            raise NotDurable(_("PostgreSQL must run with fsync = on and full_page_writes = on. Correct its configuration and restart it."))


def _require_immediate(connection: Any) -> None:
    if connection.settings_dict.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE":
        raise NotDurable(_("SQLite must begin transactions with IMMEDIATE. Set transaction_mode in the database OPTIONS."))


def _require_logged_tables(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE %s AND relpersistence <> 'p'",
            [r"audit\_%"],
        )
        if cursor.fetchone()[0]:
            raise NotDurable(_("A table of the log is UNLOGGED or temporary. Run ALTER TABLE … SET LOGGED on it."))
