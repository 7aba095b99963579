"""Both matters through the API, to every end: silent office, another look, an offer taken, an offer that death stops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog import actions as catalog_actions
from exchange.affairs import actions
from exchange.affairs.gathering import gather_now
from exchange.affairs.models import Case, Licence, PaymentOrder
from exchange.affairs.offers.settling import settle_offer
from tests.affairs.offers_world import OffersWorld, Resident, build_offers_world
from tests.affairs.test_api import BACKEND, Caller
from tests.affairs.world import AffairsWorld
from tests.remembered import remembered


@pytest.fixture
def offers(db: None, settings: Any) -> OffersWorld:
    settings.ALLOW_HUB_CUSTODY = True
    world: OffersWorld = remembered("offers made last month", _offered)
    return world


def _offered() -> OffersWorld:
    world = build_offers_world()
    world.run(f"{timezone.localdate().replace(day=1) - timedelta(days=1):%Y-%m}")
    return world


def pieces(caller: Caller, number: str) -> dict[str, str]:
    """Each requirement's state, as a program polls it."""
    return {piece["requirement"]: piece["state"] for piece in caller.get(f"cases/{number}/evidence").json()["evidence"]}


def test_the_old_age_allowance_is_applied_for_and_granted(affairs_world: AffairsWorld) -> None:
    caller = Caller(affairs_world, "old")
    number = caller.accepted("old-age-allowance")
    decided = caller.post(f"cases/{number}/submit").json()
    assert (decided["state"], decided["outcome"]) == ("DECIDED", "GRANTED")
    assert caller.get(f"cases/{number}/decision").json()["payments"]


def test_who_is_not_eighty_is_refused_with_what_would_change_it(affairs_world: AffairsWorld) -> None:
    caller = Caller(affairs_world, "granted")
    number = caller.accepted("old-age-allowance")
    assert caller.post(f"cases/{number}/submit").json()["outcome"] == "REFUSED"
    (benefit,) = caller.get(f"cases/{number}/decision").json()["benefits"]
    causes = [line for line in benefit["lines"] if line["condition"] in benefit["because"]]
    assert [line["source"] for line in causes] == ["R01"]
    assert all(line["remedy"]["en"] and line["would_change"] for line in causes)


def test_an_office_is_silent_and_back(affairs_world: AffairsWorld) -> None:
    dataset, publisher = affairs_world.datasets["R14"], affairs_world.staff["dpf_publisher"]
    catalog_actions.take_offline(dataset, reason="Maintenance", acting_user=publisher)
    caller = Caller(affairs_world, "granted")
    number = caller.begin()
    caller.post(f"cases/{number}/request")
    gather_now(Case.objects.get(number=number))
    assert pieces(caller, number)["certificate_valid"] == "PROVIDER_DOWN"
    assert caller.get(f"cases/{number}").json()["clock"]["is_paused"]
    catalog_actions.bring_online(dataset, acting_user=publisher)
    caller.post(f"cases/{number}/items/certificate_valid", {"do": "retry"})
    gather_now(Case.objects.get(number=number))
    assert pieces(caller, number)["certificate_valid"] == "FETCHED"


def test_another_look_changes_the_decision(affairs_world: AffairsWorld) -> None:
    caller = Caller(affairs_world, "refused")
    number = caller.accepted()
    caller.post(f"cases/{number}/submit")
    caller.post(f"cases/{number}/appeal", {"words": "My certificate came last week."})
    case = Case.objects.get(number=number)
    actions.settle_appeal(case, upheld=True, reason="It was shown.", acting_user=affairs_world.staff["cab_officer"])
    reviewed = caller.get(f"cases/{number}").json()
    assert (reviewed["state"], reviewed["outcome"]) == ("REVIEWED", "GRANTED")
    licence = caller.get(f"cases/{number}/decision").json()["licence"]["id"]
    assert Client().get(f"/api/v1/affairs/licences/{licence}/status").json()["standing"] == "VALID"


def test_an_offer_is_read_and_taken(offers: OffersWorld) -> None:
    caller = Caller(offers.city, "old")
    (offer,) = caller.get("offers").json()["results"]
    assert offer["state"] == "OFFERED"
    assert caller.post(f"offers/{offer['id']}", {"do": "accept"}).status_code == 200
    settle_offer(offer["id"], lambda _progress: None)
    case = Case.objects.get(channel="OFFER")
    assert (case.outcome, PaymentOrder.objects.filter(case=case).count()) == ("GRANTED", 1)
    assert caller.get(f"cases/{case.number}").json()["outcome"] == "GRANTED"


def test_somebody_elses_offer_is_none(offers: OffersWorld) -> None:
    stranger = Client()
    stranger.force_login(offers.city.people["granted"], backend=BACKEND)
    path = f"/api/v1/affairs/offers/{offers.offer('old').pk}"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, {"do": "accept"}, content_type="application/json").status_code == 404
    assert offers.offer("old").state == "OFFERED"


def test_what_was_granted_ends_with_death_and_no_proof_of_life(offers: OffersWorld) -> None:
    caller = Caller(offers.city, "old")
    (offer,) = caller.get("offers").json()["results"]
    caller.post(f"offers/{offer['id']}", {"do": "accept"})
    settle_offer(offer["id"], lambda _progress: None)
    Licence.objects.update(valid_from=timezone.localdate() - timedelta(days=31))
    offers.change(old=Resident(offers.residents["old"].identifier, registration="cancelled", is_alive=False))
    offers.run()
    assert caller.get(f"offers/{offer['id']}").json()["state"] == "STOPPED"
    licence = Licence.objects.get()
    assert Client().get(f"/api/v1/affairs/licences/{licence.pk}/status").json()["standing"] == "REVOKED"
