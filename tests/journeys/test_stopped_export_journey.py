"""An agreement is revoked while a download runs: what is left of it never leaves, and the client says why."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.journeys.calling import Department, person, told, wait_for
from tests.journeys.hub_process import RunningHub
from tests.journeys.offices import asking
from tests.journeys.test_exchange_journey import checked
from tests.world_data import CONDITIONAL, WORDS


def item(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """An item of class 2."""
    given = {"required": False, "unique": False, **more}
    return {
        "name": name,
        "type": kind,
        "title": {"en": name[-60:], "zh": name[-60:]},
        "sensitivity": 2,
        "sharing_attribute": "CONDITIONAL",
        **given,
    }


ROWS = 60_000
COUNTED = tuple(f"counted_in_the_year_of_the_census_and_in_every_part_of_it_{part}" for part in range(6))  # long names make long lines
WIDE = {
    **CONDITIONAL,
    "code": "J23",
    "name": "counts_of_places",
    "title": {"en": "Counts of places", "zh": "各地计数"},
    "sharing_attribute": "CONDITIONAL",
    "subjects": [{"item": "place", "kind": "division_code"}],
    "items": [
        item("place", "identifier", identifier="division_code", required=True, unique=True),
        *(item(name, "integer") for name in COUNTED),
    ],
    "key": ["place"],
    "column_mapping": {"place": "place", **{name: f"c{part}" for part, name in enumerate(COUNTED)}},
    "code_lists": {},
    "facts": [],
}


def test_a_revocation_stops_a_running_download_and_the_client_says_so(hub: RunningHub, tmp_path: Path) -> None:
    publish(hub)
    agreement = agreed(hub)
    department = Department(hub, tmp_path / "department")
    department.configure("PSB-traffic")
    held, go, out = tmp_path / "held", tmp_path / "go", tmp_path / "rows.jsonl"
    words = ["pull", agreement, "--purpose", "licence_renewal", "--case", "C-9", "--officer", "automatic", "--format", "jsonl"]
    with slowly(department, str(held), str(go), *words, "--out", str(out), "--json") as pulling:
        wait_for(lambda: held.exists() or pulling.poll() is not None, "the first rows")
        assert held.exists(), pulling.communicate()
        with person(hub, "dpf-officer") as owner:
            why = {"reason": "The list is published as open data.", "ground": "PURPOSE_ENDED"}
            assert told(owner.post(f"/api/v1/agreements/{agreement}/revoke", json=why))["state"] == "REVOKED"
        go.touch()
        said, _nothing = pulling.communicate(timeout=120)
    assert pulling.returncode == 3, said
    assert json.loads(said)["error"]["code"] == "REVOKED"
    assert not out.exists()  # no half file under the name of a whole one
    with person(hub, "dpf-officer") as owner:
        stopped = [row for row in told(owner.get("/api/v1/deliveries"))["results"] if row["dataset"] == "J23"]
    assert [(row["state"], row["reason"]) for row in stopped] == [("STOPPED", "REVOKED")]


def publish(hub: RunningHub) -> None:
    """A dataset whose rows are some dozens of megabytes as JSON Lines: more than every buffer on the way together."""
    lines = "\n".join(f"{510000000000 + number},1,2,3,4,5,6" for number in range(ROWS))
    text = ",".join(WIDE["column_mapping"].values()) + "\n" + lines + "\n"
    with person(hub, "dpf-publisher") as publisher:
        told(publisher.post("/api/v1/catalog/departments/DPF/versions", json={"document": WIDE}), 201)
        upload = publisher.post("/api/v1/catalog/datasets/J23/loads", files={"file": ("rows.csv", text.encode(), "text/csv")})
        address = f"/api/v1/catalog/loads/{told(upload, 202)['id']}"
        load = wait_for(lambda: checked(publisher, address), "the check of the file")
        assert load["state"] == "READY", load
        told(publisher.post(f"{address}/publication"))


def agreed(hub: RunningHub) -> str:
    """An agreement in force by which the police may export every count; gives its id."""
    part = asking("J23", ["PSB-traffic"], ["EXPORT"], items=["place", *COUNTED], per_day=1_000_000, per_minute=1_000_000)
    with (
        person(hub, "psb-officer") as asker,
        person(hub, "data-reviewer") as reviewer,
        person(hub, "dpf-officer-2") as owner,
    ):
        number = told(asker.post("/api/v1/requests", json={"purpose": "licence_renewal", **WORDS, "parts": [part]}), 201)["number"]
        steps = f"/api/v1/requests/{number}/parts/J23"
        told(asker.post(f"/api/v1/requests/{number}/submit"))
        checked = told(reviewer.post(f"{steps}/check", json={}))["parts"][0]
        decided = checked if checked["agreement"] else told(owner.post(f"{steps}/approve", json={}))["parts"][0]
        agreement = str(decided["agreement"])
        assert told(asker.post(f"/api/v1/agreements/{agreement}/sign", json={}))["state"] == "IN_FORCE"
    return agreement


@contextlib.contextmanager
def slowly(department: Department, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The department's `hub` over a slow line, as a process of its own."""
    command = [sys.executable, "-m", "tests.journeys.slow_line", *words]
    with department.started(command) as process:
        try:
            yield process
        finally:
            process.kill()
            process.wait(20)
