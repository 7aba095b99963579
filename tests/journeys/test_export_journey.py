"""An export over HTTP with the department's own client, seen by both sides."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import httpx

from tests.journeys.calling import Department, person, told, wait_for
from tests.journeys.hub_process import RunningHub


def agreement_of(hub: RunningHub) -> str:
    """The agreement of the city that allows CAB-relief to export R14."""
    with person(hub, "cab-officer") as officer:
        found = told(officer.get("/api/v1/agreements", params={"in_force": "true"}))["results"]
        read = [told(officer.get(f"/api/v1/agreements/{row['agreement_id']}")) for row in found if row["dataset"] == "R14"]
    return next(str(one["agreement_id"]) for one in read if one["document"]["methods"] == ["EXPORT"])


def test_a_department_pulls_an_export_and_both_sides_see_it(hub: RunningHub, department: Department, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    words = ["pull", agreement_of(hub), "--purpose", "disability_allowance", "--case", "C-1", "--officer", "automatic", "--json"]
    ended = department.hub(*words, "--out", str(out))
    assert ended.code == 0, ended.err + ended.out
    shown = json.loads(ended.out)
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert len(rows) == shown["rows"] > 0
    assert {row["grade"] for row in rows} <= {"1", "2"}
    assert department.hub("verify", shown["receipt_file"]).code == 0
    for name in ("cab-officer", "dpf-officer"):
        with person(hub, name) as officer:
            found = wait_for(lambda officer=officer: collected(officer, shown["export"]), "the end of the export")
        assert (found["rows"], found["sent"]) == (shown["rows"], shown["bytes"])


def collected(officer: httpx.Client, number: str) -> dict[str, Any] | None:
    """The export once it is collected."""
    found: dict[str, Any] = told(officer.get(f"/api/v1/deliveries/{number}"))
    return found if found["state"] == "COLLECTED" else None
