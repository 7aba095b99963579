"""Standing offers in each state, for the access tables: written, in force, stopped, and an emergency that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from audit import acts
from exchange.sharing.models import StandingOffer, WaitingOrder
from exchange.sharing.offers.drafting import draft_emergency, draft_offer
from exchange.sharing.offers.handing import Prepared, prepare
from exchange.sharing.offers.signing import revoke_offer, sign_offer, suspend_offer
from exchange.sharing.offers.text import OfferTerms
from tests.world import World

LAW = [{"text": {"en": "A law", "zh": "某法"}, "article": "Article 1"}]
WHY: dict[str, Any] = {"reason": "It is over.", "ground": "PURPOSE_ENDED"}


def offers_by_scenario(world: World) -> dict[str, dict[str, Any]]:
    """Scenario of the tables → what the placeholders of an offer's address stand for; `""` is an offer in force."""
    in_force, stopped = _in_force(world), _in_force(world)
    suspend_offer(stopped, **WHY, **_owner(world, "approver"))
    found = {"": in_force, "written": _written(world), "stopped": stopped, "ended": _ended(world)}
    places: dict[str, dict[str, Any]] = {name: {"offer_id": offer.offer_id} for name, offer in found.items()}
    return {**places, "order": {"number": _order(world, in_force).number}}


def _terms() -> OfferTerms:
    return OfferTerms(
        requesters=["CAB"],
        purposes=["disability_allowance"],
        methods=["QUERY"],
        items=["grade"],
        not_after=timezone.now() + timedelta(days=20),
        retention_days=7,
        legal_basis=LAW,
    )


def _owner(world: World, name: str) -> dict[str, Any]:
    return {"acting_user": world.person(name), "department": world.owner}


def _authority(world: World, name: str) -> dict[str, Any]:
    return {"acting_user": world.person(name), "department": world.authority}


def _written(world: World) -> StandingOffer:
    return draft_offer(_terms(), dataset=world.conditional, **_owner(world, "owner_officer"))


def _in_force(world: World) -> StandingOffer:
    return sign_offer(_written(world), **_owner(world, "approver"))


def _ended(world: World) -> StandingOffer:
    reason = {"en": "A flood.", "zh": "洪水。"}
    offer = draft_emergency(_terms(), reason=reason, dataset=world.conditional, **_authority(world, "second_reviewer"))
    sign_offer(offer, **_authority(world, "reviewer"))
    return revoke_offer(offer, **WHY, **_authority(world, "reviewer"))


def _order(world: World, offer: StandingOffer) -> WaitingOrder:
    """An order that waits for a key of the owner's own."""
    order = {"type": "suspend", "target": offer.offer_hash, "hub": acts.standing().ground.hub}
    return prepare(Prepared("suspend_offer", order, "DPF/document-1", "provider", WHY), offer, **_owner(world, "approver"))
