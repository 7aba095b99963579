"""The moves of a question to an officer, in one table. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State
from exchange.sharing.lifecycle.sides import Side


class OfficerState(State):
    """Where a question stands in the queue of the department that answers."""

    WAITING = "WAITING"
    CLAIMED = "CLAIMED"
    ANSWERED = "ANSWERED"
    UNANSWERED = "UNANSWERED"


class OfficerEvent(StrEnum):
    """What may happen to it."""

    CLAIM = "claim"
    RELEASE = "release"
    ANSWER = "answer"
    END_UNANSWERED = "end_unanswered"
    ESCALATE = "escalate"


class CannotAnswer(StrEnum):
    """Why an officer cannot answer; the caller reads the code, never a text of the provider's."""

    NOT_OUR_REGISTER = "NOT_OUR_REGISTER"
    REGISTER_AWAY = "REGISTER_AWAY"
    REGISTER_DAMAGED = "REGISTER_DAMAGED"
    RECORDS_CONTRADICT = "RECORDS_CONTRADICT"


_OPEN = frozenset({OfficerState.WAITING, OfficerState.CLAIMED})

OFFICER: Mapping[OfficerEvent, tuple[frozenset[OfficerState], OfficerState | None]] = {
    OfficerEvent.CLAIM: (frozenset({OfficerState.WAITING}), OfficerState.CLAIMED),
    OfficerEvent.RELEASE: (frozenset({OfficerState.CLAIMED}), OfficerState.WAITING),
    # the last two follow the errand: its outcome and this move are one transaction
    OfficerEvent.ANSWER: (_OPEN, OfficerState.ANSWERED),
    OfficerEvent.END_UNANSWERED: (_OPEN, OfficerState.UNANSWERED),
    OfficerEvent.ESCALATE: (_OPEN, None),
}
OPEN_STATES = _OPEN

# An answer, or that there is none, also follows from the errand: its time is over, its agreement ended.
OFFICER_SIDES: Mapping[OfficerEvent, frozenset[Side]] = {
    event: frozenset({Side.PROVIDER}) if event is not OfficerEvent.ESCALATE else frozenset() for event in OfficerEvent
}
