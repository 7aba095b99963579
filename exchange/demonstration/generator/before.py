"""The population register as it stood some weeks ago: whoever died since is alive in it.

The same city at two times lets a monthly run meet a death between one month and the next.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from exchange.demonstration.generator.files import ENCODINGS

DAYS = 40
POPULATION, _DEATHS = "R01", "R05"


def before_path(home: Path) -> Path:
    """Where the earlier register stands, beside the present one."""
    return home / f"{POPULATION}.before.csv"


def write_before(home: Path, registers: dict[str, dict[str, Any]], today: date) -> Path:
    """Write the population register of DAYS days before `today`, from the files in `home`; row by row, whatever the city's size."""
    headings: dict[str, str] = registers[POPULATION]["column_mapping"]
    recent = _died_since(home, registers[_DEATHS]["column_mapping"], today - timedelta(days=DAYS))
    path = before_path(home)
    part = path.with_suffix(".part")
    encoding = ENCODINGS[POPULATION]
    with (
        (home / f"{POPULATION}.csv").open(encoding=encoding, newline="") as present,
        part.open("w", encoding=encoding, newline="") as earlier,
    ):
        reader = csv.DictReader(present)
        writer = csv.DictWriter(earlier, list(headings.values()))
        writer.writeheader()
        for row in reader:
            if row[headings["person"]] in recent:
                row |= {headings["registration"]: "registered", headings["alive"]: "true"}
            writer.writerow(row)
    part.replace(path)
    return path


def _died_since(home: Path, headings: dict[str, str], day: date) -> set[str]:
    with (home / f"{_DEATHS}.csv").open(encoding=ENCODINGS[_DEATHS], newline="") as file:
        return {row[headings["person"]] for row in csv.DictReader(file) if row[headings["died_on"]] >= day.isoformat()}
