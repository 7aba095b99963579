"""The person's word on an offer: yes, no, or none until the last day. Nobody has to bring or fill in anything."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalog import work
from catalog.models import Work
from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Offer
from exchange.affairs.offers.errors import NoSuchOffer
from exchange.affairs.offers.lifecycle import OfferEvent
from exchange.affairs.offers.making import objection_due, told_of
from exchange.affairs.offers.moves import move_offer
from exchange.affairs.offers.querysets import OfferQuerySet
from exchange.affairs.offers.recorded import record_offer
from exchange.affairs.rules import read_matter

SETTLE_WORK = "affairs.settle_offer"


def offers_of(applicant: Applicant) -> OfferQuerySet:
    """The applicant's offers, the newest first."""
    return Offer.objects.of(applicant.subject).select_related("matter", "version__matter", "run", "case")


def offer_for(offer_id: Any, *, applicant: Applicant) -> Offer:
    """The applicant's own offer. Raises NoSuchOffer, for somebody else's too."""
    found = offers_of(applicant).filter(pk=offer_id).first()
    if found is None:
        raise NoSuchOffer(_("You have no offer under this address."))
    return found


def found_in_offer(offer: Offer, *, applicant: Applicant, key: bytes = b"") -> dict[str, dict[str, Any]]:
    """What the offer rests on: requirement → {answer, as_of}, opened for the person whom it is about.

    `key` is the person's (sealing.key_of), where several offers are opened at once.
    """
    _require_own(offer, applicant)
    return {code: {"answer": told.answer, "as_of": told.as_of} for code, told in told_of(offer, applicant.subject, key).items()}


@transaction.atomic
def accept_offer(offer: Offer, *, applicant: Applicant) -> Offer:
    """Take the offer. The case that it becomes is made by leased work (`settle_now` does it at once).

    Raises NoSuchOffer for somebody else's, OfferMoved where it was answered, or its last day is over, already.
    """
    _require_own(offer, applicant)
    said = {"answered_at": timezone.now(), "person_id": applicant.person, "assurance": applicant.assurance}
    move_offer(offer, OfferEvent.ACCEPT, **said, language=translation.get_language() or offer.language)
    record_offer(offer, "offer_accepted")
    work.enqueue(SETTLE_WORK, offer.pk)
    return offer


@transaction.atomic
def decline_offer(offer: Offer, *, applicant: Applicant) -> Offer:
    """Say no. It stays declined, and no run offers it anew, until the person asks again. Raises as `accept_offer`."""
    _require_own(offer, applicant)
    move_offer(offer, OfferEvent.DECLINE, answered_at=timezone.now(), person_id=applicant.person)
    record_offer(offer, "offer_declined")
    return offer


@transaction.atomic
def ask_again(offer: Offer, *, applicant: Applicant) -> Offer:
    """Take a no back: it is offered again, with the whole time to object. Raises as `accept_offer`."""
    _require_own(offer, applicant)
    due = objection_due(read_matter(offer.version.content))
    move_offer(offer, OfferEvent.ASK_AGAIN, until_on=due.on, until_is_provisional=due.is_provisional, answered_at=None)
    record_offer(offer, "offer_asked_again")
    return offer


def settle_now(offer: Offer) -> bool:
    """Do the waiting work of an accepted offer in this process; whether it was done here. Never inside a transaction."""
    waiting = Work.objects.due(timezone.now()).filter(name=SETTLE_WORK, target=str(offer.pk)).order_by("pk").first()
    return waiting is not None and work.run(waiting.pk)


def _require_own(offer: Offer, applicant: Applicant) -> None:
    if bytes(offer.subject_blind) != applicant.subject.blind:
        raise NoSuchOffer(_("You have no offer under this address."))
