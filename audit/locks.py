"""The policy lock: whoever adds an act holds it alone, whoever delivers holds it with others, both until they commit."""

from __future__ import annotations

from typing import Any

from django.db import connection

from audit.errors import OutsideTransaction

_POLICY_LOCK = 0x6D7A_0001


def lock_shared(cursor: Any) -> None:
    """Hold the policy lock with others until commit; read `acts.version()` afterwards, as a statement of its own.

    On SQLite the transaction's BEGIN IMMEDIATE is the lock. Refuses outside a transaction.
    """
    _lock(cursor, "SELECT pg_advisory_xact_lock_shared(%s)")


def lock_exclusive(cursor: Any) -> None:
    """Hold the policy lock alone until commit. Refuses outside a transaction."""
    _lock(cursor, "SELECT pg_advisory_xact_lock(%s)")


def _lock(cursor: Any, statement: str) -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction("the policy lock lasts until a commit, so it needs a transaction")
    if connection.vendor == "postgresql":
        cursor.execute(statement, [_POLICY_LOCK])
