"""docs/openapi.yaml is current, and what the API answers is what it says (style 33): every operation, one success and one refusal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from jsonschema import Draft202012Validator

from tests.rules import access_api
from tests.rules.citizens import CITIZENS, CitizenCity
from tests.rules.city import City
from tests.rules.tables import Row, rows
from tests.rules.test_access import answer_of

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
RENEW = "Renew it: python3 manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"
DESCRIBED = [row for row in rows(access_api.TABLE) if row.route.startswith("api/v1/")]
OF_CITIZENS = rows(access_api.CITIZENS_TABLE, CITIZENS)


@pytest.fixture(scope="module")
def document() -> Any:
    """The document as it is committed, its schemas as JSON Schema."""
    return _as_json_schema(yaml.safe_load(DOCUMENT.read_text("utf-8")))


def test_the_document_is_current(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "openapi.yaml"))
    assert (tmp_path / "openapi.yaml").read_text("utf-8") == DOCUMENT.read_text("utf-8"), RENEW


def test_programs_are_named_where_they_are_let_in_and_nowhere_else(document: Any) -> None:
    opened = [
        (method, path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if {"programToken": []} in operation.get("security", ())
    ]
    assert ("get", "/api/v1/requests") in opened
    assert [place for place in opened if "/affairs/" in place[1] or "/people" in place[1] or "/log/" in place[1]] == []


def test_every_operation_answers_as_the_document_says(city: City, document: Any) -> None:
    _told(city, DESCRIBED, document)


def test_every_operation_of_citizen_services_answers_as_the_document_says(citizen_city: CitizenCity, document: Any) -> None:
    _told(citizen_city, OF_CITIZENS, document)


def _told(city: City | CitizenCity, table: list[Row], document: Any) -> None:
    """Fail with every answer that is not as described, a line each."""
    from tests.rules.city import undone

    found = []
    for row in table:
        for persona in _one_of_each(row):
            with undone():
                fault = _fault(document, row, answer_of(city, row, city.client(persona)))
            found += [f"{row.method} {row.route}, {persona}: {fault}"] if fault else []
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_the_document_has_no_operation_that_the_tables_lack(document: Any) -> None:
    described = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert described == {(row.method, _described_path(row)) for row in [*DESCRIBED, *OF_CITIZENS]}


def _one_of_each(row: Row) -> list[str]:
    """Somebody who is served, and somebody who is refused, where there are such."""
    served = [persona for persona, status in row.wanted.items() if status < 300]
    refused = [persona for persona, status in row.wanted.items() if status >= 400 and persona not in ("nobody", "ina")]
    return served[-1:] + refused[:1] + ["nobody"] * (row.wanted["nobody"] >= 400)


def _described_path(row: Row) -> str:
    return "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", row.route)


def _fault(document: Any, row: Row, answer: Any) -> str:
    """What is different from the document; empty when nothing is."""
    described = document["paths"][_described_path(row)][row.method.lower()]["responses"]
    is_problem = answer.status_code >= 400
    status = str(answer.status_code)
    if is_problem:
        schema = {"$ref": "#/components/schemas/ProblemOut"}
    elif status not in described:
        return f"{status} is not described, only {sorted(described)}"
    elif "content" not in described[status]:
        return "" if not answer.content else "a body that is not described"
    elif "application/json" not in described[status]["content"]:
        return "" if answer["Content-Type"].split(";")[0] in described[status]["content"] else "a media type that is not described"
    else:
        schema = described[status]["content"]["application/json"]["schema"]
    checker = Draft202012Validator({**schema, "components": document["components"]})
    return "; ".join(f"{error.json_path}: {error.message[:120]}" for error in checker.iter_errors(json.loads(answer.content)))


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema says that null is another type."""
    if isinstance(node, list):
        return [_as_json_schema(part) for part in node]
    if not isinstance(node, dict):
        return node
    members = {name: _as_json_schema(part) for name, part in node.items() if name != "nullable"}
    return {"anyOf": [members, {"type": "null"}]} if node.get("nullable") is True else members
