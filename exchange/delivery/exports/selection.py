"""The SQL of an export: agreed rows, agreed columns, as one SELECT over rows.parquet. Pure: no Django, no DuckDB.

Names of items come from the signed version and are checked again here; every value is bound. What `row_filter.passes` says
of a record, the condition here says of its row (tests/delivery/test_export_rows.py compares the two).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.delivery.minimise import HIDDEN
from exchange.sharing.policy import Mask
from exchange.sharing.row_filter import RowFilter
from exchange.sharing.row_sql import Engine, sql_where

FORMS = ("csv", "jsonl", "parquet", "arrow")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
# = + - @, their full-width forms, tab, line feed, carriage return, and the apostrophe that this rule puts before them
_SUSPECT = "(9, 10, 13, 39, 43, 45, 61, 64, 65291, 65293, 65309, 65312)"
_FORMULA = "^''*[=+@\\t\\r\\n＝＋－＠-]"
_NUMBER = "[+-]?[0-9]+([.][0-9]+)?"
_NEVER_FORMULA = frozenset({"integer", "boolean", "date", "decimal", "datetime"})


@dataclass(frozen=True)
class Column:
    """One exported item: its declared type, and its mask where the agreement has one."""

    name: str
    type: str
    mask: Mask | None = None


@dataclass(frozen=True)
class Selection:
    """A SELECT (and the same as a count) without its source, and the values of its question marks, in order."""

    columns: str
    conditions: str
    values: tuple[str | int, ...]


def select(columns: Sequence[Column], rules: RowFilter, types: Mapping[str, str], *, on: date, form: str) -> Selection:
    """The columns as `form` writes them, of the rows inside `rules` on the hub's local day `on`. Raises ValueError for a bad name."""
    conditions, values = sql_where(rules, types, on=on, engine=Engine.DUCKDB)
    written = ", ".join(f'{_written(column, form)} AS "{_checked(column.name)}"' for column in columns)
    return Selection(written, conditions, tuple(values))


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("an item's name has a form that SQL can carry")
    return name


def _written(column: Column, form: str) -> str:
    value = f'"{_checked(column.name)}"'
    if column.mask is not None:
        value = _masked(value, column.mask)
    if form != "csv":
        return value
    if column.type not in _NEVER_FORMULA or column.mask is not None:
        return _neutralised(value)
    return f"CAST({value} AS VARCHAR)"  # the same text, which the engine's CSV writer makes dearer


def _masked(value: str, mask: Mask) -> str:
    """As `minimise.masked`: the agreed ends, three stars between them; too short to hide anything is hidden whole."""
    text, kept = f"CAST({value} AS VARCHAR)", mask.keep_first + mask.keep_last
    shown = f"left({text}, {mask.keep_first:d}) || '{HIDDEN}' || right({text}, {mask.keep_last:d})"
    return f"(CASE WHEN {value} IS NULL THEN NULL WHEN length({text}) <= {kept:d} THEN '{HIDDEN}' ELSE {shown} END)"


def _neutralised(value: str) -> str:
    """An apostrophe before what a spreadsheet would run as a formula; numbers stay numbers. `plain` takes it off again."""
    is_formula = f"ascii({value}) IN {_SUSPECT} AND regexp_matches({value}, '{_FORMULA}') AND NOT regexp_full_match({value}, '{_NUMBER}')"
    return f"CASE WHEN {is_formula} THEN '''' || {value} ELSE {value} END"


_NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def plain(cell: str) -> str:
    """A text cell of an exported CSV as it stands in the register: the rule backwards, for whoever reads the file by program."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell
