"""Descriptions, files and people that the tests of the catalogue use."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

REGISTERS = Path(__file__).parents[2] / "exchange" / "jurisdictions" / "cn" / "registers"


@dataclass
class Person:
    """An invented officer; all that the catalogue knows of a person is the id."""

    pk: uuid.UUID = field(default_factory=uuid.uuid4)
    is_authenticated: bool = True


def description(code: str) -> dict[str, Any]:
    """The description of a register of the demonstration city."""
    (path,) = REGISTERS.glob(f"{code}_*.yaml")
    return dict(yaml.safe_load(path.read_text("utf-8")))


def small_description(**changes: Any) -> dict[str, Any]:
    """A register of two persons' items and a grade, as small as a description may be."""
    document: dict[str, Any] = {
        "code": "T01",
        "name": "tickets",
        "title": {"en": "Tickets", "zh": "票证"},
        "description": {"en": "Who holds a ticket.", "zh": "持票人。"},
        "provider": "CAB",
        "major": 1,
        "update_frequency": "DAILY",
        "sharing_attribute": "CONDITIONAL",
        "open": False,
        "store": {"kind": "hosted"},
        "legal_basis": {"text": {"en": "A rule", "zh": "规定"}, "article": "Article 1"},
        "subjects": [{"item": "person", "kind": "person"}],
        "items": [
            _item("person", "identifier", 3, identifier="person", required=True, unique=True),
            _item("grade", "integer", 2, minimum=1, maximum=4, required=True),
            _item("issued_on", "date", 1),
            _item("kind", "code", 1, code_list="kinds"),
            _item("number", "text", 1, pattern="[A-Z][0-9]{3}"),
            _item("price", "decimal", 1, minimum=0),
            _item("valid", "boolean", 1),
            _item("household", "text", 2),
        ],
        "key": ["person"],
        "column_mapping": {
            "person": "身份证号",
            "grade": "等级",
            "issued_on": "发证日期",
            "kind": "类别",
            "number": "编号",
            "price": "价格",
            "valid": "有效",
            "household": "户号",
        },
        "code_lists": {
            "kinds": [
                {"code": "a", "title": {"en": "First", "zh": "甲"}},
                {"code": "b", "title": {"en": "Second", "zh": "乙"}},
            ]
        },
        "facts": [
            {
                "name": "shared",
                "title": {"en": "Shares a household", "zh": "同户"},
                "parameters": [{"name": "n", "type": "integer", "minimum": 1, "maximum": 9}],
                "expression": {"op": "count_at_least", "item": "household", "parameter": "n"},
                "when_absent": "NO",
                "valid_days": 7,
            }
        ],
    }
    return {**document, **changes}


def _item(name: str, kind: str, sensitivity: int, **more: Any) -> dict[str, Any]:
    title = {"en": name.replace("_", " "), "zh": name}
    return {"name": name, "type": kind, "title": title, "sensitivity": sensitivity, "sharing_attribute": "CONDITIONAL", **more}


PERSON_A, PERSON_B, PERSON_C = "11010519491231002X", "440524198801010011", "510104199001010019"
HEADING = "身份证号,等级,发证日期,类别,编号,价格,有效,户号"
ROWS = (
    f"{PERSON_A},1,2024-03-01,甲,A001,12.50,是,H1",
    f"{PERSON_B},4,2024/3/2,b,B002,0,否,H1",
)


def table(*rows: str, heading: str = HEADING) -> bytes:
    """A CSV file in UTF-8."""
    return ("\n".join((heading, *rows)) + "\n").encode()
