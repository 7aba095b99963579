"""Connections to one department's database: few, read-only, pinned to the checked address, and cut when their time is over.

Each place (host, port, database, account) has its own threads and its own pool, so that a slow database keeps nobody else
waiting. A server that accepts and then says nothing holds a thread until the cutter closes its socket, and no longer.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from catalog.stores import ProviderFailed, Why
from catalog.stores.credentials import Credentials, CredentialsUnusable, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

THREADS = 4
WAITING = 12
CONNECT_SECONDS = 5
IDLE_SECONDS = 300
DRIVERS: Mapping[str, str] = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
"""One for each of `catalog.description.stores.CONNECTED`."""


class Cutter(AbstractContextManager["Cutter"]):
    """Shuts down the sockets that it was told of when its time is over, whatever their driver is waiting for.

    It holds duplicates of their descriptors, so a number that the process has given to another file meanwhile is never touched.
    """

    _current = threading.local()

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(max(seconds, 0.001), self._cut)
        self._timer.daemon = True
        self._held: list[socket.socket] = []
        self._lock = threading.Lock()
        self.is_over = False

    def __enter__(self) -> Cutter:
        Cutter._current.cutter = self
        self._timer.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._timer.cancel()
        Cutter._current.cutter = None
        with self._lock:
            while self._held:
                self._held.pop().close()

    @classmethod
    def watch(cls, descriptor: int) -> None:
        """Tell the cutter of this thread, if there is one, of a connection's socket."""
        cutter = getattr(cls._current, "cutter", None)
        if cutter is not None:
            with cutter._lock:
                cutter._held.append(socket.socket(fileno=os.dup(descriptor)))

    def _cut(self) -> None:
        self.is_over = True
        with self._lock:
            for held in self._held:
                with suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)


class Place:
    """The threads and connections for one database under one account."""

    def __init__(self, store: Mapping[str, Any]) -> None:
        self._store = dict(store)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sql-store")
        self._room = threading.BoundedSemaphore(THREADS + WAITING)
        self._lock = threading.Lock()
        self._engines: dict[str, Engine] = {}

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        """Have `work` done by one of this place's threads. Raises ProviderFailed(OVERLOADED) when too much waits already."""
        if not self._room.acquire(blocking=False):
            raise ProviderFailed(Why.OVERLOADED)
        future = self._threads.submit(work)
        future.add_done_callback(lambda _done: self._room.release())
        return future

    def engine(self, address: str) -> Engine:
        """The pool of connections to this address; pools to addresses that the name had before are closed."""
        with self._lock:
            if address not in self._engines:
                for former in self._engines.values():
                    former.dispose()
                self._engines = {address: _engine(self._store, address)}
            return self._engines[address]

    def close(self) -> None:
        """Close every connection; nothing more is asked here."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for engine in self._engines.values():
            engine.dispose()


_places: dict[tuple[Any, ...], Place] = {}
_places_lock = threading.Lock()


def place_of(store: Mapping[str, Any]) -> Place:
    """The place of a signed store; one a process for each host, port, database and account."""
    name = tuple(store[member] for member in ("dialect", "host", "port", "database", "credentials"))
    with _places_lock:
        if name not in _places:
            _places[name] = Place(store)
        return _places[name]


def close_all() -> None:
    """Close every place, as the end of a process does."""
    with _places_lock:
        for place in _places.values():
            place.close()
        _places.clear()


def _engine(store: Mapping[str, Any], address: str) -> Engine:
    from sqlalchemy import URL, create_engine, event

    engine = create_engine(
        URL.create(DRIVERS[store["dialect"]], host=store["host"], port=store["port"], database=store["database"]),
        pool_size=THREADS,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        pool_recycle=IDLE_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    connect = {"postgresql": _connect_postgresql, "mysql": _connect_mysql}[store["dialect"]]

    @event.listens_for(engine, "do_connect")
    def connected(_dialect: Any, _record: Any, _arguments: Any, _options: Any) -> Any:
        try:
            account = read(store["credentials"])
        except CredentialsUnusable:
            raise ProviderFailed(Why.CONNECT) from None
        return connect(store, address, account)

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, _record: Any, _proxy: Any) -> None:
        Cutter.watch(connection.fileno() if hasattr(connection, "fileno") else connection._sock.fileno())

    return engine


def _connect_postgresql(store: Mapping[str, Any], address: str, account: Credentials) -> Any:
    """A connection of psycopg: the name for the certificate, the checked address for the socket, and nothing from the environment."""
    import psycopg

    encryption: dict[str, Any] = {"sslmode": "verify-full", "sslrootcert": account.ca} if account.ca else {"sslmode": "prefer"}
    connection = psycopg.connect(
        host=store["host"],
        hostaddr=address,
        port=store["port"],
        dbname=store["database"],
        user=account.user,
        password=account.password,
        passfile=os.devnull,
        connect_timeout=CONNECT_SECONDS,
        application_name="mianzheng",
        prepare_threshold=None,
        options="-c default_transaction_read_only=on -c timezone=UTC -c lock_timeout=2000 -c search_path=",
        **encryption,
    )
    connection.server_cursor_factory = _quiet_cursor()
    return connection


@cache
def _quiet_cursor() -> Any:
    """A server-side cursor that does not complain when its connection was cut: SQLAlchemy leaves such a one to the collector."""
    import psycopg

    class Quiet(psycopg.ServerCursor[Any]):
        def __del__(self, *_warn: Any) -> None:
            pass

    return Quiet


def _connect_mysql(store: Mapping[str, Any], address: str, account: Credentials) -> Any:
    """A connection of PyMySQL over a socket that is ours, so that the name can be checked and the address is the checked one."""
    import pymysql

    connection = pymysql.connect(
        host=store["host"],
        port=store["port"],
        database=store["database"],
        user=account.user,
        password=account.password,
        charset="utf8mb4",
        read_timeout=CONNECT_SECONDS,
        write_timeout=CONNECT_SECONDS,
        local_infile=False,
        init_command="SET SESSION TRANSACTION READ ONLY",
        defer_connect=True,
        **({"ssl_ca": account.ca, "ssl_verify_cert": True, "ssl_verify_identity": True} if account.ca else {"ssl_disabled": True}),
    )
    opened = socket.create_connection((address, store["port"]), timeout=CONNECT_SECONDS)
    Cutter.watch(opened.fileno())
    try:
        connection.connect(opened)
        connection.query("SET SESSION time_zone = '+00:00'")
    except BaseException:
        opened.close()
        raise
    return connection
