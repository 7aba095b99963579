"""The page of monthly runs: for the lead department alone, begun by its officer, resumed where a run stood."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Work
from exchange.affairs.models import Offer, OfferRun
from exchange.affairs.offers.lifecycle import RunState
from exchange.affairs.offers.running import WORK
from exchange.affairs.offers.schedule import this_month
from tests.affairs.offers_world import MAY_HAVE_IT, OffersWorld, build_offers_world
from tests.remembered import remembered

LIST = "/en/console/offers"


@pytest.fixture
def world(db: None, settings: Any) -> OffersWorld:
    settings.ALLOW_HUB_CUSTODY = True
    world: OffersWorld = remembered("offers", build_offers_world)
    return world


def signed_in(world: OffersWorld, name: str = "cab_officer") -> Client:
    client = Client()
    client.force_login(world.city.staff[name])
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def page(step: str = "") -> str:
    return f"{LIST}/M13/{this_month()}{step}"


def test_an_officer_begins_the_month_once(world: OffersWorld) -> None:
    client = signed_in(world)
    assert "Begin it now" in text(client.get(LIST))
    for _ in range(2):
        assert client.post(f"{LIST}/M13/start").status_code == 302
    assert OfferRun.objects.count() == Work.objects.filter(name=WORK).count() == 1
    assert "Begin it now" not in text(client.get(LIST))


def test_a_run_shows_its_counts_and_nobody_who_is_in_it(world: OffersWorld) -> None:
    world.run()
    shown = text(signed_in(world).get(page()))
    assert "Done" in shown
    assert f">{len(MAY_HAVE_IT)}<" in shown.replace(" ", "").replace("\n", "")
    assert not any(person.identifier in shown for person in world.residents.values())


def test_the_bar_of_a_running_run_polls_and_a_done_one_loads_the_page_again(world: OffersWorld) -> None:
    client, run = signed_in(world), world.start()
    assert "hx-get" in text(client.get(page()))
    assert "HX-Refresh" not in client.get(page("/progress"))
    OfferRun.objects.filter(pk=run.pk).update(state=RunState.DONE)
    assert client.get(page("/progress"))["HX-Refresh"] == "true"


def test_a_stopped_run_says_why_and_is_resumed(world: OffersWorld) -> None:
    world.revoke(world.lists)
    run = world.run()
    client = signed_in(world)
    assert "The agreement was revoked" in text(client.get(page()))
    Work.objects.all().delete()
    assert client.post(page("/resume")).status_code == 302
    assert Work.objects.filter(name=WORK, target=str(run.pk), state="WAITING").count() == 1
    assert Offer.objects.count() == 0


def test_a_run_that_is_done_is_not_resumed(world: OffersWorld) -> None:
    world.run()
    answer = signed_in(world).post(page("/resume"), follow=True)
    assert "This run is done." in text(answer)


@pytest.mark.parametrize("who", ["psb_officer", "dpf_officer", "reviewer"])
def test_another_department_finds_nothing(world: OffersWorld, who: str) -> None:
    world.start()
    client = signed_in(world, who)
    assert "M13" not in text(client.get(LIST)).replace("console/offers/M13", "")
    for answer in (client.get(page()), client.get(page("/progress")), client.post(page("/resume")), client.post(f"{LIST}/M13/start")):
        assert answer.status_code == 404


def test_only_an_officer_begins_or_resumes(world: OffersWorld) -> None:
    client = signed_in(world, "cab_admin")
    assert "Begin it now" not in text(client.get(LIST))
    assert client.post(f"{LIST}/M13/start").status_code == 403
    assert not OfferRun.objects.exists()


def test_a_matter_for_which_one_applies_cannot_be_begun(world: OffersWorld) -> None:
    answer = signed_in(world).post(f"{LIST}/M04/start")
    assert answer.status_code == 422
    assert not OfferRun.objects.exists()


def test_the_list_costs_the_same_for_one_run_and_ten(world: OffersWorld, django_assert_max_num_queries: Any) -> None:
    client, version = signed_in(world), world.matter.current
    assert version is not None
    client.get(LIST)
    for number in range(1, 11):
        OfferRun.objects.create(matter=world.matter, version=version, month=f"2025-{number:02d}", state=RunState.DONE)
    with django_assert_max_num_queries(14):
        client.get(LIST)
