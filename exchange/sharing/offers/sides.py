"""On which side of an offer a person stands, and which steps that person may take now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.models import Dataset, Department
from exchange.accounts.acting import is_steward, roles_in
from exchange.accounts.hands import hands_of
from exchange.accounts.models import Role
from exchange.sharing.errors import FourEyes, NotThatSide, StateChanged
from exchange.sharing.lifecycle import EMERGENCY_SIDES, OFFER, OFFER_SIDES, OfferEvent, OfferKind, OfferState, Side, offer_events
from exchange.sharing.models import StandingOffer


def owner_side(person: Any, department: Department, dataset: Dataset) -> bool:
    """Whether the person speaks for the owner of the dataset: as its officer, or its steward."""
    is_owner = department.code == dataset.provider_id
    return is_owner and (Role.OFFICER in roles_in(person, department) or is_steward(person, dataset))


def authority_side(person: Any, department: Department) -> bool:
    """Whether the person reviews for the sharing authority."""
    return department.code == settings.AUTHORITY_DEPARTMENT and Role.REVIEWER in roles_in(person, department)


def offer_sides(person: Any, department: Department, offer: StandingOffer) -> frozenset[Side]:
    """The sides on which `person` stands when acting for `department`."""
    here = {Side.PROVIDER: owner_side(person, department, offer.dataset), Side.AUTHORITY: authority_side(person, department)}
    return frozenset(side for side, stands in here.items() if stands)


def require_offer_step(person: Any, department: Department, offer: StandingOffer, event: OfferEvent) -> Side:
    """The side on which the person takes this step. Raises NotThatSide (403), StateChanged (409), FourEyes (403)."""
    by = EMERGENCY_SIDES if offer.is_emergency else OFFER_SIDES
    fitting = sorted(offer_sides(person, department, offer) & by[event])
    if not fitting:
        raise NotThatSide(_("Your role in this department does not take this step."), step=event.value)
    if OfferState(offer.state) not in OFFER[event][0]:
        text = _("The offer is %(state)s now, and this step is no longer possible.")
        raise StateChanged(text % {"state": offer.state}, state=offer.state)
    if event is OfferEvent.SIGN and hands_of(person).did(offer.drafted_by_id, offer.created_at):
        raise FourEyes(_("You wrote this offer: a colleague must read and sign it."))
    return fitting[0]


def offer_steps(person: Any, department: Department, offer: StandingOffer) -> list[OfferEvent]:
    """Steps that this person may take on this offer now, sorted."""
    here = offer_sides(person, department, offer)
    events = set(offer_events(OfferKind(offer.kind), OfferState(offer.state), here))
    if OfferEvent.SIGN in events and hands_of(person).did(offer.drafted_by_id, offer.created_at):
        events.discard(OfferEvent.SIGN)
    mine = {side.value.lower() for side in here}
    if not mine & set(offer.suspended_by):
        events.discard(OfferEvent.RESUME)
    if mine and mine <= set(offer.suspended_by):
        events.discard(OfferEvent.SUSPEND)
    return sorted(events)


def require_joiner(person: Any, offer: StandingOffer) -> None:
    """Whoever wrote or signed an offer does not take it up for another department too. Raises FourEyes."""
    hands = hands_of(person)
    if hands.did(offer.drafted_by_id, offer.created_at) or hands.did(offer.signed_by_id, offer.signed_at):
        raise FourEyes(_("You wrote or signed this offer: an officer of the requester who did neither must join."))
