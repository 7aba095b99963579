"""One small city for all tests of this folder, read the way a department's colleague would read the files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.demonstration.generator import GeneratedCity, GeneratedFile, generate
from exchange.jurisdictions import load_registers, load_residents

Rows = list[dict[str, str]]


def read_rows(file: GeneratedFile, register: dict[str, Any]) -> Rows:
    """Return the rows of a file with item names in place of the column headings."""
    items = {heading: item for item, heading in register["column_mapping"].items()}
    with file.path.open(encoding="utf-8-sig" if file.encoding == "utf-8" else file.encoding, newline="") as text:
        return [{items[heading]: value for heading, value in row.items()} for row in csv.DictReader(text)]


@pytest.fixture(scope="session")
def registers() -> dict[str, dict[str, Any]]:
    return load_registers()


@pytest.fixture(scope="session")
def residents() -> dict[str, dict[str, Any]]:
    return load_residents()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCity:
    return generate(tmp_path_factory.mktemp("city"), 1500)


@pytest.fixture(scope="session")
def rows(city: GeneratedCity, registers: dict[str, dict[str, Any]]) -> Callable[[str], Rows]:
    read: dict[str, Rows] = {}

    def of(code: str) -> Rows:
        if code not in read:
            read[code] = read_rows(city.files[code], registers[code])
        return read[code]

    return of


@pytest.fixture(scope="session")
def division_codes(city: GeneratedCity) -> set[str]:
    with city.files["R21"].path.open(encoding="utf-8", newline="") as text:
        return {row["code"] for row in csv.DictReader(text)}


@pytest.fixture
def small_city(tmp_path: Path) -> Callable[..., GeneratedCity]:
    def build(folder: str, **wanted: Any) -> GeneratedCity:
        return generate(tmp_path / folder, wanted.pop("households", 60), **wanted)

    return build
