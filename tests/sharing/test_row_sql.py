"""One meaning everywhere: what passes a row filter in Python, in DuckDB and in SQLite, for thousands of random filters and records."""

from __future__ import annotations

import random
import sqlite3
from datetime import date
from typing import Any

import duckdb
import pytest

from exchange.sharing.row_filter import RowFilter, compile_filter, fits_items, passes
from exchange.sharing.row_sql import Engine, sql_where
from tests.sharing.random_filters import MAKERS, random_filter, random_record
from tests.sharing.reference_model import is_inside

TYPES = {"number": "integer", "flag": "boolean", "day": "date", "word": "text", "amount": "decimal"}
DAYS = (date(2026, 11, 21), date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1))
DUCKDB = {"integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}
SQLITE = {"integer": "INTEGER", "boolean": "INTEGER"}
ROWS = 150
FILTERS = 250


@pytest.fixture(scope="module")
def engines() -> Any:
    """Both engines with an empty table of the form in which a revision's file has it."""
    duck, lite = duckdb.connect(config={"threads": 1}), sqlite3.connect(":memory:")
    duck.execute("CREATE TABLE t (n BIGINT, " + ", ".join(f'"{name}" {DUCKDB.get(kind, "VARCHAR")}' for name, kind in TYPES.items()) + ")")
    lite.execute("CREATE TABLE t (n INTEGER, " + ", ".join(f'"c_{name}" {SQLITE.get(kind, "TEXT")}' for name, kind in TYPES.items()) + ")")
    yield {Engine.DUCKDB: duck, Engine.SQLITE: lite}
    duck.close()
    lite.close()


def found(engines: Any, engine: Engine, rows: RowFilter, on: date) -> list[int]:
    condition, values = sql_where(rows, TYPES, on=on, engine=engine)
    return [number for (number,) in engines[engine].execute(f"SELECT n FROM t WHERE {condition} ORDER BY n", values).fetchall()]  # noqa: S608 - our own condition, bound values


@pytest.mark.parametrize("seed", range(8))
def test_python_and_both_engines_let_the_same_rows_pass(engines: Any, seed: int) -> None:
    chance = random.Random(seed)
    records = [random_record(chance, TYPES) for _ in range(ROWS)]
    for connection in engines.values():
        connection.execute("DELETE FROM t")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", [(n, *record.values()) for n, record in enumerate(records)])
    told = 0
    for _ in range(FILTERS):
        document, on = random_filter(chance, TYPES), chance.choice(DAYS)
        assert fits_items(document, TYPES), document
        rows = compile_filter(document)
        expected = [n for n, record in enumerate(records) if passes(rows, record, on)]
        assert expected == [n for n, record in enumerate(records) if is_inside(document, record, on)], (document, on)
        assert found(engines, Engine.DUCKDB, rows, on) == expected, (document, on)
        assert found(engines, Engine.SQLITE, rows, on) == expected, (document, on)
        told += 0 < len(expected) < ROWS
    assert told > FILTERS // 2, "most filters let some rows pass and others not"


def test_every_rule_of_the_language_is_tried() -> None:
    from audit.proof.acts.rows import RULES

    assert set(MAKERS) == RULES


def test_what_is_malformed_lets_nothing_pass_in_sql_either() -> None:
    malformed: list[Any] = [{"word": {"like": "x"}}, {"any": []}, {"any": [7]}]
    for document in malformed:
        condition, values = sql_where(compile_filter(document), TYPES, on=DAYS[0], engine=Engine.DUCKDB)
        assert (condition, values) == ("((FALSE))", [])


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("rule", [{"in": ["1"]}, {"not_in": ["a"]}, {"present": False}, {"starts_with": "a"}, {"at_least": 1}])
def test_an_item_that_is_gone_lets_nothing_pass(engine: Engine, rule: Any) -> None:
    assert sql_where(compile_filter({"gone": rule}), TYPES, on=DAYS[0], engine=engine) == ("((FALSE))", [])


def test_a_name_that_sql_cannot_carry_is_refused() -> None:
    from exchange.sharing.row_filter import Among

    with pytest.raises(ValueError, match="name"):
        sql_where(RowFilter((((('word" OR "1', Among(frozenset("a")))),),)), TYPES, on=DAYS[0], engine=Engine.SQLITE)
