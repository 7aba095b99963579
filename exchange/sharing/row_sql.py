"""A row filter as a condition of SQL, for the two engines that read hosted rows: DuckDB over rows.parquet, SQLite over the lookup file.

What `row_filter.passes` says of a record, the condition says of its row (tests/sharing/test_row_sql.py compares them). Names
come from the signed version and are checked again; every value is bound. Pure: no Django, no engine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from exchange.sharing.row_filter import (
    Among,
    AtLeast,
    AtMost,
    Never,
    NotAmong,
    Present,
    RowFilter,
    Rule,
    Rules,
    StartsWith,
    YearsAtLeast,
    YearsAtMost,
)

Values: TypeAlias = list[str | int]
Condition: TypeAlias = tuple[str, Values]
EVERY_ROW = "TRUE"
_NOTHING: Condition = ("FALSE", [])
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_TEXTS = frozenset({"code", "identifier", "text"})
_FRACTION = 10


class Engine(StrEnum):
    """Who reads: the columns have other names and types."""

    DUCKDB = "duckdb"
    SQLITE = "sqlite"


def sql_where(rows: RowFilter, types: Mapping[str, str], *, on: date, engine: Engine) -> Condition:
    """The condition with question marks, and their values in order, for the hub's local day `on`. `types`: item → type.

    An item without type lets nothing pass. Raises ValueError for a name that SQL cannot carry.
    """
    if not rows:
        return EVERY_ROW, []
    written = [_all_of(rules, types, on, engine) for rules in rows.alternatives]
    return f"({' OR '.join(text for text, _values in written)})", [value for _text, values in written for value in values]


def _all_of(rules: Rules, types: Mapping[str, str], on: date, engine: Engine) -> Condition:
    written = [_one(_Column(item, types.get(item, ""), engine), rule, on) for item, rule in rules]
    return f"({' AND '.join(text for text, _values in written)})", [value for _text, values in written for value in values]


class _Column:
    """One item as the engine stores it."""

    def __init__(self, item: str, kind: str, engine: Engine) -> None:
        if item and not _NAME.fullmatch(item):
            raise ValueError("an item's name has a form that SQL can carry")
        self.kind, self.is_duckdb = kind, engine is Engine.DUCKDB
        self.name = f'"{item}"' if self.is_duckdb else f'"c_{item}"'

    def as_plain(self) -> str:
        """As texts and whole numbers, which `in` compares."""
        if not self.is_duckdb:
            return self.name
        return {"date": f"strftime({self.name}, '%Y-%m-%d')", "boolean": f"CAST({self.name} AS INTEGER)"}.get(self.kind, self.name)

    def is_present(self) -> str:
        """Whether there is a value."""
        return f"{self.name} IS NOT NULL" + (f" AND {self.name} <> ''" if self.kind in _TEXTS else "")

    def day(self) -> str:
        """The place of a bound day."""
        return "CAST(? AS DATE)" if self.is_duckdb else "?"


def _one(column: _Column, rule: Rule, on: date) -> Condition:
    if not column.kind:
        return _NOTHING
    match rule:
        case Among(values):
            return _among(column, values)
        case NotAmong(values):
            text, bound = _among(column, values)
            present = column.is_present()
            return (f"{present} AND NOT ({text})", bound) if bound else (present, [])
        case Present(is_wanted):
            return (column.is_present() if is_wanted else f"NOT ({column.is_present()})"), []
        case StartsWith(prefix):
            return _starts_with(column, prefix)
        case Never():
            return _NOTHING
    return _ordered(column, rule, on)


def _ordered(column: _Column, rule: AtLeast | AtMost | YearsAtLeast | YearsAtMost, on: date) -> Condition:
    match rule:
        case AtLeast(least):
            return _compared(column, ">=", least)
        case AtMost(most):
            return _compared(column, "<=", most)
        case YearsAtLeast(years):
            until = _so_many_years_before(on, years)
            return _NOTHING if until is None else _compared(column, "<=", until)
        case YearsAtMost(years):
            after = _so_many_years_before(on, years + 1)
            return (column.is_present(), []) if after is None and column.kind == "date" else _compared(column, ">", after)


def _among(column: _Column, values: frozenset[str | int]) -> Condition:
    """Values of the item's own type alone can be equal; a whole number is never equal to a text."""
    wanted: list[Any] = [value for value in values if isinstance(value, int) == (column.kind in ("integer", "boolean"))]
    if column.kind == "boolean":
        wanted = [value for value in wanted if value in (0, 1)]
    return (f"{column.as_plain()} IN ({', '.join('?' * len(wanted))})", sorted(wanted)) if wanted else _NOTHING


def _starts_with(column: _Column, prefix: str) -> Condition:
    if column.kind not in _TEXTS:
        return _NOTHING
    return (f"starts_with({column.name}, ?)" if column.is_duckdb else f"substr({column.name}, 1, {len(prefix):d}) = ?"), [prefix]


def _compared(column: _Column, operator: str, limit: date | Decimal | None) -> Condition:
    """`operator` is one of ours. A limit of another type than the item's lets nothing pass."""
    if isinstance(limit, date):
        return (f"{column.name} {operator} {column.day()}", [limit.isoformat()]) if column.kind == "date" else _NOTHING
    if limit is None or column.kind not in ("integer", "decimal"):
        return _NOTHING
    if column.is_duckdb:
        return f"CAST({column.name} AS DECIMAL(38, {_FRACTION:d})) {operator} CAST(? AS DECIMAL(38, {_FRACTION:d}))", [f"{limit:f}"]
    if column.kind == "integer" and limit == int(limit):
        return f"{column.name} {operator} ?", [int(limit)]
    return f"({_whole_part(column)}, {_fraction(column)}) {operator} (?, ?)", [*_parts(limit)]


def _whole_part(column: _Column) -> str:
    """SQLite has no decimals and its real numbers round: the canonical text is compared by its two whole numbers."""
    return f"CAST({column.name} AS INTEGER)"


def _fraction(column: _Column) -> str:
    """The digits behind the point as a whole number of ten digits, with the sign of the value."""
    digits = f"substr(substr({column.name}, instr({column.name}, '.') + 1) || '{'0' * _FRACTION}', 1, {_FRACTION:d})"
    sign = f"CASE WHEN substr({column.name}, 1, 1) = '-' THEN -1 ELSE 1 END"
    return f"CASE WHEN instr({column.name}, '.') = 0 THEN 0 ELSE {sign} * CAST({digits} AS INTEGER) END"


def _parts(limit: Decimal) -> tuple[int, int]:
    whole = int(limit)
    return whole, int((limit - whole).scaleb(_FRACTION))


def _so_many_years_before(on: date, years: int) -> date | None:
    """The last birthday that completes so many years on this day (`clocks.full_years`); None before the calendar begins."""
    if on.year <= years:
        return None
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February of a year without one: who was born on the 28th has completed them, nobody later has
        return date(on.year - years, 2, 28)
