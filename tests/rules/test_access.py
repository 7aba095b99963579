"""The access tables hold, cell by cell, and no address of the hub is missing from them (style 29)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.affairs.world import IDENTIFIERS
from tests.rules import access_account, access_affairs, access_api, access_newcomers, access_newcomers_open, access_pages
from tests.rules.citizen_side import SIDE, CitizenSide
from tests.rules.citizens import CITIZENS, CitizenCity
from tests.rules.city import NEWCOMERS, PERSONAS, City
from tests.rules.routes import all_routes
from tests.rules.tables import Row, rows
from tests.rules.walking import walked

pytestmark = pytest.mark.timeout(1800)  # thousands of cells in one test, on a machine that may have other things to do

API = rows(access_api.TABLE)
CITIZENS_API = rows(access_api.CITIZENS_TABLE, CITIZENS)
ALIKE = {""}  # the root leads to the home page in the reader's language
SIDE_TABLES = {
    "citizens": access_affairs.CITIZENS,
    "accounts": access_affairs.ACCOUNT,
    "officers": access_affairs.OFFICERS,
    "counter": access_affairs.COUNTER,
    "demonstration": access_affairs.DEMONSTRATION,
}
PAGES = [row for table in SIDE_TABLES.values() for row in rows(table, SIDE)]
PAGES += [*rows(access_account.TABLE), *rows(access_pages.TABLE), *rows(access_pages.ACCOUNT), *rows(access_pages.MACHINE)]


def told(found: list[str]) -> None:
    """Fail with every cell that is not as written, a line each."""
    if found:
        pytest.fail("\n".join(["not as written in the tables of tests/rules:", *found]), pytrace=False)


def answer_of(city: City | CitizenCity, row: Row, client: Any) -> Any:
    """One call of the management API with the body that is right for it."""
    path = row.path(city) + access_api.QUERIES.get(row.route, "")
    if row.route in access_api.UPLOADS:
        return client.post(path, {"file": SimpleUploadedFile("rows.csv", b"a,b\n1,2\n")})
    body = json.dumps(access_api.BODIES.get((row.method, row.route), {})).encode()
    return client.generic(row.method, path, data=body, content_type="application/json", headers=access_api.HEADERS)


def send_api(city: City | CitizenCity, row: Row, client: Any) -> int:
    """The status of that call."""
    return int(answer_of(city, row, client).status_code)


def test_the_management_api_gives_everybody_what_is_written(city: City) -> None:
    told(walked(city, API, send_api))


def test_the_api_of_citizen_services_gives_everybody_what_is_written(citizen_city: CitizenCity) -> None:
    told(walked(citizen_city, CITIZENS_API, send_api))


def test_every_method_of_the_api_stands_in_the_table() -> None:
    written = {(row.method, row.route) for row in [*API, *CITIZENS_API]}
    found = {(method, route.path) for route in all_routes() if route.path.startswith("api/") for method in route.methods}
    assert (found - written, written - found) == (set(), set())


def _led(row: Row, place: str) -> int:
    """What stands for a redirect in the tables."""
    if place.startswith("/en/accounts/login/?"):
        return 401
    is_desk = row.route.startswith(("page:console", "page:counter"))
    return 303 if place.startswith("/en/me/who-are-you?") or (is_desk and place == "/en/console") else 302


def send_page(city: City, row: Row, client: Any) -> int:
    """One page, or its form sent without an answer; being led to sign-in counts as 401, to say first who one is as 303."""
    path = row.path(city) + access_pages.QUERIES.get(row.route, "")
    answer = client.get(path) if row.method == "GET" else client.post(path, {"sent": "yes"})
    return _led(row, answer["Location"]) if answer.status_code == 302 else int(answer.status_code)


@pytest.mark.parametrize(
    "table",
    [access_pages.TABLE, access_pages.ACCOUNT, access_account.TABLE, access_pages.MACHINE],
    ids=["pages", "account", "own account", "machine"],
)
def test_pages_and_machine_addresses_give_everybody_what_is_written(city: City, table: str) -> None:
    told(walked(city, rows(table), send_page))


def send_either(city: City, row: Row, client: Any) -> int:
    """A call of the API or a page, whichever the line is about."""
    return (send_api if row.route.startswith("api/") else send_page)(city, row, client)


@pytest.mark.parametrize("table", [access_newcomers.TABLE, access_newcomers_open.TABLE], ids=["departments", "open"])
def test_who_has_no_work_there_finds_what_is_written(city: City, table: str) -> None:
    told(walked(city, rows(table, NEWCOMERS), send_either))


def test_everybody_is_tried_at_every_door() -> None:
    """At least fourteen personas at each method of each address, in each scenario."""
    main = [*API, *rows(access_pages.TABLE), *rows(access_pages.ACCOUNT), *rows(access_account.TABLE), *rows(access_pages.MACHINE)]
    others = [*rows(access_newcomers.TABLE, NEWCOMERS), *rows(access_newcomers_open.TABLE, NEWCOMERS)]
    assert {(row.method, row.route, row.scenario) for row in main} == {(row.method, row.route, row.scenario) for row in others}
    assert min(len({**PERSONAS, **NEWCOMERS}), len(SIDE), len(CITIZENS)) >= 14


def send_side(side: CitizenSide, row: Row, client: Any) -> int:
    """One page of the citizens' side, or its form as it would be right; who is led to say who they are counts as 303."""
    cache.clear()  # what allauth counts there is not taken back with the databases
    path, said = row.path(side), access_affairs.BODIES.get(row.route, {"sent": "yes"})
    body = {name: text.format(**side.places[row.scenario]) for name, text in said.items()}
    answer = client.get(path) if row.method == "GET" else client.post(path, body)
    return _led(row, answer["Location"]) if answer.status_code == 302 else int(answer.status_code)


@pytest.mark.parametrize("name", SIDE_TABLES)
def test_the_citizens_side_gives_everybody_what_is_written(
    citizen_side: CitizenSide, settings: Any, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    settings.DEMO = name == "demonstration"
    told(walked(citizen_side, rows(SIDE_TABLES[name], SIDE), send_side))
    assert not any(known in line for line in caplog.messages for known in [*IDENTIFIERS.values(), access_affairs.WORDS["words"]])


def test_every_other_address_stands_in_a_table() -> None:
    written = {row.route for row in PAGES} | ALIKE
    found = {route.path for route in all_routes() if not route.path.startswith("api/")}
    assert (found - written, written - found) == (set(), set())
