"""A department's own database as a remote store: one read of one signed table for each question (docs/decisions/0072)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from catalog.identifiers import kinds
from catalog.stores import ProviderFailed, Question, Record, Reply, Why
from catalog.stores.database_values import reader
from catalog.stores.sql_connection import Cutter, Place, place_of
from catalog.stores.sql_statement import kinds_asked, most_rows, select_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

MOST_BYTES = 4 * 1024 * 1024
FETCHED_AT_ONCE = 200
_MARGIN_S = 0.2
# PostgreSQL: cancelled, lock not available. MySQL and MariaDB: lock wait, interrupted, time of a statement, connection lost.
_TIMEOUTS = frozenset({"57014", "55P03", 1205, 1317, 1969, 2013, 3024})
# MySQL says these as operational errors: no such column or table, not allowed, a broken view, a write in a reading transaction.
_NOT_AS_DESCRIBED = frozenset({1054, 1142, 1143, 1146, 1356, 1792})

logger = logging.getLogger(__name__)


class SqlStore:
    """One dataset version's table. Cheap to make; connections are kept by place (`sql_connection`)."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._store: Mapping[str, Any] = document["store"]

    async def ask(self, question: Question) -> Reply:
        """The records of the subjects asked. Raises ProviderFailed; the time runs from here, waiting for a thread included."""
        deadline = time.monotonic() + question.timeout_s
        place = place_of(self._store)
        future = place.submit(lambda: self._read(place, question, deadline))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), question.timeout_s + _MARGIN_S)
        except TimeoutError:
            raise ProviderFailed(Why.TIMEOUT) from None

    def _read(self, place: Place, question: Question, deadline: float) -> Reply:
        """In a thread of the place: find the address, take a connection, read, convert, and give the connection back."""
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise ProviderFailed(Why.TIMEOUT)
        statement = select_rows(self._document, question.subjects, question.items)
        with Cutter(seconds) as cutter:
            try:
                address = self._address()
                read_at = datetime.now(UTC)
                rows = list(_rows(place, address, statement, question, seconds))
            except ProviderFailed:
                raise
            except Exception as error:  # whatever a driver raises, the caller hears a reason and never its text
                raise self._failed(question, error, cutter) from error
        records = _records(self._document, question, rows)
        return Reply(records=records, as_of=read_at.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def _address(self) -> str:
        from catalog.stores.egress import checked_address

        store = self._store
        return checked_address(store["host"], store["port"], store["networks"], store["ports"])

    def _failed(self, question: Question, error: Exception, cutter: Cutter) -> ProviderFailed:
        """The reason, and a line for the operator that holds the driver's code and never its text."""
        original = getattr(error, "orig", error)
        why = Why.TIMEOUT if cutter.is_over else _why(error, original)
        told = {"dataset": question.dataset, "errand": question.errand, "why": str(why), "error": type(original).__name__}
        logger.warning("A department's database gave no answer", extra={**told, "driver_code": str(_code(original))})
        return ProviderFailed(why)


def make(document: Mapping[str, Any]) -> SqlStore:
    """The store of a signed dataset version."""
    return SqlStore(document)


def _code(original: Any) -> object:
    """The number of MySQL, the SQLSTATE of PostgreSQL; empty where the driver gives none."""
    arguments: Sequence[object] = getattr(original, "args", ())
    is_numbered = bool(arguments) and isinstance(arguments[0], int)
    return arguments[0] if is_numbered else getattr(original, "sqlstate", None) or ""


def _why(error: Exception, original: Any) -> Why:
    from sqlalchemy import exc

    if _code(original) in _TIMEOUTS or isinstance(original, TimeoutError):
        return Why.TIMEOUT
    if _code(original) in _NOT_AS_DESCRIBED:
        return Why.WRONG_SHAPE
    if isinstance(error, exc.TimeoutError):
        return Why.OVERLOADED
    if isinstance(error, exc.DataError):
        return Why.WRONG_TYPE
    if isinstance(error, (exc.OperationalError, exc.InterfaceError, OSError, exc.NoSuchModuleError)):
        return Why.CONNECT
    return Why.WRONG_SHAPE


def _rows(place: Place, address: str, statement: Select[Any], question: Question, seconds: float) -> Iterator[Sequence[Any]]:
    """The rows, fetched in pieces; stops with TOO_LARGE at the first piece too much."""
    most, seen, size = most_rows(len(question.subjects)), 0, 0
    with place.engine(address).connect() as connection:
        _limit_time(connection, max(1, int(seconds * 1000)))
        result = connection.execution_options(stream_results=True, max_row_buffer=FETCHED_AT_ONCE).execute(statement)
        while piece := result.fetchmany(FETCHED_AT_ONCE):
            seen += len(piece)
            size += sum(_size(value) for row in piece for value in row)
            if seen > most or size > MOST_BYTES:
                result.close()
                raise ProviderFailed(Why.TOO_LARGE)
            yield from piece


def _limit_time(connection: Connection, milliseconds: int) -> None:
    """Let the server itself give up in time. Reading only was settled when the connection was made."""
    from sqlalchemy import text

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_catalog.set_config('statement_timeout', :limit, true)"), {"limit": str(milliseconds)})
    elif getattr(connection.dialect, "is_mariadb", False):
        connection.execute(text("SET SESSION max_statement_time = :limit"), {"limit": milliseconds / 1000})
    else:
        connection.execute(text("SET SESSION max_execution_time = :limit"), {"limit": milliseconds})


def _size(value: object) -> int:
    return len(value) if isinstance(value, (str, bytes)) else 16


def _records(document: Mapping[str, Any], question: Question, rows: Iterable[Sequence[Any]]) -> dict[tuple[str, str], list[Record]]:
    """Each row to the subject that it names. Raises ProviderFailed where a row names nobody who was asked, or a value does not fit."""
    asked, names = set(question.subjects), kinds_asked(question.subjects)
    items = {item["name"]: item for item in document["items"]}
    readers = [reader(items[name], document) for name in question.items]
    records: dict[tuple[str, str], list[Record]] = {subject: [] for subject in question.subjects}
    for row in rows:
        record = {name: read(value) for name, read, value in zip(question.items, readers, row[len(names) :], strict=True)}
        for subject in _named(names, row, asked):
            records[subject].append(record)
    return records


def _named(names: Sequence[str], row: Sequence[Any], asked: set[tuple[str, str]]) -> list[tuple[str, str]]:
    known = kinds()
    texts = [(kind, value) for kind, value in zip(names, row, strict=False) if isinstance(value, str)]
    found = [subject for subject in ((kind, known.normalise(kind, text)) for kind, text in texts) if subject in asked]
    if not found:
        raise ProviderFailed(Why.WRONG_SUBJECT)
    return found
