"""A table of any database that SQLAlchemy speaks to, where the department has it on its machine; this package does not depend on it."""

from datetime import UTC, datetime
from typing import Any

from hub_client.errors import UsageError
from hub_client.providing.description import Description
from hub_client.providing.endpoint import MOST_RECORDS, Asked, Given, Subject


class DatabaseTable:
    """One table or view, asked by one statement a subject with bound identifiers; nothing is ever committed. As of: now."""

    def __init__(self, url: str, table: str, description: Description) -> None:
        """`table` may be written schema.table. Raises UsageError without SQLAlchemy, or where the address is none."""
        try:
            import sqlalchemy
        except ImportError:
            raise UsageError("NO_SQLALCHEMY", "a database other than SQLite needs the package SQLAlchemy and the driver") from None
        if not url or not table:
            raise UsageError("BAD_TABLE", "write --table URL#TABLE, or URL#SCHEMA.TABLE")
        schema, _, name = table.rpartition(".")
        try:
            self._engine: Any = sqlalchemy.create_engine(url, pool_pre_ping=True)
        except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
            raise UsageError("BAD_TABLE", f"the database's address does not serve: {type(error).__name__}") from None
        self._sql: Any = sqlalchemy
        self._table: Any = sqlalchemy.table(name, *(sqlalchemy.column(column) for column in description.columns), schema=schema or None)
        self._naming = description.naming

    def __call__(self, asked: Asked) -> Given:
        """The records of a question, in one transaction that is rolled back."""
        now = datetime.now(UTC)
        with self._engine.connect() as connection:
            found = {who: self._rows(connection, who, asked.columns) for who in asked.subjects}
            connection.rollback()
        return Given(found, now)

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def _rows(self, connection: Any, who: Subject, columns: tuple[str, ...]) -> list[dict[str, Any]]:
        places = [self._table.c[column] == who.id for column in self._naming[who.kind]]
        statement = self._sql.select(*(self._table.c[column] for column in columns)).where(self._sql.or_(*places)).limit(MOST_RECORDS + 1)
        return [dict(row) for row in connection.execute(statement).mappings()]
