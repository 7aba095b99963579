"""The child process that finds the difference between two revisions. `python -m exchange.delivery.changes.child`.

Limits first, then DuckDB, locked down as for exports. What it writes holds no value: only numbers of rows, eight bytes each,
in the register's order: a row of the newer file that must be set, or (below zero) one of the older file that is gone.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from exchange.delivery.exports.child import ENGINE_MB, ROWS_AT_ONCE, THREADS, end_with_parent, limit_itself, quoted


def main() -> None:
    """Read a job, do it, say the outcome."""
    job = json.loads(sys.stdin.buffer.readline())
    end_with_parent()
    limit_itself(int(job["memory_bytes"]), int(job["cpu_seconds"]))
    sys.stdout.write(json.dumps({"outcome": {"changes": find(job)}}) + "\n")
    sys.stdout.flush()


def find(job: dict[str, Any]) -> int:
    """Write the places into `out`; how many there are."""
    engine, total = _engine(job), 0
    found = engine.sql(_query(job), params=_values(job)).to_arrow_reader(ROWS_AT_ONCE)
    with Path(job["out"]).open("xb") as file:
        for batch in found:
            column = batch.column(0)
            numbers = memoryview(column.buffers()[1])[column.offset * 8 : (column.offset + len(column)) * 8]
            file.write(numbers)
            total += len(column)
        file.flush()
        os.fsync(file.fileno())
    engine.close()
    return total


def _engine(job: dict[str, Any]) -> Any:
    """DuckDB that reads the two files and its own temporary folder, and nothing else."""
    import duckdb

    engine = duckdb.connect(":memory:", config={"threads": THREADS})
    paths = ", ".join(f"'{quoted(side['rows'])}'" for side in (job["since"], job["until"]) if side)
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"memory_limit = '{ENGINE_MB}MB'",
        f"temp_directory = '{quoted(job['folder'])}'",
        f"allowed_paths = [{paths}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        engine.execute(f"SET {setting}")
    return engine


def _values(job: dict[str, Any]) -> list[Any]:
    return [value for side in (job["since"], job["until"]) if side for value in (side["rows"], *side["values"])]


def _query(job: dict[str, Any]) -> str:
    """Names come from the signed description and were checked where the selection was written; every value is bound.

    A name with a space in it can be no item's.
    """
    keys = range(len(job["key"]))
    if job["since"] is None:
        return f'SELECT "row number" FROM ({_side(job, job["until"])}) ORDER BY "row number"'  # noqa: S608 - checked names, bound values
    joined = " AND ".join(f'before."key {place}" IS NOT DISTINCT FROM after."key {place}"' for place in keys)
    differs = " OR ".join(f'before."{name}" IS DISTINCT FROM after."{name}"' for name in job["items"])
    order = ", ".join(f'coalesce(after."key {place}", before."key {place}")' for place in keys)
    return (
        'SELECT coalesce(after."row number", -before."row number") '  # noqa: S608 - checked names, bound values
        f"FROM ({_side(job, job['since'])}) AS before FULL OUTER JOIN ({_side(job, job['until'])}) AS after ON {joined} "
        f'WHERE before."row number" IS NULL OR after."row number" IS NULL OR {differs} ORDER BY {order}'
    )


def _side(job: dict[str, Any], side: dict[str, Any]) -> str:
    key = ", ".join(f'"{name}" AS "key {place}"' for place, name in enumerate(job["key"]))
    return (
        f'SELECT file_row_number + 1 AS "row number", {key}, {side["columns"]} '  # noqa: S608 - checked names, bound values
        f"FROM read_parquet(?, file_row_number = true) WHERE {side['conditions']}"
    )


if __name__ == "__main__":
    main()
