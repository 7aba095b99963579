"""The moves of a visit at a counter. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class VisitState(State):
    """Where a visit stands."""

    WAITING = "WAITING"
    CONFIRMED = "CONFIRMED"
    ENDED = "ENDED"


class VisitEvent(StrEnum):
    """What may happen to a visit."""

    CONFIRM = "confirm"
    END = "end"


VISIT: Mapping[VisitEvent, tuple[frozenset[VisitState], VisitState]] = {
    VisitEvent.CONFIRM: (frozenset({VisitState.WAITING}), VisitState.CONFIRMED),
    VisitEvent.END: (frozenset({VisitState.WAITING, VisitState.CONFIRMED}), VisitState.ENDED),
}
