"""The states of a verification run and what may move it, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class RunState(State):
    """Where a run stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"

    @classmethod
    def values(cls) -> list[str]:
        """The states as the table has them."""
        return [state.value for state in cls]


class RunEvent(StrEnum):
    """What may happen to a run."""

    START = "start"
    FINISH = "finish"
    CANCEL = "cancel"
    FAIL = "fail"


# event -> (states it may start from, state it leads to); RUNNING may start again, after a worker that was killed
RUN: Mapping[RunEvent, tuple[frozenset[RunState], RunState]] = {
    RunEvent.START: (frozenset({RunState.QUEUED, RunState.RUNNING}), RunState.RUNNING),
    RunEvent.FINISH: (frozenset({RunState.RUNNING}), RunState.DONE),
    RunEvent.CANCEL: (frozenset({RunState.QUEUED, RunState.RUNNING}), RunState.CANCELLED),
    RunEvent.FAIL: (frozenset({RunState.QUEUED, RunState.RUNNING}), RunState.FAILED),
}
ACTIVE = frozenset({RunState.QUEUED, RunState.RUNNING})
