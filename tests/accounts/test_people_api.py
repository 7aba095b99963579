"""The people API: who sees and changes whom, and for which department one acts."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from exchange.accounts.actions import grant_role
from exchange.accounts.models import Person, Role
from tests.world import World

JSON = "application/json"


def caller(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


SEES: dict[str, int] = {"owner_admin": 5, "requester_admin": 3, "authority_admin": 13, "approver": 1, "auditor": 1, "outsider": 1}


@pytest.mark.parametrize("name", list(SEES))
def test_people_see_those_whom_they_administer(world: World, name: str) -> None:
    assert len(caller(world.person(name)).get("/api/v1/people").json()["results"]) == SEES[name]


def test_an_invitation_by_api_is_a_link_that_works(world: World) -> None:
    body = {"username": "dpf.new", "name_en": "Li Na", "department": "DPF", "role": "OFFICER"}
    answer = caller(world.person("owner_admin")).post("/api/v1/people", body, content_type=JSON)
    assert answer.status_code == 201
    assert Client().get(answer.json()["invitation"]).status_code == 200


STATUS: dict[str, int] = {"owner_admin": 201, "authority_admin": 409, "requester_admin": 404, "approver": 404, "outsider": 404}


def test_who_gives_a_role(world: World) -> None:
    path, body = f"/api/v1/people/{world.person('publisher').pk}/roles", {"department": "DPF", "role": "OFFICER"}
    assert {name: caller(world.person(name)).post(path, body, content_type=JSON).status_code for name in STATUS} == STATUS


def test_a_role_is_ended_by_its_administrator(world: World) -> None:
    membership = world.person("publisher").memberships.get()
    path = f"/api/v1/people/{world.person('publisher').pk}/roles/{membership.pk}"
    assert caller(world.person("outsider")).delete(path).status_code == 404
    assert caller(world.person("publisher")).delete(path).status_code == 403
    assert caller(world.person("owner_admin")).delete(path).status_code == 204


def test_with_several_departments_one_is_chosen(world: World) -> None:
    person = world.person("outsider")
    grant_role(person, department=world.requester, role=Role.OFFICER, acting_user=world.person("requester_admin"))
    client = caller(person)
    assert client.get("/api/v1/me").json()["acting_department"] is None
    chosen: dict[str, Any] = client.post("/api/v1/me/acting_department", {"department": "CAB"}, content_type=JSON).json()
    assert chosen["acting_department"] == "CAB"
    assert client.get("/api/v1/me").json()["acting_department"] == "CAB"
    assert client.get("/api/v1/me", headers={"Acting-Department": "HSG"}).json()["acting_department"] == "HSG"
    assert client.post("/api/v1/me/acting_department", {"department": "PSB"}, content_type=JSON).status_code == 403


def test_a_stranger_is_told_to_sign_in(db: None) -> None:
    answer = Client().get("/api/v1/people")
    assert (answer.status_code, answer["WWW-Authenticate"].split()[0]) == (401, "Session")
