"""The monthly run: who is offered the allowance, who is not, and what stops a run in its middle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import Invalid
from audit.models import Pending
from catalog.models import Purpose
from catalog.work import LeaseLost
from exchange.affairs.gathering.authority import Lead
from exchange.affairs.models import Offer, OfferBatch, OfferRun, Upload
from exchange.affairs.offers import asking, making
from exchange.affairs.offers.errors import NotProactive, OfferMoved
from exchange.affairs.offers.lifecycle import OFFER, RUN, OfferState, RunState
from exchange.affairs.offers.running import progress_of, run_month
from exchange.affairs.offers.schedule import resume_run, start_due_runs, start_run, this_month
from exchange.affairs.rules import read_matter
from tests.affairs.offers_world import BATCH_TERMS, MAY_HAVE_IT, OffersWorld, Resident, build_offers_world
from tests.affairs.world import agree
from tests.remembered import remembered
from tests.world_data import resident


@pytest.fixture
def world(db: None, settings: Any) -> OffersWorld:
    settings.ALLOW_HUB_CUSTODY = True
    world: OffersWorld = remembered("offers", build_offers_world)
    return world


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two, so that a run has a middle."""
    monkeypatch.setattr(asking, "AT_ONCE", 2)


class Killed(Exception):
    """The worker is gone."""


def killed_after(steps: int) -> Any:
    """A `renew` that ends the worker at its n-th call."""
    left = iter(range(steps))

    def renew(_progress: int) -> None:
        if next(left, None) is None:
            raise Killed

    return renew


def test_exactly_those_who_may_have_it_are_offered_it(world: OffersWorld) -> None:
    run = world.run()
    assert world.offered() == MAY_HAVE_IT
    assert (run.state, run.offered, run.listed) == (RunState.DONE, len(MAY_HAVE_IT), len(MAY_HAVE_IT) + 1)
    assert progress_of(run) == 100


def test_nobody_else_is_even_asked_about(world: OffersWorld) -> None:
    world.run()
    assert sum(OfferBatch.objects.values_list("count", flat=True)) == len(MAY_HAVE_IT) + 1  # and the one whose death is not cancelled yet


def test_each_offer_is_an_entry_that_names_its_person_and_no_identifier_in_clear(world: OffersWorld) -> None:
    world.run()
    leaves = {bytes(leaf) for leaf in Offer.objects.values_list("leaf", flat=True)}
    assert len(leaves) == len(MAY_HAVE_IT)
    assert Pending.objects.filter(leaf__in=leaves).count() == len(leaves)


def test_an_offer_keeps_no_identifier_in_clear(world: OffersWorld) -> None:
    world.run()
    for row in [*Offer.objects.values(), *OfferRun.objects.values(), *OfferBatch.objects.values()]:
        text = " ".join(bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value) for value in row.values())
        assert not any(person.identifier in text for person in world.residents.values())


def test_the_last_day_to_object_is_ten_working_days_away(world: OffersWorld) -> None:
    world.run()
    until = world.offer("old").until_on
    assert until >= timezone.localdate() + timedelta(days=13)


def test_a_second_run_of_the_month_is_the_first_one(world: OffersWorld) -> None:
    first, second = world.run(), world.run()
    assert first.pk == second.pk
    assert Offer.objects.count() == len(MAY_HAVE_IT)


def test_the_next_month_offers_nobody_twice(world: OffersWorld) -> None:
    world.run("2026-10")
    asked = sum(OfferBatch.objects.values_list("count", flat=True))
    run = world.run("2026-11")
    assert (run.state, run.offered) == (RunState.DONE, 0)
    assert sum(OfferBatch.objects.values_list("count", flat=True)) == asked + 1  # the one whose death is not cancelled yet, again


def test_whoever_turns_eighty_later_is_offered_it_then(world: OffersWorld) -> None:
    world.run("2026-10")
    world.change(new=Resident(resident(230)))
    assert world.run("2026-11").offered == 1
    assert "new" in world.offered()


def test_whoever_has_applied_by_themselves_is_not_offered_it(world: OffersWorld) -> None:
    world.city.start("old", matter="M13")
    world.run()
    assert world.offered() == MAY_HAVE_IT - {"old"}


def test_whoever_receives_already_is_not_offered_it(world: OffersWorld) -> None:
    assert world.city.submitted("old", matter="M13").outcome == "GRANTED"
    world.run()
    assert world.offered() == MAY_HAVE_IT - {"old"}


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("steps", range(5))
def test_a_killed_run_goes_on_and_offers_to_everybody_once(world: OffersWorld, steps: int) -> None:
    run = world.start()
    with pytest.raises(Killed):
        run_month(str(run.pk), killed_after(steps))
    run_month(str(run.pk), lambda _progress: None)
    run.refresh_from_db()
    assert (run.state, run.offered, run.seen) == (RunState.DONE, len(MAY_HAVE_IT), run.listed)
    assert world.offered() == MAY_HAVE_IT
    assert Offer.objects.count() == len(MAY_HAVE_IT)


@pytest.mark.usefixtures("small_pages")
def test_a_run_that_is_killed_between_asking_and_keeping_asks_once_more_and_offers_once(
    world: OffersWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, real = world.start(), making._keep
    calls = iter([real, real])

    def dies(*args: Any, **kwargs: Any) -> None:
        keep = next(calls, None)
        if keep is None:
            raise Killed
        keep(*args, **kwargs)

    monkeypatch.setattr(making, "_keep", dies)
    with pytest.raises(Killed):
        run_month(str(run.pk), lambda _progress: None)
    monkeypatch.setattr(making, "_keep", real)
    run_month(str(run.pk), lambda _progress: None)
    assert Offer.objects.count() == len(MAY_HAVE_IT)
    assert OfferRun.objects.get(pk=run.pk).state == RunState.DONE


@pytest.mark.usefixtures("small_pages")
def test_a_worker_that_lost_its_lease_stops_at_once(world: OffersWorld) -> None:
    run = world.start()
    calls = iter(range(3))

    def renew(_progress: int) -> None:
        if next(calls, None) is None:
            raise LeaseLost

    with pytest.raises(LeaseLost):
        run_month(str(run.pk), renew)


@pytest.mark.usefixtures("small_pages")
def test_two_workers_at_one_run_settle_no_page_twice(world: OffersWorld) -> None:
    run = world.start()
    done = False

    def renew(_progress: int) -> None:
        nonlocal done
        if not done:
            done = True
            run_month(str(run.pk), lambda _progress: None)  # another worker overtakes

    run_month(str(run.pk), renew)
    assert Offer.objects.count() == len(MAY_HAVE_IT)
    assert OfferRun.objects.get(pk=run.pk).offered == len(MAY_HAVE_IT)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("which", ["lists", "batches"])
def test_a_revocation_stops_the_run_in_its_middle_and_a_person_must_act(world: OffersWorld, which: str) -> None:
    run, calls = world.start(), iter(range(3))

    def renew(_progress: int) -> None:
        if next(calls, "over") == 2:
            world.revoke(getattr(world, which))

    run_month(str(run.pk), renew)
    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.STOPPED, "REVOKED")
    assert 0 < run.offered < len(MAY_HAVE_IT)
    assert Offer.objects.count() == run.offered
    assert world.waiting() == 1  # the one of the start: nothing was added that would go on by itself


def test_without_an_agreement_nobody_is_listed(world: OffersWorld) -> None:
    world.revoke(world.lists)
    run = world.run()
    assert (run.state, run.reason, run.listed) == (RunState.STOPPED, "REVOKED", 0)
    assert not Offer.objects.exists()


@pytest.mark.usefixtures("small_pages")
def test_a_silent_register_pauses_the_run_which_goes_on_by_itself(world: OffersWorld) -> None:
    run, calls = world.start(), iter(range(3))

    def renew(_progress: int) -> None:
        if next(calls, "over") == 2:
            world.take_offline()

    run_month(str(run.pk), renew)
    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.PAUSED, "PROVIDER_DOWN")
    assert world.waiting() == 2
    world.bring_online()
    run_month(str(run.pk), lambda _progress: None)
    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.DONE, "")
    assert world.offered() == MAY_HAVE_IT


@pytest.mark.usefixtures("small_pages")
def test_a_new_file_in_the_middle_begins_the_list_anew_and_offers_nobody_twice(world: OffersWorld) -> None:
    run = world.start()
    with pytest.raises(Killed):
        run_month(str(run.pk), killed_after(3))
    world.change(new=Resident(resident(230)))
    run_month(str(run.pk), lambda _progress: None)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert world.offered() == MAY_HAVE_IT | {"new"}
    assert Offer.objects.count() == len(MAY_HAVE_IT) + 1


def test_one_person_who_was_asked_about_too_often_keeps_the_offer_from_nobody_else(world: OffersWorld) -> None:
    world.revoke(world.batches)
    purpose = Purpose.objects.get(code="old_age_allowance")
    terms: dict[str, Any] = {**BATCH_TERMS, "fact_answers": 1}
    agree(world.city.datasets["R01"], purpose, world.city.departments, world.city.staff, **terms)
    version = world.matter.current
    assert version is not None
    plan, reference = read_matter(version.content), asking.Reference(Lead("CAB"), "M13-test")
    asking.ask_about(plan, [world.subject("elder_2")], reference)
    world.run()
    assert world.offered() == MAY_HAVE_IT - {"elder_2"}


def test_a_month_that_has_not_begun_is_refused(world: OffersWorld) -> None:
    for month in ("2099-01", "2026-13", "November"):
        with pytest.raises(Invalid):
            start_run(world.matter, month=month, acting_system="tests")


def test_a_matter_for_which_one_applies_has_no_run(world: OffersWorld) -> None:
    with pytest.raises(NotProactive):
        start_run(world.city.matter, month=this_month(), acting_system="tests")


def test_the_run_begins_by_itself_on_the_first_at_two(world: OffersWorld) -> None:
    before = datetime(2026, 10, 31, 17, 59, tzinfo=UTC)  # 01:59 on the first in the city
    assert start_due_runs(before) == []
    (run,) = start_due_runs(before + timedelta(minutes=1))
    assert (run.matter_id, run.month) == ("M13", "2026-11")
    assert start_due_runs(before + timedelta(hours=5)) == []


def test_a_run_that_is_done_cannot_be_resumed(world: OffersWorld) -> None:
    with pytest.raises(OfferMoved):
        resume_run(world.run(), acting_system="tests")


def test_the_offer_path_has_no_papers(world: OffersWorld) -> None:
    world.run()
    assert not Upload.objects.exists()


def test_every_move_of_the_tables_leads_somewhere_known() -> None:
    assert {target for _, target in RUN.values()} | {RunState.WAITING} == set(RunState)
    assert {target for _, target in OFFER.values()} == set(OfferState)
