"""Gives the register R14 of a built city many rows, and CAB-relief an agreement to export them; prints the agreement's id.

    python benchmarks/peers/export_fill.py ROWS CSV      (in the hub's environment; the same rows are written to CSV)

The rows file is made as a load would make it; the look-up file beside it stays empty, because nobody asks about one person.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import django

django.setup()

import duckdb  # noqa: E402 - after settings

from audit import acts, signers  # noqa: E402 - after settings
from audit.ground import log_origin  # noqa: E402 - after settings
from audit.proof.acts import agreement_id  # noqa: E402 - after settings
from audit.proof.canonical import fresh_nonce  # noqa: E402 - after settings
from catalog.quality.files import keep  # noqa: E402 - after settings
from catalog.quality.runner import revisions_folder  # noqa: E402 - after settings

DATASET, PROVIDER, REQUESTER, SYSTEM = "R14", "DPF", "CAB", "CAB-relief"
ITEMS = ["person", "type", "grade", "issued_on", "valid_until"]
_ROWS = """
SELECT printf('5101%02d%04d%02d%02d%03d%d', i % 90, 1930 + i % 90, 1 + i % 12, 1 + i % 28, i % 1000, i % 10) AS person,
    (['visual', 'hearing', 'speech', 'physical', 'intellectual', 'mental', 'multiple'])[CAST(1 + hash(i) % 7 AS BIGINT)] AS type,
    CAST(1 + hash(i * 7) % 4 AS BIGINT) AS grade,
    DATE '2005-01-01' + CAST(hash(i * 3) % 7000 AS INTEGER) AS issued_on,
    DATE '2025-01-01' + CAST(hash(i * 5) % 3650 AS INTEGER) AS valid_until
FROM range({rows}) numbers(i)
"""


def main() -> None:
    """Make the files, sign the revision and the agreement."""
    rows, csv = int(sys.argv[1]), sys.argv[2]
    found = acts.standing()
    lookup, parquet = revisions_folder() / "fill.sqlite", revisions_folder() / "fill.parquet"
    with duckdb.connect(config={"threads": 2}) as engine:
        engine.execute(f"COPY ({_ROWS.format(rows=rows)}) TO '{parquet}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
        engine.execute(f"COPY (FROM read_parquet('{parquet}')) TO '{csv}' (FORMAT csv, HEADER)")
    _empty(lookup, rows)
    revision = {
        "type": "revision",
        "dataset": DATASET,
        "version": found.versions[DATASET].hash,
        "rows": f"sha256:{keep(parquet, revisions_folder(), '.parquet')}",
        "lookup": f"sha256:{keep(lookup, revisions_folder(), '.sqlite')}",
        "row_count": rows,
        "as_of": acts.time_text(),
        "hub": log_origin(),
        "nonce": fresh_nonce(),
    }
    _append(revision, provider=PROVIDER)
    _agree(rows)


def _empty(lookup: Path, rows: int) -> None:
    with sqlite3.connect(lookup) as database:
        database.execute("CREATE TABLE record (number INTEGER PRIMARY KEY)")
        database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT)")
        database.execute("INSERT INTO about VALUES ('rows', ?)", [str(rows)])
    database.close()


def _agree(rows: int, method: str = "EXPORT") -> None:
    before = next(
        each.agreement
        for each in acts.standing().agreements.values()
        if (each.agreement["dataset"], each.agreement["requester"], each.state) == (DATASET, REQUESTER, "IN_FORCE")
    )
    agreement: dict[str, Any] = {
        **before,
        "systems": [SYSTEM],
        "methods": [method],
        "items": ITEMS,
        "facts": [],
        "row_filter": None,
        "supersedes": None,
        "quota": {**before["quota"], "per_day": rows * 1000, "burst_per_minute": rows * 100},
        "nonce": fresh_nonce(),
    }
    order = {"type": "agree", "agreement": agreement, "hub": log_origin(), "nonce": fresh_nonce()}
    _append(order, provider=PROVIDER, requester=REQUESTER)
    print(agreement_id(agreement), agreement["purposes"][0])


def _append(order: dict[str, Any], **roles: str) -> None:
    acts.append(order, [acts.sign_order(order, signer=signers.department_signer(code), role=role) for role, code in roles.items()])


if __name__ == "__main__":
    main()
