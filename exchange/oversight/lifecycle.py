"""The moves of a citizen's question and of an alarm, each in one table. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class QuestionState(State):
    """Where a question stands."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"


class QuestionEvent(StrEnum):
    """What may happen to a question. Asking makes it."""

    ANSWER = "answer"
    WITHDRAW = "withdraw"


QUESTION: Mapping[QuestionEvent, tuple[frozenset[QuestionState], QuestionState]] = {
    QuestionEvent.ANSWER: (frozenset({QuestionState.OPEN}), QuestionState.ANSWERED),
    QuestionEvent.WITHDRAW: (frozenset({QuestionState.OPEN}), QuestionState.WITHDRAWN),
}


def question_events(state: QuestionState) -> frozenset[QuestionEvent]:
    """Events that may start from `state`."""
    return frozenset(event for event, (sources, _) in QUESTION.items() if state in sources)


class AlarmState(State):
    """Where an alarm stands."""

    RAISED = "RAISED"
    LIFTED = "LIFTED"


class AlarmEvent(StrEnum):
    """What may happen to an alarm. Raising makes it."""

    LIFT = "lift"


ALARM: Mapping[AlarmEvent, tuple[frozenset[AlarmState], AlarmState]] = {
    AlarmEvent.LIFT: (frozenset({AlarmState.RAISED}), AlarmState.LIFTED),
}


class AlarmSide(StrEnum):
    """Who takes a step with an alarm."""

    AUTHORITY = "authority"


ALARM_SIDES: Mapping[AlarmEvent, frozenset[AlarmSide]] = {AlarmEvent.LIFT: frozenset({AlarmSide.AUTHORITY})}
