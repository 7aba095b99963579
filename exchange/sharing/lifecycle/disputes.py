"""The moves of a dispute between departments, in one table. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State
from exchange.sharing.lifecycle.sides import Side


class DisputeState(State):
    """Where a dispute stands: first the two talk, then the authority may be asked to rule."""

    TALKS = "TALKS"
    WITH_AUTHORITY = "WITH_AUTHORITY"
    SETTLED = "SETTLED"
    RULED = "RULED"
    WITHDRAWN = "WITHDRAWN"


class DisputeEvent(StrEnum):
    """What may happen to a dispute."""

    HAND_OVER = "hand_over"
    PROPOSE = "propose"
    RULE = "rule"
    SAY = "say"
    SETTLE = "settle"
    TAKE_BACK = "take_back"


_TALKS = frozenset({DisputeState.TALKS})
_ALIVE = frozenset({DisputeState.TALKS, DisputeState.WITH_AUTHORITY})
_PARTIES = frozenset({Side.PROVIDER, Side.REQUESTER})

DISPUTE: Mapping[DisputeEvent, tuple[frozenset[DisputeState], DisputeState | None]] = {
    DisputeEvent.SAY: (_ALIVE, None),
    DisputeEvent.PROPOSE: (_TALKS, None),
    DisputeEvent.SETTLE: (_TALKS, DisputeState.SETTLED),
    DisputeEvent.HAND_OVER: (_TALKS, DisputeState.WITH_AUTHORITY),
    DisputeEvent.RULE: (frozenset({DisputeState.WITH_AUTHORITY}), DisputeState.RULED),
    DisputeEvent.TAKE_BACK: (_ALIVE, DisputeState.WITHDRAWN),
}

DISPUTE_SIDES: Mapping[DisputeEvent, frozenset[Side]] = {
    DisputeEvent.SAY: _PARTIES,
    DisputeEvent.PROPOSE: _PARTIES,
    DisputeEvent.SETTLE: _PARTIES,
    DisputeEvent.HAND_OVER: _PARTIES,
    DisputeEvent.RULE: frozenset({Side.AUTHORITY}),
    DisputeEvent.TAKE_BACK: _PARTIES,
}
