"""The moves of a monthly run and of an offer, each in one table. Pure: no Django.

A state changes by one conditional UPDATE of a row named here, never otherwise (exchange/affairs/offers/moves.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class RunState(State):
    """Where a month's run of one matter stands. Only DONE is its end; from the others it can go on."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    DONE = "DONE"


class RunEvent(StrEnum):
    """What may happen to a run."""

    BEGIN = "begin"
    PAUSE = "pause"
    STOP = "stop"
    FINISH = "finish"


class OfferState(State):
    """What became of an offer. ASSUMED: nobody objected in time. STOPPED: what it rested on is true no more."""

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    ASSUMED = "ASSUMED"
    DECLINED = "DECLINED"
    STOPPED = "STOPPED"


class OfferEvent(StrEnum):
    """What may happen to an offer."""

    ACCEPT = "accept"
    ASSUME = "assume"
    DECLINE = "decline"
    ASK_AGAIN = "ask_again"
    STOP = "stop"


_UNFINISHED = frozenset({RunState.WAITING, RunState.RUNNING, RunState.PAUSED, RunState.STOPPED})
_OFFERED = frozenset({OfferState.OFFERED})
TAKEN = frozenset({OfferState.ACCEPTED, OfferState.ASSUMED})
"""Offers that became, or are about to become, a decided case."""
CURRENT = frozenset({OfferState.OFFERED, OfferState.ACCEPTED, OfferState.ASSUMED, OfferState.DECLINED})
"""A person has at most one of these for a matter."""

# event -> (states it may start from, state it leads to)
RUN: Mapping[RunEvent, tuple[frozenset[RunState], RunState]] = {
    # RUNNING again: a worker that was killed is followed by another one
    RunEvent.BEGIN: (_UNFINISHED, RunState.RUNNING),
    RunEvent.PAUSE: (frozenset({RunState.RUNNING}), RunState.PAUSED),
    RunEvent.STOP: (frozenset({RunState.RUNNING}), RunState.STOPPED),
    RunEvent.FINISH: (frozenset({RunState.RUNNING}), RunState.DONE),
}

OFFER: Mapping[OfferEvent, tuple[frozenset[OfferState], OfferState]] = {
    OfferEvent.ACCEPT: (_OFFERED, OfferState.ACCEPTED),
    OfferEvent.ASSUME: (_OFFERED, OfferState.ASSUMED),
    OfferEvent.DECLINE: (_OFFERED, OfferState.DECLINED),
    # only the person asks again: no run offers anew what was declined
    OfferEvent.ASK_AGAIN: (frozenset({OfferState.DECLINED}), OfferState.OFFERED),
    OfferEvent.STOP: (_OFFERED | TAKEN, OfferState.STOPPED),
}
