"""The command: the month's run here and now; safe to repeat, honest about what stands in the way."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from catalog.models import Work
from exchange.affairs.models import Offer, OfferRun
from exchange.affairs.offers.running import WORK
from tests.affairs.offers_world import MAY_HAVE_IT, OffersWorld, build_offers_world
from tests.remembered import remembered


@pytest.fixture
def world(db: None, settings: Any) -> OffersWorld:
    settings.ALLOW_HUB_CUSTODY = True
    world: OffersWorld = remembered("offers", build_offers_world)
    return world


def told(*words: str) -> str:
    out = io.StringIO()
    call_command("make_offers", *words, stdout=out)
    return out.getvalue()


def test_the_month_is_run_with_its_progress_and_its_counts(world: OffersWorld) -> None:
    said = told("M13")
    assert "99 %" in said
    assert f"DONE: listed {len(MAY_HAVE_IT) + 1}, asked {len(MAY_HAVE_IT) + 1}, offered {len(MAY_HAVE_IT)}" in said
    assert not any(person.identifier in said for person in world.residents.values())
    assert set(Work.objects.filter(name=WORK).values_list("state", flat=True)) == {"DONE"}


def test_it_is_safe_to_repeat(world: OffersWorld) -> None:
    told("M13")
    told("M13")
    assert Offer.objects.count() == len(MAY_HAVE_IT)
    assert OfferRun.objects.count() == 1


def test_a_run_that_stands_says_why_and_goes_on_when_it_is_repeated(world: OffersWorld) -> None:
    world.take_offline()
    with pytest.raises(CommandError, match="not done"):
        told("M13")
    assert OfferRun.objects.get().reason == "PROVIDER_DOWN"
    world.bring_online()
    assert "DONE" in told("M13")


@pytest.mark.parametrize(
    ("words", "reason"), [(["M99"], "no matter"), (["M13", "--month", "2099-01"], "no month"), (["M04"], "asks people")]
)
def test_what_cannot_be_run_is_said(world: OffersWorld, words: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        told(*words)
