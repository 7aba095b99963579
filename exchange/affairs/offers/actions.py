"""What doors call when a person answers an offer: each is one step of `answering`, and an accepted one is settled at once."""

from __future__ import annotations

from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Offer
from exchange.affairs.offers.answering import accept_offer, ask_again, decline_offer, settle_now


def accept(offer: Offer, *, applicant: Applicant) -> Offer:
    """Take the offer; its case is made and decided here, unless a register is silent: then a worker goes on with it.

    Raises NoSuchOffer for somebody else's, OfferMoved where it was answered already. Never inside a transaction.
    """
    accept_offer(offer, applicant=applicant)
    settle_now(offer)
    offer.refresh_from_db()
    return offer


def decline(offer: Offer, *, applicant: Applicant) -> Offer:
    """Say no, until the person asks again. Raises as `accept`."""
    return decline_offer(offer, applicant=applicant)


__all__ = ["accept", "ask_again", "decline"]
