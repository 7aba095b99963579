"""Two months of the matters that nobody needs to apply for: offers, answers, silence, and a death in between.

The engine runs as it always does. One thing is made up, because nobody waits ten working days for a demonstration: two
offers of the first run are dated back, so that their time to object is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from exchange.accounts.demonstration import resident_account
from exchange.accounts.subject import Subject
from exchange.affairs.applicants import applicant_of
from exchange.affairs.matters import open_matters
from exchange.affairs.models import Matter, Offer
from exchange.affairs.offers.answering import accept_offer, decline_offer
from exchange.affairs.offers.lifecycle import OfferState
from exchange.affairs.offers.schedule import enqueue_assuming, is_monthly, start_run, this_month
from exchange.demonstration.building import waiting_work
from exchange.demonstration.building.founding import FOUNDING
from exchange.jurisdictions import load_residents

ACCEPTS, SAYS_NOTHING, SAYS_NO, DIES = "widow_of_83", "man_of_86", "woman_who_says_no", "the_deceased"
TOLD = (ACCEPTS, SAYS_NOTHING, SAYS_NO, DIES)
"""Residents to whom an offer was made whose end is a story of its own."""

_AGO = timedelta(days=21)


def last_month() -> None:
    """The run of last month, and what those said who answered."""
    month = f"{timezone.localdate().replace(day=1) - timedelta(days=1):%Y-%m}"
    for matter in _monthly():
        start_run(matter, month=month, acting_system=FOUNDING)
    waiting_work.do_all()
    for offer in _open_offers(ACCEPTS):
        accept_offer(offer, applicant=applicant_of(resident_account(ACCEPTS)))
    for offer in _open_offers(SAYS_NO):
        decline_offer(offer, applicant=applicant_of(resident_account(SAYS_NO)))
    waiting_work.do_all()


def this_month_too() -> None:
    """The time to object is over for two: one says nothing and is paid, the other has died. Then this month's run."""
    for who in (SAYS_NOTHING, DIES):
        for offer in _open_offers(who):
            over = timezone.localdate() - timedelta(days=1)
            Offer.objects.filter(pk=offer.pk).update(made_at=timezone.now() - _AGO, until_on=over, until_is_provisional=False)
    enqueue_assuming(timezone.now())
    waiting_work.do_all()
    for matter in _monthly():
        start_run(matter, month=this_month(), acting_system=FOUNDING)
    waiting_work.do_all()


def latest_offer(resident: str) -> Offer | None:
    """The newest offer to a named resident."""
    return Offer.objects.of(_subject(resident)).order_by("-made_at").first()


def _open_offers(resident: str) -> Iterator[Offer]:
    yield from Offer.objects.of(_subject(resident)).filter(state=OfferState.OFFERED)


def _subject(resident: str) -> Subject:
    """A named resident as the registers know them: the dead have no account."""
    first = load_residents()[resident]["identifiers"][0]
    return Subject(first["kind"], first["id"])


def _monthly() -> Iterator[Matter]:
    return (matter for matter in open_matters() if is_monthly(matter))
