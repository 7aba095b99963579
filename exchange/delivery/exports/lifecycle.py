"""The moves of a delivery in one table. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class DeliveryState(State):
    """Where an export stands."""

    PREPARING = "PREPARING"
    READY = "READY"
    COLLECTING = "COLLECTING"
    COLLECTED = "COLLECTED"
    CANCELLED = "CANCELLED"
    STOPPED = "STOPPED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


class DeliveryEvent(StrEnum):
    """What may happen to an export."""

    PREPARED = "prepared"
    COLLECT = "collect"
    COMPLETE = "complete"
    CANCEL = "cancel"
    STOP = "stop"
    EXPIRE = "expire"
    FAIL = "fail"


OPEN = frozenset({DeliveryState.PREPARING, DeliveryState.READY, DeliveryState.COLLECTING})
WITH_FILE = frozenset({DeliveryState.READY, DeliveryState.COLLECTING, DeliveryState.COLLECTED})

# event -> (states it may start from, state it leads to)
DELIVERY: Mapping[DeliveryEvent, tuple[frozenset[DeliveryState], DeliveryState]] = {
    DeliveryEvent.PREPARED: (frozenset({DeliveryState.PREPARING}), DeliveryState.READY),
    # COLLECTING again: the connection broke, and the rest is collected by another request
    DeliveryEvent.COLLECT: (frozenset({DeliveryState.READY, DeliveryState.COLLECTING}), DeliveryState.COLLECTING),
    DeliveryEvent.COMPLETE: (frozenset({DeliveryState.COLLECTING}), DeliveryState.COLLECTED),
    DeliveryEvent.CANCEL: (OPEN, DeliveryState.CANCELLED),
    # the agreement, an item or a key was taken away
    DeliveryEvent.STOP: (OPEN, DeliveryState.STOPPED),
    DeliveryEvent.EXPIRE: (OPEN, DeliveryState.EXPIRED),
    DeliveryEvent.FAIL: (frozenset({DeliveryState.PREPARING}), DeliveryState.FAILED),
}
