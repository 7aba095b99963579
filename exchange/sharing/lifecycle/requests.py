"""The moves of a request's part, in one table, and which side may make them. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from audit.states import State
from exchange.sharing.lifecycle.sides import Side


class PartState(State):
    """Where one dataset's part of a request stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    CHECKED = "CHECKED"
    APPROVED_ONCE = "APPROVED_ONCE"
    RETURNED = "RETURNED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class PartEvent(StrEnum):
    """What may happen to a part."""

    APPROVE = "approve"
    APPROVE_FIRST = "approve_first"
    CHECK = "check"
    CONFIRM = "confirm"
    EDIT = "edit"
    GRANT_UNDER_OFFER = "grant_under_offer"
    LOOK_AGAIN = "look_again"
    REFUSE = "refuse"
    RETURN = "return"
    SEND_BACK = "send_back"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"


_EDITABLE = frozenset({PartState.DRAFT, PartState.RETURNED})
_UNDECIDED = frozenset({PartState.DRAFT, PartState.SUBMITTED, PartState.CHECKED, PartState.APPROVED_ONCE, PartState.RETURNED})

# event -> (states it may start from, state it leads to); None: the state stays as it is
PART: Mapping[PartEvent, tuple[frozenset[PartState], PartState | None]] = {
    PartEvent.EDIT: (_EDITABLE, None),
    PartEvent.SUBMIT: (_EDITABLE, PartState.SUBMITTED),
    PartEvent.CHECK: (frozenset({PartState.SUBMITTED}), PartState.CHECKED),
    PartEvent.GRANT_UNDER_OFFER: (frozenset({PartState.SUBMITTED}), PartState.APPROVED),
    PartEvent.RETURN: (frozenset({PartState.SUBMITTED, PartState.CHECKED}), PartState.RETURNED),
    PartEvent.APPROVE: (frozenset({PartState.CHECKED}), PartState.APPROVED),
    # Sensitivity 4 needs two officers of the owner: the first approves, the second confirms or sends back (docs/decisions/0076).
    PartEvent.APPROVE_FIRST: (frozenset({PartState.CHECKED}), PartState.APPROVED_ONCE),
    PartEvent.CONFIRM: (frozenset({PartState.APPROVED_ONCE}), PartState.APPROVED),
    PartEvent.SEND_BACK: (frozenset({PartState.APPROVED_ONCE}), PartState.CHECKED),
    PartEvent.REFUSE: (frozenset({PartState.CHECKED}), PartState.REFUSED),
    # by a ruling of the authority in a dispute (docs/decisions/0079); the owner decides anew, with its whole time
    PartEvent.LOOK_AGAIN: (frozenset({PartState.REFUSED}), PartState.CHECKED),
    PartEvent.WITHDRAW: (_UNDECIDED, PartState.WITHDRAWN),
}

PART_SIDES: Mapping[PartEvent, frozenset[Side]] = {
    PartEvent.EDIT: frozenset({Side.REQUESTER}),
    PartEvent.SUBMIT: frozenset({Side.REQUESTER}),
    PartEvent.CHECK: frozenset({Side.AUTHORITY}),
    PartEvent.GRANT_UNDER_OFFER: frozenset({Side.AUTHORITY}),
    PartEvent.RETURN: frozenset({Side.AUTHORITY, Side.PROVIDER}),
    PartEvent.APPROVE: frozenset({Side.PROVIDER}),
    PartEvent.APPROVE_FIRST: frozenset({Side.PROVIDER}),
    PartEvent.CONFIRM: frozenset({Side.PROVIDER}),
    PartEvent.SEND_BACK: frozenset({Side.PROVIDER}),
    PartEvent.REFUSE: frozenset({Side.PROVIDER}),
    PartEvent.LOOK_AGAIN: frozenset(),
    PartEvent.WITHDRAW: frozenset({Side.REQUESTER}),
}

# The side in whose hands an undecided part lies; the authority returns what was submitted, the provider what was checked.
HOLDER: Mapping[PartState, Side] = {
    PartState.DRAFT: Side.REQUESTER,
    PartState.RETURNED: Side.REQUESTER,
    PartState.SUBMITTED: Side.AUTHORITY,
    PartState.CHECKED: Side.PROVIDER,
    PartState.APPROVED_ONCE: Side.PROVIDER,
}


def part_events(state: PartState, sides: Iterable[Side]) -> frozenset[PartEvent]:
    """Events that somebody on `sides` may cause in `state`, before the rules about single persons."""
    here = frozenset(sides)
    allowed = (event for event, (sources, _) in PART.items() if state in sources and PART_SIDES[event] & here)
    return frozenset(event for event in allowed if event is not PartEvent.RETURN or HOLDER[state] in here)


def request_state(parts: Iterable[PartState]) -> PartState:
    """The state of a request, derived: that of the part that has come least far, decided ones counting last."""
    order = (
        PartState.RETURNED,
        PartState.DRAFT,
        PartState.SUBMITTED,
        PartState.CHECKED,
        PartState.APPROVED_ONCE,
        PartState.APPROVED,
        PartState.REFUSED,
        PartState.WITHDRAWN,
    )
    return min(parts, key=order.index, default=PartState.DRAFT)
