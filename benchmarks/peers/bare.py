"""The peer of the ratio "bare lookup": the same server and the same table, an ordinary pool, and nothing else.

No policy, no log, no signature: a JSON body in, one SELECT, a JSON body out.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from typing import Any

_QUERY = "SELECT grade, type FROM person_record WHERE person = {mark}"
_URL = os.environ.get("BARE_DATABASE", "")
_FILE = os.environ.get("BARE_FILE", "")


class SqlitePool:
    """Connections kept open, handed to a thread for one query at a time."""

    def __init__(self, size: int = 4) -> None:
        self.free: asyncio.LifoQueue[sqlite3.Connection] = asyncio.LifoQueue()
        for _ in range(size):
            self.free.put_nowait(sqlite3.connect(_FILE, check_same_thread=False))

    async def look_up(self, person: str) -> list[Any]:
        connection = await self.free.get()
        try:
            return await asyncio.to_thread(self._query, connection, person)
        finally:
            self.free.put_nowait(connection)

    @staticmethod
    def _query(connection: sqlite3.Connection, person: str) -> list[Any]:
        return connection.execute(_QUERY.format(mark="?"), [person]).fetchall()


class PostgresPool:
    """psycopg's own asynchronous pool with its default size."""

    def __init__(self) -> None:
        from psycopg_pool import AsyncConnectionPool

        self.pool = AsyncConnectionPool(_URL, open=False)
        self.opened = False

    async def look_up(self, person: str) -> list[Any]:
        if not self.opened:
            self.opened = True
            await self.pool.open(wait=True)
        async with self.pool.connection() as connection:
            cursor = await connection.execute(_QUERY.format(mark="%s"), [person])
            return await cursor.fetchall()


_pool: SqlitePool | PostgresPool | None = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    """One lookup."""
    global _pool
    _pool = _pool or (PostgresPool() if _URL else SqlitePool())
    body = b""
    while True:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    rows = await _pool.look_up(json.loads(body)["subject"])
    answer = json.dumps([{"grade": grade, "type": kind} for grade, kind in rows]).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
