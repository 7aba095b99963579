"""The moves of an agreement, in one table, and which side may make them. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from audit.states import State
from exchange.sharing.lifecycle.sides import Side


class AgreementState(State):
    """Where an agreement stands. PROPOSED is a row before its act; EXPIRED is its period read against now."""

    PROPOSED = "PROPOSED"
    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"


class AgreementEvent(StrEnum):
    """What may happen to an agreement; all but `provide_signature` are acts."""

    PROVIDE_SIGNATURE = "provide_signature"
    RESUME = "resume"
    REVOKE = "revoke"
    SIGN = "sign"
    SUPERSEDE = "supersede"
    SUSPEND = "suspend"


_ALIVE = frozenset({AgreementState.IN_FORCE, AgreementState.SUSPENDED})
_EVERY_SIDE = frozenset(Side)

AGREEMENT: Mapping[AgreementEvent, tuple[frozenset[AgreementState], AgreementState | None]] = {
    AgreementEvent.PROVIDE_SIGNATURE: (frozenset({AgreementState.PROPOSED}), None),
    AgreementEvent.SIGN: (frozenset({AgreementState.PROPOSED}), AgreementState.IN_FORCE),
    # SUSPENDED again: the other side suspends too, and each side lifts its own
    AgreementEvent.SUSPEND: (_ALIVE, AgreementState.SUSPENDED),
    AgreementEvent.RESUME: (frozenset({AgreementState.SUSPENDED}), AgreementState.IN_FORCE),
    AgreementEvent.REVOKE: (_ALIVE, AgreementState.REVOKED),
    AgreementEvent.SUPERSEDE: (_ALIVE, AgreementState.SUPERSEDED),
}

AGREEMENT_SIDES: Mapping[AgreementEvent, frozenset[Side]] = {
    AgreementEvent.PROVIDE_SIGNATURE: frozenset({Side.PROVIDER}),
    AgreementEvent.SIGN: frozenset({Side.REQUESTER}),
    AgreementEvent.SUSPEND: _EVERY_SIDE,
    AgreementEvent.RESUME: _EVERY_SIDE,
    AgreementEvent.REVOKE: _EVERY_SIDE,
    AgreementEvent.SUPERSEDE: frozenset(),
}


def agreement_events(state: AgreementState, sides: Iterable[Side]) -> frozenset[AgreementEvent]:
    """Events that somebody on `sides` may cause in `state`."""
    here = frozenset(sides)
    return frozenset(event for event, (sources, _) in AGREEMENT.items() if state in sources and AGREEMENT_SIDES[event] & here)
