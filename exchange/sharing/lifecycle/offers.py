"""The moves of a standing offer, in one table, and which side may make them. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from audit.states import State
from exchange.sharing.lifecycle.sides import Side


class OfferState(State):
    """Where an offer stands. DRAFT is a row before its act; EXPIRED is its last day read against now."""

    DRAFT = "DRAFT"
    WITHDRAWN = "WITHDRAWN"
    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class OfferEvent(StrEnum):
    """What may happen to an offer; all but `withdraw` are acts."""

    RESUME = "resume"
    REVOKE = "revoke"
    SIGN = "sign"
    SUSPEND = "suspend"
    WITHDRAW = "withdraw"


class OfferKind(State):
    """An owner's offer that requests fall into, one that departments join by one signature, or an emergency's."""

    OFFER = "OFFER"
    FRAMEWORK = "FRAMEWORK"
    EMERGENCY = "EMERGENCY"


_ALIVE = frozenset({OfferState.IN_FORCE, OfferState.SUSPENDED})
_DRAFT = frozenset({OfferState.DRAFT})
_BOTH = frozenset({Side.AUTHORITY, Side.PROVIDER})

OFFER: Mapping[OfferEvent, tuple[frozenset[OfferState], OfferState | None]] = {
    OfferEvent.SIGN: (_DRAFT, OfferState.IN_FORCE),
    OfferEvent.WITHDRAW: (_DRAFT, OfferState.WITHDRAWN),
    # SUSPENDED again: the other side suspends too, and each side lifts its own
    OfferEvent.SUSPEND: (_ALIVE, OfferState.SUSPENDED),
    OfferEvent.RESUME: (frozenset({OfferState.SUSPENDED}), OfferState.IN_FORCE),
    OfferEvent.REVOKE: (_ALIVE, OfferState.REVOKED),
}

# Of an owner's offer. An emergency is drafted, signed and withdrawn by the authority instead.
OFFER_SIDES: Mapping[OfferEvent, frozenset[Side]] = {
    OfferEvent.SIGN: frozenset({Side.PROVIDER}),
    OfferEvent.WITHDRAW: frozenset({Side.PROVIDER}),
    OfferEvent.SUSPEND: _BOTH,
    OfferEvent.RESUME: _BOTH,
    OfferEvent.REVOKE: _BOTH,
}

EMERGENCY_SIDES: Mapping[OfferEvent, frozenset[Side]] = {
    **OFFER_SIDES,
    OfferEvent.SIGN: frozenset({Side.AUTHORITY}),
    OfferEvent.WITHDRAW: frozenset({Side.AUTHORITY}),
}


def offer_events(kind: OfferKind, state: OfferState, sides: Iterable[Side]) -> frozenset[OfferEvent]:
    """Events that somebody on `sides` may cause in `state`, before the rules about single persons."""
    here, by = frozenset(sides), EMERGENCY_SIDES if kind is OfferKind.EMERGENCY else OFFER_SIDES
    return frozenset(event for event, (sources, _) in OFFER.items() if state in sources and by[event] & here)
