"""Clocks, corrections and disputes over the API: the same actions, with the codes of their refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import RequestPart
from tests.sharing.correcting import PERSON, SECRET, receive
from tests.world import World, ask, part_of


def caller(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.person(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def post(client: Client, path: str, body: Any = None, status: int = 200) -> Any:
    answer = client.post(f"/api/v1/{path}", data=json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def checked(world: World) -> RequestPart:
    part = part_of(ask(world.person("asker"), world.requester, world.purpose, world.conditional))
    sharing_actions.check(part, acting_user=world.person("second_reviewer"), department=world.authority)
    return part


def test_a_clock_is_read_extended_stopped_and_let_go_on(world: World, checked: RequestPart) -> None:
    owner, reviewer = caller(world, "approver"), caller(world, "reviewer")
    clock = f"requests/{checked.request.number}/parts/R14/clock"
    before = get(owner, clock)
    assert (before["rule"], before["profile"], before["is_verified"], before["steps"]) == (
        "answer_conditional",
        "national",
        False,
        ["ask_extension"],
    )
    assert post(owner, f"{clock}/extension", {"reason": "Two registers."})["extension"]["state"] == "ASKED"
    post(owner, f"{clock}/extension", {"reason": "Again."}, 409)
    post(owner, f"{clock}/extension/answer", {"granted": True, "answer": "Yes."}, 403)
    after = post(reviewer, f"{clock}/extension/answer", {"granted": True, "answer": "Yes."})
    assert after["due_on"] > before["due_on"]
    assert post(reviewer, f"{clock}/pause", {"reason": "SITE_VISIT", "note": "On Friday."})["is_paused"]
    assert not post(reviewer, f"{clock}/resume", {"reason": "SITE_VISIT"})["is_paused"]
    get(caller(world, "outsider"), clock, 404)


def test_a_correction_goes_its_way(world: World) -> None:
    asker, owner = caller(world, "asker"), caller(world, "approver")
    body = {
        "agreement": world.agreement.agreement_id,
        "entry": str(receive(world.agreement)),
        "item": "grade",
        "kind": "person",
        "identifier": PERSON,
        "believed": SECRET,
        "reason": "The letter.",
    }
    refused = post(asker, "corrections", {**body, "item": "diagnosis"}, 422)
    assert (refused["code"], PERSON in json.dumps(refused)) == ("NOT_RECEIVED", False)
    made = post(asker, "corrections", body, 201)
    assert (made["state"], made["words"]["believed"], made["allowed"]) == ("OPEN", SECRET, ["take_back"])
    assert PERSON not in json.dumps(made)
    path = f"corrections/{made['number']}"
    assert get(caller(world, "auditor"), path)["words"] is None
    assert get(caller(world, "reviewer"), path)["words"] is None
    get(caller(world, "outsider"), path, 404)
    post(asker, f"{path}/answer", {"verdict": "confirm", "words": "x"}, 403)
    answered = post(owner, f"{path}/answer", {"verdict": "confirm", "words": "It is right."})
    assert (answered["state"], answered["words"]["answer"]) == ("CONFIRMED", "It is right.")
    post(asker, f"{path}/take_back", status=409)
    assert [row["number"] for row in get(owner, "corrections")["results"]] == [made["number"]]
    assert get(owner, "correction_notices")["results"] == []
    post(owner, "correction_notices/1/seen", status=404)


def test_the_authority_reads_the_words_of_a_correction_while_it_must_rule(world: World) -> None:
    asker, owner, reviewer = caller(world, "asker"), caller(world, "approver"), caller(world, "reviewer")
    body = {"agreement": world.agreement.agreement_id, "entry": str(receive(world.agreement)), "item": "grade", "kind": "person"}
    made = post(asker, "corrections", {**body, "identifier": PERSON, "believed": SECRET, "reason": "The letter."}, 201)
    post(owner, f"corrections/{made['number']}/answer", {"verdict": "leave_open", "words": "Two papers differ."})
    dispute = post(asker, "disputes", {"about": "CORRECTION", "correction": made["number"], "reason": "It is plain."}, 201)
    assert get(reviewer, f"corrections/{made['number']}")["words"] is None
    post(asker, f"disputes/{dispute['number']}/hand_over", {"reason": "In vain."})
    assert get(reviewer, f"corrections/{made['number']}")["words"]["believed"] == SECRET


def test_a_dispute_goes_its_way(world: World, checked: RequestPart) -> None:
    asker, owner, reviewer = caller(world, "asker"), caller(world, "owner_officer"), caller(world, "reviewer")
    sharing_actions.refuse(checked, reason="No.", ground="LAW_FORBIDS", acting_user=world.person("approver"), department=world.owner)
    about = {"about": "REFUSAL", "request": checked.request.number, "dataset": "R14", "reason": "The law allows it."}
    post(asker, "disputes", {**about, "about": "OVERDUE"}, 422)
    made = post(asker, "disputes", about, 201)
    path = f"disputes/{made['number']}"
    assert made["allowed"] == ["hand_over", "propose", "say", "take_back"]
    assert post(owner, f"{path}/say", {"text": "The year alone.", "proposal": True})["messages"][-1]["is_proposal"]
    assert get(asker, path)["allowed"] == ["hand_over", "propose", "say", "settle", "take_back"]
    post(owner, f"{path}/take_back", status=403)
    assert post(asker, f"{path}/hand_over", {"reason": "In vain."})["state"] == "WITH_AUTHORITY"
    post(asker, f"{path}/settle", status=409)
    ruling = {"ruling": "LOOK_AGAIN", "ground": "REFUSAL_UNFOUNDED", "reason": "The law names it."}
    post(reviewer, f"{path}/rule", {**ruling, "ground": "NONE"}, 422)
    post(owner, f"{path}/rule", ruling, 403)
    assert post(reviewer, f"{path}/rule", ruling)["state"] == "RULED"
    assert get(asker, "disputes")["results"][0]["state"] == "RULED"
    get(caller(world, "outsider"), path, 404)
