"""The one statement of the sql store: a bound SELECT over a signed table and signed columns, with nothing of the caller in its text.

Names are quoted by the dialect, always; identifiers of subjects are bound parameters, always. SQLAlchemy Core writes the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, MetaData, Select, String, Table, bindparam, or_, select
from sqlalchemy.sql.elements import quoted_name

MOST_RECORDS_A_SUBJECT = 100
MOST_ROWS = 10_000


def most_rows(subjects: int) -> int:
    """How many rows an answer about so many subjects may have."""
    return min(MOST_RECORDS_A_SUBJECT * subjects, MOST_ROWS)


def select_rows(document: Mapping[str, Any], subjects: Sequence[tuple[str, str]], items: Sequence[str]) -> Select[Any]:
    """Columns: that of each asked kind of subject in the order of `kinds_asked`, then the items in their order.

    One row more than is allowed, so that too many are noticed and never cut off in silence. Raises KeyError for an item or a
    kind that the description does not have.
    """
    kinds = kinds_asked(subjects)
    columns = {subject["kind"]: document["column_mapping"][subject["item"]] for subject in document["subjects"]}
    wanted = tuple(document["column_mapping"][item] for item in items)
    table = _described(str(document["store"]["table"]), document["store"].get("schema"), tuple(columns.values()), wanted)
    found = [table.c[columns[kind]] for kind in kinds]
    among = [
        column.in_(bindparam(f"subjects_{place}", [identifier for kind, identifier in subjects if kind == asked], expanding=True))
        for place, (asked, column) in enumerate(zip(kinds, found, strict=True))
    ]
    named = [column.label(f"subject_{place}") for place, column in enumerate(found)]
    named += [table.c[document["column_mapping"][item]].label(f"item_{place}") for place, item in enumerate(items)]
    return select(*named).where(or_(*among)).limit(most_rows(len(subjects)) + 1)


def kinds_asked(subjects: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The kinds of the subjects asked about, each once, in the order in which they appear."""
    return tuple(dict.fromkeys(kind for kind, _identifier in subjects))


@lru_cache(maxsize=256)
def _described(table: str, schema: str | None, subjects: tuple[str, ...], others: tuple[str, ...]) -> Table:
    """The table as signed. Columns of subjects compare as text; what other columns hold is the driver's to say."""
    described: list[Column[Any]] = [Column(quoted_name(name, quote=True), String()) for name in dict.fromkeys(subjects)]
    described += [Column(quoted_name(name, quote=True)) for name in dict.fromkeys(others) if name not in subjects]
    return Table(quoted_name(table, quote=True), MetaData(), *described, schema=quoted_name(schema, quote=True) if schema else None)
