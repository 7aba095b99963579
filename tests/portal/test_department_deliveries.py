"""Exports in the console and in the API: both sides look, officers cancel, strangers find nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from exchange.delivery.exports import moves
from tests.delivery.export_caller import Exporter, made_here, the_delivery
from tests.delivery.test_exports import INSIDE, agreed
from tests.delivery.test_exports_stopped import newest_route
from tests.world import World
from tests.world_data import SUBJECTS


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.person(name))
    return client


@pytest.fixture
def export(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    made_here(monkeypatch)
    return Exporter("CAB-relief").prepared(agreed(world).agreement_id)


def place(export: dict[str, Any]) -> str:
    return f"/en/console/deliveries/{export['id']}"


@pytest.mark.parametrize("name", ["asker", "approver", "reviewer", "auditor"])
def test_both_sides_and_the_authority_see_an_export_and_no_row_of_it(world: World, export: dict[str, Any], name: str) -> None:
    client = signed_in(world, name)
    listed = client.get("/en/console/deliveries").content.decode()
    shown = client.get(place(export)).content.decode()
    assert place(export) in listed
    assert "Ready to be collected" in shown
    assert f"hub pull {the_delivery(export['id']).agreement}" in shown
    assert str(len(INSIDE)) in shown
    assert "&quot;sha256&quot;" in shown
    assert not any(subject in listed + shown for subject in SUBJECTS)


def test_others_find_no_export(world: World, export: dict[str, Any]) -> None:
    client = signed_in(world, "outsider")
    assert place(export) not in client.get("/en/console/deliveries").content.decode()
    assert client.get(place(export)).status_code == 404
    assert client.get(f"/api/v1/deliveries/{export['id']}").status_code == 404


@pytest.mark.parametrize("name", ["asker", "approver", "reviewer"])
def test_either_side_or_the_authority_cancels(world: World, export: dict[str, Any], name: str) -> None:
    client = signed_in(world, name)
    assert client.post(f"{place(export)}/cancel").status_code == 302
    row = the_delivery(export["id"])
    assert (row.state, moves.file_of(row).exists()) == ("CANCELLED", False)
    assert newest_route()["acting"] == str(world.person(name).pk)
    assert "Cancel this export" not in client.get(place(export)).content.decode()


@pytest.mark.parametrize("name", ["publisher", "auditor"])
def test_who_only_looks_does_not_cancel(world: World, export: dict[str, Any], name: str) -> None:
    client = signed_in(world, name)
    assert "Cancel this export" not in client.get(place(export)).content.decode()
    assert client.post(f"{place(export)}/cancel").status_code == 403
    assert the_delivery(export["id"]).state == "READY"


def test_what_has_ended_is_not_cancelled_again(world: World, export: dict[str, Any]) -> None:
    client = signed_in(world, "asker")
    assert client.post(f"/api/v1/deliveries/{export['id']}/cancel").status_code == 200
    assert client.post(f"/api/v1/deliveries/{export['id']}/cancel").status_code == 409
    assert client.post(f"{place(export)}/cancel", follow=True).status_code == 200


def test_the_api_lists_and_shows_exports(world: World, export: dict[str, Any]) -> None:
    client = signed_in(world, "approver")
    (listed,) = client.get("/api/v1/deliveries").json()["results"]
    assert listed == client.get(f"/api/v1/deliveries/{export['id']}").json()
    assert (listed["id"], listed["rows"], listed["state"], listed["format"]) == (export["id"], len(INSIDE), "READY", "csv")


def test_the_bar_moves_while_an_export_is_prepared(world: World) -> None:
    export = Exporter("CAB-relief").open(agreed(world).agreement_id).body["export"]
    client = signed_in(world, "asker")
    assert "<progress" in client.get(place(export)).content.decode()
    bar = client.get(f"{place(export)}/progress").content.decode()
    assert "<progress" in bar
    assert "<html" not in bar


def test_the_bar_asks_for_the_whole_page_when_it_is_done(world: World, export: dict[str, Any]) -> None:
    assert signed_in(world, "asker").get(f"{place(export)}/progress")["HX-Refresh"] == "true"
