"""Connections that are used again, by many threads: opening one with TLS costs more than most answers."""

import http.client
import threading
import time
from collections.abc import Mapping

from hub_client.connection import TIMEOUT_S, Connection, Reply

IDLE_S = 15.0
MOST_IDLE = 16
_GONE = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError, http.client.CannotSendRequest)


class Pool(Connection):
    """The hub over HTTP or HTTPS, with connections kept for 15 seconds. Each is used by one thread at a time."""

    def __init__(self, address: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """As for a `Connection`."""
        super().__init__(address, timeout_s=timeout_s)
        self._lock = threading.Lock()
        self._idle: list[tuple[float, http.client.HTTPConnection]] = []

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """As `Connection.send`. A kept connection that the hub closed meanwhile is replaced once; the nonce lets nothing count twice."""
        with self._told():
            kept = self._take()
            if kept is not None:
                try:
                    return self._used(kept, method, path, headers, body)
                except _GONE:
                    pass
            return self._used(self._open(), method, path, headers, body)

    def close(self) -> None:
        """Close what is kept."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    def _used(
        self, connection: http.client.HTTPConnection, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Reply:
        try:
            reply = self._exchanged(connection, method, path, headers, body)
        except BaseException:
            connection.close()
            raise
        self._keep(connection)
        return reply

    def _take(self) -> http.client.HTTPConnection | None:
        with self._lock:
            while self._idle:
                since, connection = self._idle.pop()
                if time.monotonic() - since < IDLE_S:
                    return connection
                connection.close()
        return None

    def _keep(self, connection: http.client.HTTPConnection) -> None:
        if connection.sock is None:  # the hub said that it closes
            return
        with self._lock:
            if len(self._idle) < MOST_IDLE:
                self._idle.append((time.monotonic(), connection))
                return
        connection.close()
