"""Signing an offer, and ending it: acts of the owner, or in an emergency of the authority."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from audit.ground import log_origin
from audit.proof.acts import OfferStanding, Standing
from audit.proof.canonical import fresh_nonce
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing.actions.ending import reason_words
from exchange.sharing.askable import touched_sensitivity
from exchange.sharing.errors import NotThatSide, StateChanged
from exchange.sharing.lifecycle import OFFER, OfferEvent, OfferState, Side
from exchange.sharing.models import Agreement, EmergencyReview, StandingOffer
from exchange.sharing.offers.drafting import record_step
from exchange.sharing.offers.sides import require_offer_step
from exchange.sharing.projection import folded
from exchange.sharing.signing import HandedIn, document_certificate, require_custody, sign, signed_order, verified

REVIEW_WITHIN = timedelta(days=30)


@transaction.atomic
def sign_offer(
    offer: StandingOffer, *, acting_user: Person, department: Department, signature: dict[str, Any] | None = None
) -> StandingOffer:
    """Sign the fixed text: from the act that this appends requests fall into it, or departments join it.

    Raises NotThatSide, StateChanged, FourEyes, HubCustody, KeyElsewhere (with the order to sign), OrderRefused.
    """
    side = require_offer_step(acting_user, department, offer, OfferEvent.SIGN)
    standing, now = acts.standing(), timezone.now()
    certificate = document_certificate(standing, department.code, now=now)
    if side is Side.PROVIDER:
        require_custody(certificate, sensitivity=sensitivity_of(offer.document, standing))
    role = side.value.lower()
    if signature is None:
        own = sign(offer.order, certificate, role=role)
    else:
        own = verified(HandedIn(offer.order, signature), certificate, role=role)
    act = acts.append(offer.order, [own], acting_user=acting_user)
    _move(offer, OfferEvent.SIGN, signature=own, signed_by=acting_user, signed_at=now, act_seq=act.seq)
    if offer.is_emergency:
        EmergencyReview.objects.create(offer=offer, due_on=timezone.localdate(offer.not_after + REVIEW_WITHIN))
    record_step(offer, "sign", acting_user=acting_user, department=department)
    return offer


@transaction.atomic
def suspend_offer(
    offer: StandingOffer, *, reason: str, ground: str, acting_user: Person, department: Department, handed: HandedIn | None = None
) -> StandingOffer:
    """Let nobody take it up until the same side resumes it; agreements that came from it go on."""
    return _act(offer, OfferEvent.SUSPEND, reason_words(reason, ground), acting_user, department, handed)


@transaction.atomic
def resume_offer(
    offer: StandingOffer, *, reason: str, acting_user: Person, department: Department, handed: HandedIn | None = None
) -> StandingOffer:
    """Lift one's own side's suspension. Raises NotThatSide."""
    return _act(offer, OfferEvent.RESUME, reason_words(reason, "CAUSE_REMOVED"), acting_user, department, handed)


@transaction.atomic
def revoke_offer(
    offer: StandingOffer, *, reason: str, ground: str, acting_user: Person, department: Department, handed: HandedIn | None = None
) -> StandingOffer:
    """End it for ever. Agreements that came from an owner's offer go on; those of an emergency end with it."""
    return _act(offer, OfferEvent.REVOKE, reason_words(reason, ground), acting_user, department, handed)


def sensitivity_of(text: Any, standing: Standing) -> int:
    """The highest sensitivity that an offer opens."""
    document = standing.versions[text["dataset"]].version
    return touched_sensitivity(document, tuple(text["items"]), tuple(fact["fact"] for fact in text["facts"]))


def joined_under(offer: StandingOffer) -> Any:
    """Agreements that rest on this offer."""
    return Agreement.objects.filter(offer_hash=offer.offer_hash)


def folded_offer(found: OfferStanding) -> dict[str, Any]:
    """The columns that acts decide."""
    state = OfferState.REVOKED if found.ended_seq is not None else OfferState.SUSPENDED if found.suspended_by else OfferState.IN_FORCE
    return {"state": state, "suspended_by": dict(found.suspended_by), "act_seq": found.seq, "ended_seq": found.ended_seq}


def _act(
    offer: StandingOffer,
    event: OfferEvent,
    reason: dict[str, str],
    acting_user: Person,
    department: Department,
    handed: HandedIn | None,
) -> StandingOffer:
    side, now = require_offer_step(acting_user, department, offer, event), timezone.now()
    order: dict[str, Any] = {"type": event.value, "target": offer.offer_hash, "reason": reason}
    order |= {"hub": log_origin(), "nonce": fresh_nonce()}
    if event is OfferEvent.RESUME:
        order["suspend"] = _own_suspension(offer, side)
    order, signature = signed_order(order, department.code, role=side.value.lower(), now=now, handed=handed)
    acts.append(order, [signature], acting_user=acting_user)
    after = folded_offer(acts.standing().offers[offer.offer_hash])
    _move(offer, event, state_reason=reason, ended_at=now if after["ended_seq"] else None, **after)
    if event is OfferEvent.REVOKE and offer.is_emergency:
        _end_with_it(offer)
    record_step(offer, event.value, acting_user=acting_user, department=department)
    return offer


def _end_with_it(offer: StandingOffer) -> None:
    """The acts have ended what was joined; the rows follow, and the review is due from today on."""
    standing = acts.standing()
    for name in joined_under(offer).exclude(act_seq=None).values_list("agreement_id", flat=True):
        Agreement.objects.filter(agreement_id=name).update(**folded(name, standing))
    EmergencyReview.objects.filter(offer=offer, written_at=None).update(due_on=timezone.localdate() + REVIEW_WITHIN)


def _move(offer: StandingOffer, event: OfferEvent, **changes: Any) -> None:
    sources, target = OFFER[event]
    rows = StandingOffer.objects.filter(pk=offer.pk, state=offer.state, state__in=sources)
    if not rows.update(**{"state": target, **changes}):
        raise StateChanged(_("It has moved on meanwhile: look at it again."), state=offer.state)
    offer.refresh_from_db()


def _own_suspension(offer: StandingOffer, side: Side) -> str:
    found = acts.standing().offers[offer.offer_hash].suspended_by.get(side.value.lower())
    if found is None:
        raise NotThatSide(_("Your side has not suspended it: the side that did must resume."))
    return found
