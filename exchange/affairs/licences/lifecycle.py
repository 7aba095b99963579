"""The moves of a licence and of a payment order, each in one table. Pure: no Django.

A state changes by one conditional UPDATE of a row named here, never otherwise (exchange/affairs/licences/moves.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class LicenceStatus(State):
    """Whether a licence still holds. CHANGED: another one took its place; REVOKED is final."""

    VALID = "VALID"
    CHANGED = "CHANGED"
    REVOKED = "REVOKED"


class LicenceEvent(StrEnum):
    """What may happen to a licence."""

    CHANGE = "change"
    REVOKE = "revoke"


class PaymentState(State):
    """What became of a payment. RETURNED: the bank sent the money back."""

    ORDERED = "ORDERED"
    PAID = "PAID"
    RETURNED = "RETURNED"
    STOPPED = "STOPPED"


class PaymentEvent(StrEnum):
    """What may happen to a payment order."""

    PAY = "pay"
    RETURN = "return"
    STOP = "stop"


# event -> (states it may start from, state it leads to)
LICENCE: Mapping[LicenceEvent, tuple[frozenset[LicenceStatus], LicenceStatus]] = {
    LicenceEvent.CHANGE: (frozenset({LicenceStatus.VALID}), LicenceStatus.CHANGED),
    LicenceEvent.REVOKE: (frozenset({LicenceStatus.VALID, LicenceStatus.CHANGED}), LicenceStatus.REVOKED),
}

PAYMENT: Mapping[PaymentEvent, tuple[frozenset[PaymentState], PaymentState]] = {
    PaymentEvent.PAY: (frozenset({PaymentState.ORDERED}), PaymentState.PAID),
    # banks return money days after they took it
    PaymentEvent.RETURN: (frozenset({PaymentState.ORDERED, PaymentState.PAID}), PaymentState.RETURNED),
    PaymentEvent.STOP: (frozenset({PaymentState.ORDERED}), PaymentState.STOPPED),
}
