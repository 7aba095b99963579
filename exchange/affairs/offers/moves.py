"""The one way in which a run or an offer changes state: a conditional UPDATE of a row of the lifecycle table."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from exchange.affairs.models import Offer, OfferRun
from exchange.affairs.offers.errors import OfferMoved
from exchange.affairs.offers.lifecycle import OFFER, RUN, OfferEvent, RunEvent


def move_run(run: OfferRun, event: RunEvent, **changes: Any) -> None:
    """Move a run by `event`, with other columns in the same UPDATE. Zero rows: OfferMoved (409). Refreshes `run`."""
    sources, target = RUN[event]
    if not OfferRun.objects.filter(pk=run.pk, state__in=sources).update(state=target, **changes):
        raise OfferMoved(_("It has moved on meanwhile: look at it again."))
    run.refresh_from_db()


def move_offer(offer: Offer, event: OfferEvent, **changes: Any) -> None:
    """The same for an offer."""
    sources, target = OFFER[event]
    if not Offer.objects.filter(pk=offer.pk, state__in=sources).update(state=target, **changes):
        raise OfferMoved(_("It has moved on meanwhile: look at it again."))
    offer.refresh_from_db()
