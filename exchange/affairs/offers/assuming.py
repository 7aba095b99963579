"""Takes offers to which nobody objected: after the last day each is looked at again, by the batch, and becomes a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from audit.subjects import subject_keys
from catalog import work
from exchange.affairs.gathering.authority import Lead
from exchange.affairs.models import Matter, Offer
from exchange.affairs.offers.answering import SETTLE_WORK
from exchange.affairs.offers.asking import AT_ONCE, Paused, Reference, Stopped, ask_about
from exchange.affairs.offers.checks import TellsAll, failed
from exchange.affairs.offers.errors import OfferMoved
from exchange.affairs.offers.lifecycle import OfferEvent
from exchange.affairs.offers.making import sealed_told
from exchange.affairs.offers.moves import move_offer
from exchange.affairs.offers.recorded import record_offer, reference_of, subject_of_offer
from exchange.affairs.offers.settling import stop_offer
from exchange.affairs.rules import MatterPlan, read_matter

WORK = "affairs.assume_offers"


def assume_offers(day: str, renew: work.Renew) -> None:
    """The handler; `day` (ISO) is today. A register that is away is asked at the next sweep."""
    for matter in Matter.objects.filter(offers__in=Offer.objects.unopposed(date.fromisoformat(day))).distinct():
        try:
            _assume_all(matter, date.fromisoformat(day), renew)
        except (Paused, Stopped):
            continue


def assume_offer(offer: Offer, told: TellsAll) -> None:
    """One offer, in one transaction: taken, because nobody objected and everything still holds."""
    with transaction.atomic():
        found = sealed_told(offer, subject_of_offer(offer), told)
        move_offer(offer, OfferEvent.ASSUME, found=found, answered_at=timezone.now())
        record_offer(offer, "offer_assumed")
        work.enqueue(SETTLE_WORK, offer.pk)


def _assume_all(matter: Matter, day: date, renew: work.Renew) -> None:
    while rows := list(_page(matter, day)):
        plan = read_matter(rows[0].version.content)
        subjects = [subject_of_offer(offer) for offer in rows]
        subject_keys(subject.who for subject in subjects)
        reference = Reference(Lead(plan.lead), reference_of(matter.code, f"{day:%Y-%m}"))
        _settle(plan, rows, ask_about(plan, subjects, reference))
        renew(50)


def _page(matter: Matter, day: date) -> Sequence[Offer]:
    """Offers of one version at a time: they are asked the same questions."""
    due = (
        Offer.objects.unopposed(day).filter(matter=matter).select_related("matter", "version__matter", "run").order_by("version", "made_at")
    )
    rows = list(due[:AT_ONCE])
    return [offer for offer in rows if offer.version_id == rows[0].version_id]


def _settle(plan: MatterPlan, rows: Sequence[Offer], told: Sequence[TellsAll]) -> None:
    for offer, answers in zip(rows, told, strict=True):
        code = failed(plan, answers)
        try:
            if code:
                stop_offer(offer, code)
            else:
                assume_offer(offer, answers)
        except OfferMoved:  # answered in this very moment
            continue
