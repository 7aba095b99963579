"""The moves of a correction between departments, in one table. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State
from exchange.sharing.lifecycle.sides import Side


class CorrectionState(State):
    """Where a correction stands. ACCEPTED: the register is wrong, the next revision puts it right."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    PUBLISHED = "PUBLISHED"
    CONFIRMED = "CONFIRMED"
    UNDECIDED = "UNDECIDED"
    WITHDRAWN = "WITHDRAWN"


class CorrectionEvent(StrEnum):
    """What may happen to a correction."""

    ACCEPT = "accept"
    CONFIRM = "confirm"
    LEAVE_OPEN = "leave_open"
    LOOK_AGAIN = "look_again"
    PUBLISH = "publish"
    TAKE_BACK = "take_back"


_OPEN = frozenset({CorrectionState.OPEN})

CORRECTION: Mapping[CorrectionEvent, tuple[frozenset[CorrectionState], CorrectionState | None]] = {
    CorrectionEvent.ACCEPT: (_OPEN, CorrectionState.ACCEPTED),
    CorrectionEvent.CONFIRM: (_OPEN, CorrectionState.CONFIRMED),
    CorrectionEvent.LEAVE_OPEN: (_OPEN, CorrectionState.UNDECIDED),
    CorrectionEvent.PUBLISH: (frozenset({CorrectionState.ACCEPTED}), CorrectionState.PUBLISHED),
    CorrectionEvent.TAKE_BACK: (_OPEN, CorrectionState.WITHDRAWN),
    # by a ruling of the authority; the provider answers anew, with its whole time
    CorrectionEvent.LOOK_AGAIN: (frozenset({CorrectionState.CONFIRMED, CorrectionState.UNDECIDED}), CorrectionState.OPEN),
}

CORRECTION_SIDES: Mapping[CorrectionEvent, frozenset[Side]] = {
    CorrectionEvent.ACCEPT: frozenset({Side.PROVIDER}),
    CorrectionEvent.CONFIRM: frozenset({Side.PROVIDER}),
    CorrectionEvent.LEAVE_OPEN: frozenset({Side.PROVIDER}),
    CorrectionEvent.LOOK_AGAIN: frozenset({Side.AUTHORITY}),
    CorrectionEvent.PUBLISH: frozenset(),
    CorrectionEvent.TAKE_BACK: frozenset({Side.REQUESTER}),
}
