"""Gives the register R14 of a built city many rows, twice, and CAB-relief an agreement to follow their changes; prints the agreement's id.

    python benchmarks/peers/changes_fill.py first|second ROWS CSV      (in the hub's environment; the same rows are written to CSV)

The second revision differs in every tenth row: most of these have another grade, some are gone, some are new. Both files of a
revision are made as a load would make them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

import duckdb  # noqa: E402 - after settings

from audit import acts  # noqa: E402 - after settings
from audit.ground import log_origin  # noqa: E402 - after settings
from audit.proof.canonical import fresh_nonce  # noqa: E402 - after settings
from benchmarks.peers import export_fill as fill  # noqa: E402 - after settings
from catalog.quality.files import write_lookup, write_rows  # noqa: E402 - after settings
from catalog.quality.findings import Item  # noqa: E402 - after settings
from catalog.quality.runner import revisions_folder  # noqa: E402 - after settings

_KEYED = """
SELECT '5101' || printf('%014d', i) AS person,
    (['visual', 'hearing', 'speech', 'physical', 'intellectual', 'mental', 'multiple'])[CAST(1 + hash(i) % 7 AS BIGINT)] AS type,
    CAST(1 + (hash(i * 7) + {other}) % 4 AS BIGINT) AS grade,
    DATE '2005-01-01' + CAST(hash(i * 3) % 7000 AS INTEGER) AS issued_on,
    DATE '2025-01-01' + CAST(hash(i * 5) % 3650 AS INTEGER) AS valid_until
FROM range({start}, {end}) numbers(i) WHERE {kept}
"""
_PARTS = {
    "first": _KEYED.replace("{other}", "0").replace("{kept}", "TRUE"),
    "second": _KEYED.replace("{other}", "CASE WHEN i % 10 = 0 THEN 1 ELSE 0 END").replace("{kept}", "i % 200 <> 0"),
}


def main() -> None:
    """Make the files, sign the revision, and at the first time the agreement."""
    part, rows, csv = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    moved = 0 if part == "first" else rows // 200
    query = _PARTS[part].format(start=0, end=rows + moved)
    version = acts.standing().versions[fill.DATASET]
    with TemporaryDirectory() as working, duckdb.connect(config={"threads": 2}) as engine:
        count = _typed(engine, query, version.version)
        shown = ", ".join(f"c_{name} AS {name}" for name in fill.ITEMS)
        engine.execute(f"COPY (SELECT {shown} FROM typed) TO '{csv}' (FORMAT csv, HEADER)")  # noqa: S608 - our own names
        items = [Item(item["name"], place, "", item["type"], item) for place, item in enumerate(version.version["items"])]
        job: Any = SimpleNamespace(working=Path(working), revisions=revisions_folder(), document=version.version, items=items)
        parquet = write_rows(engine, job)
        lookup = write_lookup(engine, job, parquet, lambda done: None)
    order = {
        "type": "revision",
        "dataset": fill.DATASET,
        "version": version.hash,
        "rows": f"sha256:{parquet}",
        "lookup": f"sha256:{lookup}",
    }
    fill._append(
        {**order, "row_count": count, "as_of": acts.time_text(), "hub": log_origin(), "nonce": fresh_nonce()}, provider=fill.PROVIDER
    )
    if part == "first":
        fill._agree(rows, "CHANGES")


def _typed(engine: Any, query: str, document: Any) -> int:
    """The table that the writers of a load read: every item of the description, those that are not agreed without a value."""
    types = {"integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}
    columns = ", ".join(
        f"{item['name'] if item['name'] in fill.ITEMS else 'NULL'}::{types.get(item['type'], 'VARCHAR')} AS c_{item['name']}"
        for item in document["items"]
    )
    engine.execute(f"CREATE TABLE typed AS SELECT row_number() OVER () AS row_number, {columns} FROM ({query})")  # noqa: S608 - our own query
    return int(engine.execute("SELECT count(*) FROM typed").fetchone()[0])


if __name__ == "__main__":
    main()
