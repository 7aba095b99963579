"""Refusals as RFC 9457 problems: media type, members, both languages, for some of each room; our own faults tell a number only."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import path

from tests.rules.access_api import BODIES, HEADERS
from tests.rules.city import City
from tests.rules.routes import all_routes
from tests.world_data import SUBJECTS, TERMS

MEDIA_TYPE = "application/problem+json"
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{3}")

PUBLICATION = "/api/v1/catalog/departments/DPF/versions"
# who, method, address (with the city's names), body → status and code
CASES: list[tuple[str, str, str, Any, int, str]] = [
    ("nobody", "GET", "/api/v1/me", None, 401, "NOT_AUTHENTICATED"),
    ("nobody", "GET", "/api/v1/nothing/here", None, 404, "NOT_FOUND"),
    ("nobody", "DELETE", "/api/v1/keys", None, 405, "METHOD_NOT_ALLOWED"),
    ("nobody", "POST", "/log/checkpoint", {}, 405, "METHOD_NOT_ALLOWED"),
    ("nobody", "GET", "/log/tile/0/999", None, 404, "NOT_FOUND"),
    ("nobody", "GET", "/api/v1/log/proof?leaf=nonsense", None, 422, "INVALID"),
    ("req", "GET", "/api/v1/log/search", None, 403, "AUDITORS_ONLY"),
    ("nobody", "GET", "/api/v1/catalog/datasets/NONE", None, 404, "NOT_FOUND"),
    ("nobody", "GET", "/catalog/datasets/R14/download.csv", None, 403, "NOT_OPEN_DATA"),
    ("pub", "POST", PUBLICATION, {"document": {"code": "R77"}}, 422, "DESCRIPTION_INVALID"),
    ("pub", "POST", PUBLICATION, b"{", 400, "PARSE_ERROR"),
    ("pub", "POST", "/api/v1/catalog/datasets/R14/offline", {}, 400, "INVALID"),
    ("req", "POST", "/api/v1/catalog/datasets/R14/offline", {"reason": "x"}, 403, ""),
    ("req", "POST", "/api/v1/me/acting_department", {"department": "DPF"}, 403, "NOT_ALLOWED"),
    ("adm", "POST", "/api/v1/people", {"username": "dpf.steward", "name_en": "x", "department": "DPF", "role": "OFFICER"}, 422, "INVALID"),
    ("req", "POST", "/api/v1/requests", {"purpose": "none", "parts": [{"dataset": "R14", **TERMS}]}, 422, "REQUEST_INVALID"),
    ("req", "POST", "/api/v1/requests/{number}/submit", {}, 422, ""),
    ("req", "PUT", "/api/v1/requests/{number}", {"purpose": "disability_allowance"}, 409, "STATE_CHANGED"),
    ("out", "GET", "/api/v1/agreements/{agreement_id}", None, 404, "NOT_FOUND"),
    ("own", "POST", "/api/v1/agreements/{agreement_id}/sign", {}, 403, "NOT_YOUR_STEP"),
]


def asked(city: City, case: tuple[str, str, str, Any, int, str], language: str) -> Any:
    """The answer in a language."""
    persona, method, address, body, _status, _code = case
    sent = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    headers = {**HEADERS, "Accept-Language": language}
    address = address.format(**city.places[""])
    return city.client(persona).generic(method, address, data=sent, content_type="application/json", headers=headers)


def faults_of(city: City, case: tuple[str, str, str, Any, int, str], language: str, words: re.Pattern[str]) -> list[str]:
    """What is wrong with the problem that answers this case."""
    answer = asked(city, case, language)
    if answer.get("Content-Type") != MEDIA_TYPE or answer.status_code != case[4]:
        return [f"{answer.status_code} {answer.get('Content-Type')}"]
    document = answer.json()
    found = [name for name in ("type", "title", "status", "detail", "code", "instance") if not document.get(name)]
    found += [f"status {document['status']}"] * (document["status"] != answer.status_code)
    found += [f"code {document['code']}"] * (case[5] not in ("", document["code"]))
    found += [f"{name} in another language: {document[name]}" for name in ("title", "detail") if not words.search(document[name])]
    found += [f"without a message: {fault}" for fault in document.get("errors", []) if not {"where", "rule", "message"} <= fault.keys()]
    return found


@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("zh-hans", CHINESE)])
def test_refusals_of_every_room_are_problems_in_the_readers_language(city: City, language: str, words: re.Pattern[str]) -> None:
    from tests.rules.city import undone

    found = {}
    for case in CASES:
        with undone():
            wrong = faults_of(city, case, language, words)
        if wrong:
            found[f"{case[0]} {case[1]} {case[2]}"] = wrong
    if found:
        pytest.fail("\n".join(f"{case}: {wrong}" for case, wrong in found.items()), pytrace=False)


def test_a_form_without_its_token_is_refused_as_a_problem_too(city: City) -> None:
    answer = city.client("req", enforce_csrf_checks=True).post("/api/v1/me/acting_department", {}, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (403, MEDIA_TYPE, "PERMISSION_DENIED")


def test_an_edition_that_is_none_is_asked_for_again(city: City) -> None:
    client, place = city.client("req"), city.places["draft"]
    body = json.dumps(BODIES["PUT", "api/v1/requests/<str:number>"]).encode()
    for edition in ("", "one", "-1", "²", "9" * 30):
        headers = {"If-Match": edition.encode().decode("latin-1")}
        answer = client.put(f"/api/v1/requests/{place['number']}", body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (428, "EDITION_NEEDED"), edition
        assert client.post(f"/en/console/requests/{place['number']}/R14/edit", {"edition": edition}).status_code < 500, edition


SECRET = f"duplicate key: Key (identifier)=({SUBJECTS[0]}) already exists"


def broken(*_arguments: Any, **_options: Any) -> Any:
    """A view with a fault that nobody foresaw; its message quotes a person's number."""
    raise ValueError(SECRET)


@pytest.fixture
def broken_address(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[str], str]:
    """Makes an address answer by a broken view; the setting, put back, clears the resolver's caches."""
    from exchange import urls

    def add(address: str) -> str:
        module: Any = ModuleType("broken_urls")
        module.urlpatterns = [path(address, broken), *urls.urlpatterns]
        monkeypatch.setitem(sys.modules, "broken_urls", module)
        settings.ROOT_URLCONF = "broken_urls"
        return f"/{address}"

    return add


@pytest.mark.parametrize(("address", "media_type"), [("api/v1/broken", MEDIA_TYPE), ("broken", "text/html; charset=utf-8")])
def test_a_fault_of_ours_tells_neither_reader_nor_log_what_was_worked_on(
    db: None, broken_address: Callable[[str], str], caplog: pytest.LogCaptureFixture, address: str, media_type: str
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = Client(raise_request_exception=False).get(broken_address(address), headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (500, media_type)
    formatted = "\n".join(logging.Formatter("%(message)s").format(record) for record in caplog.records)
    assert "unexpected ValueError" in formatted
    assert "test_problems.py" in formatted
    for told in (answer.content.decode(), formatted):
        assert SUBJECTS[0] not in told
        assert "duplicate key" not in told


def test_the_number_of_a_fault_is_told_and_noted(db: None, broken_address: Callable[[str], str], caplog: pytest.LogCaptureFixture) -> None:
    document = Client(raise_request_exception=False).get(broken_address("api/v1/broken")).json()
    number = document["instance"].removeprefix("urn:uuid:")
    assert (document["code"], document["status"]) == ("INTERNAL_ERROR", 500)
    assert number in document["detail"]
    assert number in caplog.text


def test_there_is_a_body_in_the_tables_only_for_addresses_that_exist() -> None:
    assert {route for _method, route in BODIES} <= {route.path for route in all_routes()}
