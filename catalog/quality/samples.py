"""Sample rows for the catalogue page: real values of items of sensitivity 1 only, all others made from type and code list."""

from __future__ import annotations

from typing import Any

from catalog.description.trees import is_verify_only
from catalog.quality.findings import Item, Job

ROWS = 5


def sample(engine: Any, job: Job) -> dict[str, Any]:
    """`{"items": names, "made": names of items whose values are made up, "rows": [{name: value}]}`, ready for JSON."""
    shown = [item for item in job.items if item.declared["sharing_attribute"] != "NOT_SHARED"]
    real = [] if is_verify_only(job.document) else [item for item in shown if item.declared["sensitivity"] == 1]
    made = [item for item in shown if item not in real]
    rows = _real_rows(engine, job, real)
    for number, row in enumerate(rows):
        row.update({item.name: _made(item, number, job) for item in made})
    return {"items": [item.name for item in shown], "made": [item.name for item in made], "rows": rows}


def _real_rows(engine: Any, job: Job, items: list[Item]) -> list[dict[str, Any]]:
    columns = ", ".join(f'"{item.column}"' for item in items) or "NULL"
    order = ", ".join(f'"c_{name}"' for name in job.document["key"])
    found = engine.execute(f"SELECT {columns} FROM typed ORDER BY {order} LIMIT {ROWS}").fetchall()  # noqa: S608 - checked names
    return [{item.name: _ready(value) for item, value in zip(items, values, strict=False)} for values in found]


def _ready(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, str)) else value.isoformat()


def _made(item: Item, number: int, job: Job) -> Any:
    """A value of the right type that nobody has: the same for every load."""
    if item.type == "code":
        codes = job.document["code_lists"][item.declared["code_list"]]
        return codes[number % len(codes)]["code"]
    return {
        "integer": _integer(item, number),
        "decimal": f"{item.declared.get('minimum', 0)}",
        "boolean": number % 2 == 0,
        "date": f"2000-01-{number + 1:02}",
        "datetime": f"2000-01-{number + 1:02}T08:00:00",
        "identifier": f"…{number + 1:04}",
    }.get(item.type, f"示例 {number + 1}")


def _integer(item: Item, number: int) -> int:
    """The number-th value of the declared range, from its beginning again where it is short; None bounds are open."""
    minimum, maximum = (None if item.declared.get(bound) is None else int(item.declared[bound]) for bound in ("minimum", "maximum"))
    first = minimum if minimum is not None else min(0, maximum if maximum is not None else 0)
    return first + number % (maximum - first + 1) if maximum is not None else first + number
