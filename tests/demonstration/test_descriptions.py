"""The registers' descriptions hold: in themselves, and for the files that the departments upload."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exchange.demonstration.generator import GeneratedCity
from exchange.jurisdictions import (
    JurisdictionInvalid,
    load_departments,
    load_identifier_kinds,
    load_purposes,
    load_register,
    load_words,
)
from exchange.jurisdictions.reading import FOLDER

Rows = Callable[[str], list[dict[str, str]]]
Registers = dict[str, dict[str, Any]]


def test_all_registers_are_described(registers: Registers) -> None:
    assert list(registers) == ["R01", "R05", "R09", "R10", "R13", "R14", "R15", "R16", "R20", "R21", "R22", "R23", "R24"]


def test_columns_of_each_file_are_the_mapped_ones_in_order(city: GeneratedCity, registers: Registers) -> None:
    for code, register in registers.items():
        file = city.files[code]
        with file.path.open(encoding=file.encoding, newline="") as text:
            headings = next(csv.reader(text))
        assert headings == [register["column_mapping"][item["name"]] for item in register["items"]]


def test_providers_and_identifier_kinds_exist(registers: Registers) -> None:
    departments, kinds = load_departments(), load_identifier_kinds()
    for register in registers.values():
        assert register["provider"] in departments
        assert {item["identifier"] for item in register["items"] if item["type"] == "identifier"} <= set(kinds)


def test_every_value_of_every_file_fits_its_item(rows: Rows, registers: Registers) -> None:
    kinds = load_identifier_kinds()
    for code, register in registers.items():
        for item in register["items"]:
            for value in {row[item["name"]] for row in rows(code)} - {""}:
                assert _fits(value, item, register, kinds), (code, item["name"], value)


def _fits(value: str, item: dict[str, Any], register: dict[str, Any], kinds: dict[str, Any]) -> bool:
    fits: dict[str, Callable[[], bool]] = {
        "identifier": lambda: re.fullmatch(kinds[item["identifier"]]["pattern"], value) is not None,
        "text": lambda: "pattern" not in item or re.fullmatch(item["pattern"], value) is not None,
        "integer": lambda: item["minimum"] <= int(value) <= item.get("maximum", 10**9),
        "decimal": lambda: Decimal(value) >= item["minimum"] and "E" not in value,
        "boolean": lambda: value in {"true", "false"},
        "date": lambda: date.fromisoformat(value).isoformat() == value,
        "code": lambda: value in {entry["code"] for entry in register["code_lists"][item["code_list"]]},
    }
    return fits[item["type"]]()


def test_keys_and_unique_items_repeat_nowhere(rows: Rows, registers: Registers) -> None:
    for code, register in registers.items():
        keys = [tuple(row[item] for item in register["key"]) for row in rows(code)]
        assert len(keys) == len(set(keys))
        for item in register["items"]:
            values = [row[item["name"]] for row in rows(code) if row[item["name"]]]
            assert not item.get("unique") or len(values) == len(set(values))


def test_divisions_are_complete(rows: Rows) -> None:
    divisions, streets = rows("R21"), rows("R23")
    codes = {row["code"] for row in divisions}

    assert (len(divisions), len(streets)) == (3330, 41352)
    assert {row["parent_code"] for row in divisions} - codes == {""}


def test_population_register_withholds_the_former_name_from_everybody(registers: Registers) -> None:
    attributes = {item["name"]: item["sharing_attribute"] for item in registers["R01"]["items"]}

    assert attributes["former_name"] == "NOT_SHARED"


def test_sealed_records_are_shared_with_nobody_and_name_the_law(registers: Registers) -> None:
    sealed = registers["R20"]

    assert {sealed["sharing_attribute"], *(item["sharing_attribute"] for item in sealed["items"])} == {"NOT_SHARED"}
    assert sealed["facts"] == []
    assert "286" in sealed["legal_basis"]["article"]


def test_balances_and_causes_of_death_stay_where_they_are(registers: Registers) -> None:
    closed = {(code, item["name"]) for code in registers for item in registers[code]["items"] if item["sharing_attribute"] == "NOT_SHARED"}

    assert {("R10", "account_balance"), ("R05", "cause")} <= closed


def test_open_registers_are_the_divisions(registers: Registers) -> None:
    assert [code for code, register in registers.items() if register["open"]] == ["R21", "R23"]


def test_purposes_name_matters_and_words_both_languages() -> None:
    purposes = load_purposes()

    assert purposes["disability_allowance"]["matter"] == "M04"
    assert purposes["OWNER_CHECK"]["matter"] is None
    assert load_words()["words"]["hub"]["zh"] == "政务数据共享交换平台"


def test_one_department_is_the_sharing_authority() -> None:
    assert [code for code, department in load_departments().items() if department["authority"]] == ["DATA"]


BREAKS: list[tuple[str, str, str, str]] = [
    ("R14_disability_certificate", "sensitivity: 4", "sensitivity: 5", "items[1].sensitivity"),
    ("R14_disability_certificate", "op: in, item: grade", "op: eval, item: grade", "facts[1].expression"),
    ("R14_disability_certificate", 'when_absent: "NO"', "when_absent: NO", "facts[0].when_absent"),
    ("R14_disability_certificate", "major: 1", "", "the document"),
    ("R14_disability_certificate", "item: grade, parameter: grades", "item: degree, parameter: grades", "facts[1].expression"),
    ("R14_disability_certificate", "item: grade, parameter: grades", "item: grade, parameter: levels", "facts[1].expression"),
    ("R14_disability_certificate", "key: [person]", "key: [issued_on]", "key[0]"),
    ("R14_disability_certificate", "grade: 残疾等级,", "", "column_mapping"),
    ("R14_disability_certificate", "grade: 残疾等级,", "grade: 残疾类别,", "column_mapping"),
    ("R14_disability_certificate", "type: code, code_list: disability_type", "type: code, code_list: types", "items[1].code_list"),
    ("R14_disability_certificate", "item: person, kind: person", "item: grade, kind: person", "subjects[0]"),
    ("R21_administrative_division", "sensitivity: 1", "sensitivity: 3", "items[0]"),
    ("R01_population", '"on": "on"', 'on: "on"', "line"),
    ("R01_population", "provider: PSB", "provider: PSB\nprovider: CAB", "line"),
]


@pytest.mark.parametrize(("name", "old", "new", "where"), BREAKS)
def test_a_wrong_description_is_refused_with_its_file_and_member(tmp_path: Path, name: str, old: str, new: str, where: str) -> None:
    text = (FOLDER / "cn" / "registers" / f"{name}.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / f"{name}.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(JurisdictionInvalid) as refused:
        load_register(path)
    assert refused.value.data["file"] == f"{name}.yaml"
    assert any(fault.where.startswith(where) for fault in refused.value.faults)
