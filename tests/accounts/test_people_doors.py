"""`/api/v1/people`: the same steps as on the pages, with the same answers to those who may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exchange.accounts import acting
from exchange.accounts.models import Deputyship, Membership, Person, Role
from exchange.affairs.actions import decides_matter
from exchange.affairs.models import Matter
from tests.affairs.licence_rows import matter_version
from tests.world import World

JSON = "application/json"
LONG_AGO = datetime(2025, 1, 2, 4, 0, tzinfo=UTC)


def caller(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.person(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def path(world: World, name: str, *more: object) -> str:
    return "/".join(["/api/v1/people", str(world.person(name).pk), *map(str, more)])


def test_an_invitation_by_a_printed_code(world: World) -> None:
    body = {"username": "dpf.new", "department": "DPF", "role": "OFFICER", "more_roles": ["PUBLISHER"], "way": "PRINTED"}
    answer = caller(world, "owner_admin").post("/api/v1/people", body, content_type=JSON)
    told = answer.json()
    assert (answer.status_code, told["invitation"], len(told["code"])) == (201, None, 14)
    assert Client().post("/en/accounts/invitation/", {"code": told["code"]}).status_code == 302


def test_an_invitation_is_withdrawn(world: World) -> None:
    administrator = caller(world, "owner_admin")
    body = {"username": "dpf.new", "department": "DPF", "role": "OFFICER"}
    told = administrator.post("/api/v1/people", body, content_type=JSON).json()
    assert administrator.delete(f"/api/v1/people/{told['person']}/invitation").status_code == 204
    assert Client().get(told["invitation"]).status_code == 410


def test_a_deputy_is_named_used_and_ended(world: World) -> None:
    now = timezone.now()
    body = {"deputy": str(world.person("publisher").pk), "department": "DPF"}
    body |= {"valid_from": now.isoformat(), "valid_until": (now + timedelta(days=2)).isoformat()}
    made = caller(world, "approver").post(path(world, "approver", "deputies"), body, content_type=JSON)
    assert made.status_code == 201
    deputy = caller(world, "publisher")
    chosen = {"department": "DPF", "deputy_of": str(world.person("approver").pk)}
    assert deputy.post("/api/v1/me/acting_department", chosen, content_type=JSON).status_code == 200
    assert caller(world, "steward").post("/api/v1/me/acting_department", chosen, content_type=JSON).status_code == 403
    ended = caller(world, "approver").delete(path(world, "approver", "deputies", made.json()["id"]))
    assert ended.status_code == 204
    assert not Deputyship.objects.in_force(timezone.now()).exists()


@pytest.mark.parametrize(("deputy", "status"), [("asker", 404), ("approver", 422)])
def test_a_deputy_who_does_not_fit_is_refused(world: World, deputy: str, status: int) -> None:
    now = timezone.now()
    body = {"deputy": str(world.person(deputy).pk), "department": "DPF"}
    body |= {"valid_from": now.isoformat(), "valid_until": (now + timedelta(days=2)).isoformat()}
    assert caller(world, "approver").post(path(world, "approver", "deputies"), body, content_type=JSON).status_code == status


def test_one_person_with_history(world: World) -> None:
    body = {"department": "DPF", "role": "OFFICER"}
    caller(world, "owner_admin").post(path(world, "publisher", "roles"), body, content_type=JSON)
    told: dict[str, Any] = caller(world, "owner_admin").get(path(world, "publisher")).json()
    assert {role["role"] for role in told["roles"]} == {"OFFICER", "PUBLISHER"}
    assert told["history"][0]["event"] == "role_granted"
    assert told["history"][0]["by"] == str(world.person("owner_admin").pk)
    assert caller(world, "owner_admin").get(path(world, "steward")).json()["stewardships"] == ["R14"]


def test_stewards_are_appointed_and_dismissed(world: World) -> None:
    administrator, place = caller(world, "owner_admin"), path(world, "publisher", "datasets", "R14")
    assert administrator.put(place).status_code == 204
    assert acting.is_steward(world.person("publisher"), world.conditional)
    assert (administrator.delete(place).status_code, administrator.delete(place).status_code) == (204, 409)
    assert administrator.put(path(world, "owner_admin", "datasets", "R14")).status_code == 403


def test_officers_of_a_service_are_appointed_and_dismissed(world: World) -> None:
    matter: Matter = matter_version().matter
    administrator, place = caller(world, "requester_admin"), path(world, "asker", "matters", matter.code)
    assert administrator.put(place).status_code == 204
    assert decides_matter(world.person("asker"), matter)
    assert not decides_matter(world.person("signer"), matter)
    assert administrator.delete(place).status_code == 204
    assert not decides_matter(world.person("asker"), matter)


def test_the_end_of_service_tells_first_and_counts_afterwards(world: World) -> None:
    administrator, place = caller(world, "owner_admin"), path(world, "steward", "end_of_service")
    assert administrator.get(f"{place}?department=DPF").json() == []
    told = administrator.post(place, {"department": "DPF"}, content_type=JSON).json()
    assert (told["roles"], told["appointments"], told["may_sign_in"]) == (1, 1, False)
    assert not Person.objects.get(pk=world.person("steward").pk).is_active


def test_roles_are_confirmed(world: World) -> None:
    Membership.objects.update(valid_from=LONG_AGO)
    administrator = caller(world, "owner_admin")
    due = {row["id"]: row for row in administrator.get("/api/v1/people/confirmations").json()}
    assert {row["person"] for row in due.values()} == {
        str(world.person(name).pk) for name in ("approver", "owner_officer", "publisher", "steward")
    }
    leaving = world.person("publisher").memberships.get().pk
    body = {"keep": [key for key in due if key != leaving], "end": [leaving]}
    assert administrator.post("/api/v1/people/confirmations", body, content_type=JSON).json() == {"done": 4}
    assert administrator.get("/api/v1/people/confirmations").json() == []
    assert acting.roles_in(world.person("publisher"), world.owner) == frozenset()


def test_roles_of_others_are_not_found(world: World) -> None:
    Membership.objects.update(valid_from=LONG_AGO)
    body = {"keep": [world.person("asker").memberships.get().pk]}
    assert caller(world, "owner_admin").post("/api/v1/people/confirmations", body, content_type=JSON).status_code == 404
    assert caller(world, "approver").post("/api/v1/people/confirmations", {}, content_type=JSON).status_code == 403


def test_an_administrator_cannot_take_over_the_deputy_of_another(world: World) -> None:
    """Who stands in for the administrator of one department is nobody special in another."""
    assert Role.ADMINISTRATOR in acting.roles_in(world.person("owner_admin"), world.owner)
    now = timezone.now()
    who = {"holder": world.person("owner_admin"), "deputy": world.person("publisher"), "department": world.owner}
    Deputyship.objects.create(**who, valid_from=now, valid_until=now + timedelta(days=1))
    headers = {"Acting-Deputy-Of": str(world.person("owner_admin").pk)}
    client = caller(world, "publisher")
    body = {"department": "CAB", "role": "OFFICER"}
    assert client.post(path(world, "asker", "roles"), body, content_type=JSON, headers=headers).status_code == 404
    assert client.get("/api/v1/people", headers=headers).status_code == 200
