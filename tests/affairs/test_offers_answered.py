"""What becomes of an offer: taken, unopposed, declined, stopped; and the months after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Pending
from catalog.models import Work
from exchange.affairs import sealing
from exchange.affairs.models import Case, Evidence, Licence, Offer, OfferBatch, PaymentOrder, Upload
from exchange.affairs.offers import answering, assuming
from exchange.affairs.offers.actions import accept
from exchange.affairs.offers.answering import accept_offer, ask_again, decline_offer, found_in_offer, offer_for, offers_of
from exchange.affairs.offers.errors import NoSuchOffer, OfferMoved
from exchange.affairs.offers.lifecycle import OfferState
from exchange.affairs.offers.settling import settle_offer
from exchange.affairs.reading import evidence_context, found_of
from exchange.affairs.recorded import subject_of_case
from tests.affairs.offers_world import OffersWorld, Resident, build_offers_world
from tests.remembered import remembered

FACTS = {"age_80", "resident_in_city", "alive"}


@pytest.fixture
def world(db: None, settings: Any) -> OffersWorld:
    """The city, whose run of last month but one has made its offers."""
    settings.ALLOW_HUB_CUSTODY = True
    world: OffersWorld = remembered("offers made", _with_offers)
    return world


def _with_offers() -> OffersWorld:
    built = build_offers_world()
    built.run(last_month())
    return built


def last_month() -> str:
    """`2026-10`: so that this month's run looks again."""
    return f"{timezone.localdate().replace(day=1) - timedelta(days=1):%Y-%m}"


def accepted(world: OffersWorld, name: str = "old") -> Offer:
    """An offer taken by its person, and settled."""
    return accept(world.offer(name), applicant=world.applicant(name))


def case_of(offer: Offer) -> Case:
    assert offer.case_id is not None
    return Case.objects.get(pk=offer.case_id)


def age_licences(months: int = 1) -> None:
    """Make what was granted a month older, as the next month's run finds it."""
    PaymentOrder.objects.update(month=last_month())
    Licence.objects.update(valid_from=timezone.localdate() - timedelta(days=31 * months))


def objections_over(world: OffersWorld) -> None:
    """The last day of every offer is over; the sweep is run, and everything that it begins."""
    Offer.objects.update(until_on=timezone.localdate() - timedelta(days=1))
    assuming.assume_offers(timezone.localdate().isoformat(), lambda _progress: None)
    for row in Work.objects.filter(name=answering.SETTLE_WORK, state="WAITING"):
        settle_offer(row.target, lambda _progress: None)


def test_an_accepted_offer_is_a_granted_case_with_licence_and_payment(world: OffersWorld) -> None:
    offer = accepted(world)
    case = case_of(offer)
    assert (offer.state, case.channel, case.state, case.outcome) == (OfferState.ACCEPTED, "OFFER", "DECIDED", "GRANTED")
    assert Licence.objects.filter(case=case, status="VALID").count() == 1
    assert PaymentOrder.objects.filter(case=case, state="ORDERED").count() == 1
    assert not Upload.objects.exists()


def test_its_evidence_is_the_runs_own_exchange_with_entry_receipt_and_agreement(world: OffersWorld) -> None:
    case = case_of(accepted(world))
    assert {code: piece.answer for code, piece in found_of(case).items() if code in FACTS} == dict.fromkeys(FACTS, "YES")
    (batch,) = OfferBatch.objects.all()
    for row in Evidence.objects.filter(evidence_set=case.evidence_set_id, requirement__in=FACTS):
        assert (bytes(row.leaf or b""), row.agreement) == (bytes(batch.leaf), world.batches.agreement_id)
        receipt = sealing.unseal(subject_of_case(case), row.receipt or b"", context=f"{evidence_context(row)}:receipt")
        assert receipt["leaf"] == f"sha256:{bytes(batch.leaf).hex()}"


def test_what_is_older_than_the_register_says_is_asked_anew(world: OffersWorld) -> None:
    OfferBatch.objects.update(asked_at=timezone.now() - timedelta(days=2))  # alive holds for one day
    case = case_of(accepted(world))
    assert case.outcome == "GRANTED"
    assert OfferBatch.objects.count() == 2
    fresh = OfferBatch.objects.latest("pk")
    assert fresh.count == 1
    rows = Evidence.objects.filter(evidence_set=case.evidence_set_id, requirement="alive")
    assert [bytes(row.leaf or b"") for row in rows] == [bytes(fresh.leaf)]


def test_an_offer_to_somebody_who_has_died_meanwhile_ends_without_a_case(world: OffersWorld) -> None:
    OfferBatch.objects.update(asked_at=timezone.now() - timedelta(days=2))
    old = world.residents["old"]
    world.change(old=Resident(old.identifier, old.born, "cancelled", is_alive=False))
    offer = accepted(world)
    assert (offer.state, offer.reason, offer.case_id) == (OfferState.STOPPED, "alive", None)


def test_a_silent_register_keeps_the_acceptance_and_asks_again_later(world: OffersWorld) -> None:
    OfferBatch.objects.update(asked_at=timezone.now() - timedelta(days=2))
    world.take_offline()
    offer = accepted(world)
    assert (offer.state, offer.case_id) == (OfferState.ACCEPTED, None)
    assert Work.objects.filter(name=answering.SETTLE_WORK, state="WAITING").count() == 1
    world.bring_online()
    settle_offer(str(offer.pk), lambda _progress: None)
    assert case_of(world.offer("old")).outcome == "GRANTED"


def test_settling_twice_makes_one_case_and_one_payment(world: OffersWorld) -> None:
    offer = accepted(world)
    settle_offer(str(offer.pk), lambda _progress: None)
    assert Case.objects.count() == 1
    assert PaymentOrder.objects.count() == 1


def test_a_settling_that_was_killed_goes_on_with_its_case(world: OffersWorld) -> None:
    offer = accept_offer(world.offer("old"), applicant=world.applicant("old"))

    class Killed(Exception):
        pass

    def dies(_progress: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        settle_offer(str(offer.pk), dies)
    settle_offer(str(offer.pk), lambda _progress: None)
    assert Case.objects.count() == 1
    assert case_of(world.offer("old")).outcome == "GRANTED"


def test_an_offer_is_answered_once(world: OffersWorld) -> None:
    accepted(world)
    for action in (accept_offer, decline_offer):
        with pytest.raises(OfferMoved):
            action(world.offer("old"), applicant=world.applicant("old"))


def test_somebody_elses_offer_looks_like_none(world: OffersWorld) -> None:
    offer, stranger = world.offer("old"), world.applicant("elder_1")
    with pytest.raises(NoSuchOffer):
        offer_for(offer.pk, applicant=stranger)
    for action in (accept_offer, decline_offer, ask_again):
        with pytest.raises(NoSuchOffer):
            action(offer, applicant=stranger)
    with pytest.raises(NoSuchOffer):
        found_in_offer(offer, applicant=stranger)
    assert [found.pk for found in offers_of(world.applicant("old"))] == [offer.pk]


def test_the_person_reads_what_the_offer_rests_on(world: OffersWorld) -> None:
    found = found_in_offer(world.offer("old"), applicant=world.applicant("old"))
    assert {code: answer["answer"] for code, answer in found.items()} == dict.fromkeys(FACTS, "YES")


def test_a_declined_offer_stays_declined_until_its_person_asks_again(world: OffersWorld) -> None:
    decline_offer(world.offer("old"), applicant=world.applicant("old"))
    world.run()
    assert [offer.state for offer in Offer.objects.of(world.subject("old"))] == [OfferState.DECLINED]
    ask_again(world.offer("old"), applicant=world.applicant("old"))
    assert case_of(accepted(world)).outcome == "GRANTED"


def test_what_nobody_opposed_is_granted_after_the_last_day(world: OffersWorld) -> None:
    decline_offer(world.offer("elder_1"), applicant=world.applicant("elder_1"))
    Offer.objects.exclude(subject_blind=world.subject("old").blind).exclude(subject_blind=world.subject("elder_1").blind).delete()
    objections_over(world)
    assert (world.offer("old").state, world.offer("elder_1").state) == (OfferState.ASSUMED, OfferState.DECLINED)
    case = case_of(world.offer("old"))
    assert (case.outcome, case.person_id, case.assurance) == ("GRANTED", None, "LOW")
    assert set(case.steps.values_list("by", flat=True)) == {"HUB"}


def test_before_the_last_day_is_over_nothing_is_assumed(world: OffersWorld) -> None:
    Offer.objects.update(until_on=timezone.localdate())
    assuming.assume_offers(timezone.localdate().isoformat(), lambda _progress: None)
    assert set(Offer.objects.values_list("state", flat=True)) == {OfferState.OFFERED}


def test_nobody_is_assumed_to_take_what_does_not_hold_any_more(world: OffersWorld) -> None:
    old = world.residents["old"]
    world.change(old=Resident(old.identifier, old.born, "moved_away"))
    objections_over(world)
    assert (world.offer("old").state, world.offer("old").reason) == (OfferState.STOPPED, "resident_in_city")


def test_without_a_known_account_a_person_looks_and_nobody_is_refused(world: OffersWorld) -> None:
    case = case_of(accepted(world, "elder_1"))  # R22 knows no account of theirs
    assert (case.state, case.outcome, case.officer_needed) == ("SUBMITTED", "", True)


def test_the_next_month_is_paid_without_anybody_being_asked_for_anything(world: OffersWorld) -> None:
    case = case_of(accepted(world))
    age_licences()
    run = world.run()
    assert (run.continued, run.stopped) == (1, 0)
    assert set(PaymentOrder.objects.filter(case=case).values_list("month", flat=True)) == {last_month(), run.month}
    world.run()
    assert PaymentOrder.objects.filter(case=case).count() == 2


def test_the_allowance_stops_at_death_with_no_proof_of_life(world: OffersWorld) -> None:
    case = case_of(accepted(world))
    age_licences()
    old = world.residents["old"]
    world.change(old=Resident(old.identifier, old.born, "cancelled", is_alive=False))
    run = world.run()
    case.refresh_from_db()
    assert (run.continued, run.stopped) == (0, 1)
    assert (case.state, Licence.objects.get(case=case).status) == ("CLOSED", "REVOKED")
    assert set(PaymentOrder.objects.filter(case=case).values_list("state", flat=True)) == {"STOPPED"}
    assert (world.offer("old").state, world.offer("old").reason) == (OfferState.STOPPED, "alive")
    assert "stopped" in set(case.steps.values_list("event", flat=True))


def test_whoever_applied_by_themselves_is_looked_at_again_too(world: OffersWorld) -> None:
    Offer.objects.of(world.subject("old")).delete()
    case = world.city.submitted("old", matter="M13")
    age_licences()
    old = world.residents["old"]
    world.change(old=Resident(old.identifier, old.born, "cancelled", is_alive=False))
    assert world.run().stopped == 1
    case.refresh_from_db()
    assert case.state == "CLOSED"


def test_after_a_year_it_goes_on_by_itself(world: OffersWorld) -> None:
    first = case_of(accepted(world))
    Licence.objects.update(valid_from=timezone.localdate() - timedelta(days=400), valid_until=timezone.localdate() - timedelta(days=35))
    assert world.run().continued == 1
    offer = world.offer("old")
    settle_offer(str(offer.pk), lambda _progress: None)
    second = case_of(world.offer("old"))
    assert second.pk != first.pk
    assert (second.outcome, Licence.objects.get(case=second).status, Licence.objects.get(case=first).status) == (
        "GRANTED",
        "VALID",
        "CHANGED",
    )


def test_each_answer_is_one_entry(world: OffersWorld) -> None:
    before = Pending.objects.count()
    decline_offer(world.offer("old"), applicant=world.applicant("old"))
    assert Pending.objects.count() == before + 1
    ask_again(world.offer("old"), applicant=world.applicant("old"))
    assert Pending.objects.count() == before + 2
