"""The lifecycles of this room, each in one table. Pure: no Django.

`docs/lifecycles.md` is generated from these tables, the API's allowed actions are read from them, and a test walks
every state with every event. A state changes by one conditional UPDATE of a row named here, never otherwise.
"""

from exchange.sharing.lifecycle.agreements import AGREEMENT, AGREEMENT_SIDES, AgreementEvent, AgreementState, agreement_events
from exchange.sharing.lifecycle.offers import EMERGENCY_SIDES, OFFER, OFFER_SIDES, OfferEvent, OfferKind, OfferState, offer_events
from exchange.sharing.lifecycle.refusals import RefusalGround
from exchange.sharing.lifecycle.requests import HOLDER, PART, PART_SIDES, PartEvent, PartState, part_events, request_state
from exchange.sharing.lifecycle.sides import Side

__all__ = [
    "AGREEMENT",
    "AGREEMENT_SIDES",
    "EMERGENCY_SIDES",
    "HOLDER",
    "OFFER",
    "OFFER_SIDES",
    "PART",
    "PART_SIDES",
    "AgreementEvent",
    "AgreementState",
    "OfferEvent",
    "OfferKind",
    "OfferState",
    "PartEvent",
    "PartState",
    "RefusalGround",
    "Side",
    "agreement_events",
    "offer_events",
    "part_events",
    "request_state",
]
