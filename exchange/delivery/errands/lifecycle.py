"""The moves of an errand, in one table. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class ErrandState(State):
    """Where a question to a remote store stands."""

    WAITING = "WAITING"
    ASKED = "ASKED"
    ANSWERED = "ANSWERED"
    FAILED = "FAILED"
    ABANDONED = "ABANDONED"


class ErrandEvent(StrEnum):
    """What may happen to an errand."""

    ASK = "ask"
    ANSWER = "answer"
    FAIL = "fail"
    ABANDON = "abandon"
    RETRY = "retry"


_OPEN = frozenset({ErrandState.WAITING, ErrandState.ASKED})

ERRAND: Mapping[ErrandEvent, tuple[frozenset[ErrandState], ErrandState]] = {
    # ASKED again: its lease has run out
    ErrandEvent.ASK: (_OPEN, ErrandState.ASKED),
    # WAITING too: an officer answers what nobody has leased
    ErrandEvent.ANSWER: (_OPEN, ErrandState.ANSWERED),
    ErrandEvent.FAIL: (_OPEN, ErrandState.FAILED),
    ErrandEvent.ABANDON: (_OPEN, ErrandState.ABANDONED),
    ErrandEvent.RETRY: (frozenset({ErrandState.ASKED}), ErrandState.WAITING),
}
