"""The moves of a load and of a piece of work, each in one table. Pure: no Django.

`docs/lifecycles.md` is generated from these tables, and a test walks every state with every event.
"""

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class LoadState(State):
    """Where an uploaded file is on its way to a revision."""

    RECEIVED = "RECEIVED"
    CHECKING = "CHECKING"
    REFUSED = "REFUSED"
    READY = "READY"
    PUBLISHED = "PUBLISHED"


class LoadEvent(StrEnum):
    """What may happen to a load."""

    CHECK = "check"
    ACCEPT = "accept"
    REFUSE = "refuse"
    PUBLISH = "publish"


class WorkState(State):
    """Where a piece of work stands."""

    WAITING = "WAITING"
    LEASED = "LEASED"
    DONE = "DONE"
    FAILED = "FAILED"


class WorkEvent(StrEnum):
    """What may happen to a piece of work."""

    LEASE = "lease"
    FINISH = "finish"
    RETRY = "retry"
    GIVE_UP = "give_up"


# event -> (states it may start from, state it leads to)
LOAD: Mapping[LoadEvent, tuple[frozenset[LoadState], LoadState]] = {
    # CHECKING again: a worker that was killed is followed by another one
    LoadEvent.CHECK: (frozenset({LoadState.RECEIVED, LoadState.CHECKING}), LoadState.CHECKING),
    LoadEvent.ACCEPT: (frozenset({LoadState.CHECKING}), LoadState.READY),
    LoadEvent.REFUSE: (frozenset({LoadState.CHECKING}), LoadState.REFUSED),
    LoadEvent.PUBLISH: (frozenset({LoadState.READY}), LoadState.PUBLISHED),
}

WORK: Mapping[WorkEvent, tuple[frozenset[WorkState], WorkState]] = {
    # LEASED again: its lease has run out
    WorkEvent.LEASE: (frozenset({WorkState.WAITING, WorkState.LEASED}), WorkState.LEASED),
    WorkEvent.FINISH: (frozenset({WorkState.LEASED}), WorkState.DONE),
    WorkEvent.RETRY: (frozenset({WorkState.LEASED}), WorkState.WAITING),
    WorkEvent.GIVE_UP: (frozenset({WorkState.LEASED}), WorkState.FAILED),
}
