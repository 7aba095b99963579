"""The management API of sharing: a whole journey, who gets which status, and how faults look."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from audit import acts
from exchange.accounts.models import Person
from tests.world import World
from tests.world_data import TERMS, WORDS

JSON = "application/json"
BODY = {"purpose": "disability_allowance", **WORDS, "parts": [{"dataset": "R14", **TERMS}]}


def caller(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(
    world: World,
    name: str | None,
    path: str,
    body: dict[str, Any] | None = None,
    *,
    method: str = "post",
    headers: dict[str, str] | None = None,
) -> Any:
    client = caller(world.person(name) if name else None)
    return client.generic(method.upper(), f"/api/v1/{path}", data=_json(body or {}), content_type=JSON, headers=headers)


def _json(body: dict[str, Any]) -> bytes:
    import json

    return json.dumps(body).encode()


def test_a_request_goes_from_draft_to_revocation(small_world: World) -> None:
    drafted = send(small_world, "asker", "requests", BODY)
    assert (drafted.status_code, drafted["ETag"]) == (201, '"1"')
    number = drafted.json()["number"]
    part = f"requests/{number}/parts/R14"
    assert drafted.json()["parts"][0]["allowed"] == ["edit", "submit", "withdraw"]
    edited = send(small_world, "asker", part, {"dataset": "R14", **TERMS, "items": ["grade"]}, method="put", headers={"If-Match": '"1"'})
    assert (edited.status_code, edited["ETag"], [i["name"] for i in edited.json()["parts"][0]["items"]]) == (200, '"2"', ["grade"])
    assert send(small_world, "asker", f"requests/{number}/submit").json()["state"] == "SUBMITTED"
    assert send(small_world, "reviewer", f"{part}/check").json()["parts"][0]["state"] == "CHECKED"
    verdicts = {"facts.valid": {"decision": "REFUSED", "ground": "NOT_NEEDED_FOR_DUTY", "reason": "Not needed."}}
    waiting = send(small_world, "approver", f"{part}/approve", {"verdicts": verdicts}).json()["parts"][0]
    assert (waiting["state"], waiting["agreement"], waiting["allowed"]) == ("APPROVED_ONCE", None, [])
    assert send(small_world, "approver", f"{part}/confirm").status_code == 403
    approved = send(small_world, "owner_officer", f"{part}/confirm").json()["parts"][0]
    assert (approved["state"], approved["allowed"]) == ("APPROVED", [])
    agreement = f"agreements/{approved['agreement']}"
    assert send(small_world, "signer", agreement, method="get").json()["allowed"] == ["sign"]
    signed = send(small_world, "signer", f"{agreement}/sign").json()
    assert (signed["state"], [fact["fact"] for fact in signed["document"]["facts"]]) == ("IN_FORCE", ["grade_in"])
    why = {"reason": "Done.", "ground": "PURPOSE_ENDED"}
    assert send(small_world, "approver", f"{agreement}/suspend", why).json()["state"] == "SUSPENDED"
    assert send(small_world, "approver", f"{agreement}/resume", {"reason": "On."}).json()["state"] == "IN_FORCE"
    assert send(small_world, "signer", f"{agreement}/revoke", why).json()["state"] == "REVOKED"
    assert acts.standing().agreements[approved["agreement"]].state == "REVOKED"


# persona -> status for: read the request, read the part's owner step, read the agreement. Written by hand.
READS: dict[str | None, tuple[int, int]] = {
    None: (401, 401),
    "asker": (200, 200),
    "signer": (200, 200),
    "requester_admin": (200, 200),
    "approver": (200, 200),
    "steward": (200, 200),
    "publisher": (200, 200),
    "reviewer": (200, 200),
    "auditor": (200, 200),
    "authority_admin": (404, 404),
    "outsider": (404, 404),
}


@pytest.mark.parametrize("name", list(READS))
def test_who_reads_what(world: World, name: str | None) -> None:
    paths = (f"requests/{world.request.number}", f"agreements/{world.agreement.agreement_id}")
    assert tuple(send(world, name, path, method="get").status_code for path in paths) == READS[name]


STEPS: dict[str, dict[str | None, int]] = {
    "check": {"reviewer": 200, "asker": 403, "approver": 403, "auditor": 403, "outsider": 404, "authority_admin": 404, None: 401},
    "return": {"reviewer": 200, "asker": 403, "approver": 403, "auditor": 403, "outsider": 404, None: 401},
    "approve": {"reviewer": 403, "asker": 403, "approver": 409, "steward": 409, "publisher": 403, "outsider": 404, None: 401},
    "refuse": {"reviewer": 403, "asker": 403, "approver": 409, "owner_admin": 403, "outsider": 404, None: 401},
    "withdraw": {"reviewer": 403, "asker": 200, "requester_admin": 403, "approver": 403, "outsider": 404, None: 401},
}
BODIES: dict[str, dict[str, Any]] = {
    "return": {"missing": [{"where": "reason", "message": "Say which allowance."}]},
    "refuse": {"reason": "No.", "ground": "LAW_FORBIDS"},
}


@pytest.mark.parametrize("step", list(STEPS))
def test_who_takes_which_step_of_a_submitted_part(small_world: World, step: str) -> None:
    path = f"requests/{small_world.request.number}/parts/R14/{step}"
    in_order = sorted(STEPS[step].items(), key=lambda row: row[1] == 200)  # the step that works comes last
    got = {name: send(small_world, name, path, BODIES.get(step)).status_code for name, _status in in_order}
    assert got == STEPS[step]


ENDS: dict[str, int] = {"outsider": 404, "authority_admin": 404, "auditor": 403, "publisher": 403, "requester_admin": 403, "approver": 200}


def test_who_revokes(world: World) -> None:
    path, why = f"agreements/{world.agreement.agreement_id}/revoke", {"reason": "Done.", "ground": "PURPOSE_ENDED"}
    assert {name: send(world, name, path, why).status_code for name in ENDS} == ENDS


def test_every_fault_is_listed_as_a_problem_in_the_readers_language(small_world: World) -> None:
    body = {**BODY, "parts": [{"dataset": "R14", **TERMS, "items": ["diagnosis"], "systems": []}]}
    number = send(small_world, "asker", "requests", body).json()["number"]
    answer = send(small_world, "asker", f"requests/{number}/submit")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert {(fault["where"], fault["rule"]) for fault in answer.json()["errors"]} == {
        ("R14.items.diagnosis", "not_shared"),
        ("R14.systems", "required"),
    }


def test_an_edit_names_its_edition(small_world: World) -> None:
    number = send(small_world, "asker", "requests", BODY).json()["number"]
    path, body = f"requests/{number}/parts/R14", {"dataset": "R14", **TERMS}
    assert send(small_world, "asker", path, body, method="put").status_code == 428
    assert send(small_world, "asker", path, body, method="put", headers={"If-Match": '"7"'}).status_code == 412


def test_a_repeated_post_with_a_key_makes_one_request(small_world: World) -> None:
    key = {"Idempotency-Key": "first-try"}
    numbers = [send(small_world, "asker", "requests", BODY, headers=key).json()["number"] for _ in range(2)]
    other = send(small_world, "signer", "requests", BODY, headers=key).json()["number"]
    assert (len(set(numbers)), other in numbers) == (1, False)


def test_a_draft_is_nobody_elses_business(small_world: World) -> None:
    number = send(small_world, "asker", "requests", BODY).json()["number"]
    assert send(small_world, "approver", f"requests/{number}", method="get").status_code == 404


def test_lists_hold_what_may_be_read(world: World) -> None:
    for name, (request, agreement) in READS.items():
        if name is not None:
            assert len(send(world, name, "requests", method="get").json()["results"]) == (request == 200)
            assert len(send(world, name, "agreements", method="get").json()["results"]) == (agreement == 200)


def test_lists_cost_the_same_for_many_rows(world: World, django_assert_max_num_queries: Any) -> None:
    from tests.world import ask

    client = caller(world.person("asker"))
    for _ in range(5):
        ask(world.person("asker"), world.requester, world.purpose, world.conditional)
    with django_assert_max_num_queries(10):
        assert len(client.get("/api/v1/requests").json()["results"]) == 6


def test_somebody_elses_department_cannot_be_named(world: World) -> None:
    answer = send(world, "outsider", f"agreements/{world.agreement.agreement_id}", method="get", headers={"Acting-Department": "CAB"})
    assert answer.status_code in {403, 404}
    assert send(world, "outsider", "requests", BODY, headers={"Acting-Department": "CAB"}).status_code == 403
