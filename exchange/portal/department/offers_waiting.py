"""What offers leave to do: a draft to be signed by a second person, an emergency to be known of, a review to be written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.portal.department.desk import Desk
from exchange.sharing.lifecycle import OfferEvent, OfferState
from exchange.sharing.models import StandingOffer
from exchange.sharing.offers.sides import authority_side, offer_steps, owner_side

if TYPE_CHECKING:
    from exchange.portal.department.waiting import Waiting

MOST = 20


def offers_waiting(desk: Desk, line: type[Waiting]) -> Iterator[Waiting]:
    """Lines for the console. `line` is its class, handed over because that module imports this one."""
    visible = StandingOffer.objects.visible_to(desk.person).select_related("dataset__provider", "provider")
    for offer in visible.filter(state=OfferState.DRAFT).order_by("id")[:MOST]:
        if OfferEvent.SIGN in offer_steps(desk.person, desk.department, offer):
            yield line(_("Read and sign the offer"), _about(offer), offer.provider.name, _place(offer))
    now = timezone.now()
    for offer in visible.emergencies().filter(provider=desk.department, state=OfferState.IN_FORCE, not_after__gte=now)[:MOST]:
        if owner_side(desk.person, desk.department, offer.dataset):
            yield line(
                _("Know of the emergency"), _about(offer), _("the sharing authority"), _place(offer), timezone.localdate(offer.not_after)
            )
    if authority_side(desk.person, desk.department):
        for offer in visible.with_review_open(now).select_related("review")[:MOST]:
            yield line(_("Write the review"), _about(offer), offer.provider.name, _place(offer), offer.review.due_on)


def _about(offer: StandingOffer) -> str:
    return f"{offer.dataset.code} {offer.dataset.title}"


def _place(offer: StandingOffer) -> str:
    return reverse("console_standing_offer", args=[offer.offer_id])
