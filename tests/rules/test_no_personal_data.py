"""A planted identity number and a planted value: neither log, nor error, nor header, nor work row, nor report ever shows them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from audit.proof.canonical import fresh_nonce
from catalog import actions as catalog_actions
from catalog.models import Load, Work
from exchange.delivery import counting, deliver, refusal_rate
from exchange.delivery.handling import handle
from tests.delivery.wire_caller import COMMON, Caller
from tests.rules import access_api
from tests.rules.citizens import CITIZENS, CitizenCity
from tests.rules.city import City
from tests.rules.tables import Row, rows
from tests.world_data import CONDITIONAL_ROWS, SUBJECTS, resident

PLANTED = SUBJECTS[0]
DIAGNOSIS = "诊断0"
UNREGISTERED = resident(888)
Told = Callable[[], str]


@pytest.fixture(autouse=True)
def a_fresh_web_process() -> None:
    """What a process remembers between batches does not outlive a test."""
    counting.FLOORS.quotas.clear()
    counting.FLOORS.facts.clear()
    counting.FLOORS.seen.clear()
    refusal_rate.RATE.counts.clear()
    refusal_rate.RATE.reasons.clear()
    deliver.forget_policies()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Told:
    """Everything that was logged, as it is written: messages, arguments and tracebacks."""
    caplog.set_level(logging.DEBUG)
    written = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    return lambda: "\n".join(written.format(record) for record in caplog.records)


def shows(text: str) -> bool:
    """Whether a planted value stands in a text."""
    return any(planted in text for planted in (PLANTED, UNREGISTERED, DIAGNOSIS, json.dumps(DIAGNOSIS).strip('"')))


def exchanges(agreement: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Calls that are answered and calls that are refused at each step, all about the planted person."""
    valid = [{"fact": "valid"}]
    smuggled = [{"fact": "grade_in", "with": {"grades": [PLANTED]}}]
    return [
        (agreement, "query", {"subject": PLANTED}),
        (agreement, "query", {"subject": {"kind": "person", "id": PLANTED}}),
        (agreement, "verify", {"subject": PLANTED, "facts": valid}),
        (agreement, "batch", {"subjects": [PLANTED, UNREGISTERED]}),
        (agreement, "query", {"subject": UNREGISTERED}),
        (agreement, "query", {"subject": PLANTED + "7"}),
        (agreement, "query", {"subject": {"kind": PLANTED, "id": PLANTED}}),
        (agreement, "query", {"subject": PLANTED, "purpose": PLANTED}),
        (agreement, "query", {"subject": PLANTED, "case": None}),
        (agreement, "query", {"subject": PLANTED, PLANTED: 1}),
        (agreement, "verify", {"subject": PLANTED, "facts": smuggled}),
        (agreement, "verify", {"subject": PLANTED, "facts": [{"fact": PLANTED}]}),
        ("a" * 32, "query", {"subject": PLANTED}),
    ]


def test_no_call_of_the_data_path_leaves_its_person_in_logs_headers_or_errors(city: City, log: Told) -> None:
    caller, agreement = Caller("CAB-relief"), city.world.agreement.agreement_id
    arrivals = [
        caller.arrival(to, method, {**COMMON, "salt": fresh_nonce(), **body}, nonce=fresh_nonce())
        for to, method, body in exchanges(agreement)
    ]
    arrivals += [caller.arrival(agreement, "query", f'{{"subject": "{PLANTED}"'.encode()), arrivals[0]]
    responses = handle(arrivals)
    assert {response.status for response in responses} >= {200, 400, 403}
    for arrival, response in zip(arrivals, responses, strict=True):
        assert not shows(repr(response.headers)), arrival.path
        if response.status >= 400:
            assert not shows(response.body.decode()), response.body.decode()
    assert not shows(log())


def test_a_faulty_file_is_reported_by_row_item_and_rule_and_never_by_value(city: City, log: Told) -> None:
    heading, *lines = CONDITIONAL_ROWS.splitlines()
    faulty = "\n".join(
        [heading, lines[0], lines[0], lines[1].replace("mental", DIAGNOSIS).replace("visual", DIAGNOSIS), f"{PLANTED}7,x,y,z,w"]
    )
    load = catalog_actions.load_file(
        city.world.conditional, fileobj=io.BytesIO(faulty.encode()), filename="rows.csv", acting_user=city.world.person("publisher")
    )
    assert (load.state, load.report["faults"]["total"] > 3) == ("REFUSED", True)
    client = city.client("pub")
    for address in (f"/api/v1/catalog/loads/{load.pk}", f"/en/console/loads/{load.pk}", f"/zh-hans/console/loads/{load.pk}"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert not shows(answer.content.decode()), address
    assert not shows(json.dumps(Load.objects.get(pk=load.pk).report, ensure_ascii=False))
    assert not shows(log())


def planted(body: Any) -> Any:
    """The same body with the planted number in every place that holds a text."""
    if isinstance(body, dict):
        return {name: planted(value) for name, value in body.items()}
    if isinstance(body, list):
        return [planted(value) for value in body]
    return PLANTED if isinstance(body, str) else body


def test_no_refusal_of_the_management_api_says_again_what_was_handed_in(city: City, log: Told) -> None:
    _hand_in(city, rows(access_api.TABLE), log)


def test_no_refusal_of_citizen_services_says_again_what_was_handed_in(citizen_city: CitizenCity, log: Told) -> None:
    _hand_in(citizen_city, rows(access_api.CITIZENS_TABLE, CITIZENS), log)
    waiting = list(Work.objects.values())
    assert waiting
    assert not shows(repr(waiting))


def _hand_in(city: City | CitizenCity, table: list[Row], log: Told) -> None:
    """Send each call with the planted number in every text, and look for it in headers, refusals and the log."""
    from tests.rules.city import undone

    found = []
    for row in table:
        body = planted(access_api.BODIES.get((row.method, row.route), {}))
        served = [persona for persona, status in row.wanted.items() if status < 300]
        with undone():
            client = city.client(served[0] if "cit" in served else served[-1] if served else "nobody")
            sent: dict[str, Any] = {"data": json.dumps(body).encode(), "content_type": "application/json", "headers": access_api.HEADERS}
            question = "&".join(f"{name}={PLANTED}" for name in ("cursor", "leaf", "index", "department", "sensitivity", "time_from"))
            answer = client.generic(row.method, f"{row.path(city)}?{question}", **sent)
        told = repr(dict(answer.headers)) + (answer.content.decode() if answer.status_code >= 400 else "")
        if shows(told):
            found.append(f"{row.method} {row.route}: {told}")
        assert answer.status_code < 500, row
    assert not shows(log())
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_work_that_waits_carries_ids_alone(city: City) -> None:
    with_file = io.BytesIO(CONDITIONAL_ROWS.encode())
    catalog_actions.receive_file(city.world.conditional, fileobj=with_file, filename="rows.csv", acting_user=city.world.person("publisher"))
    waiting = list(Work.objects.values())
    assert waiting
    assert not shows(repr(waiting))
