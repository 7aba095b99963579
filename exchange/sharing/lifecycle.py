"""The moves of a request part and of an agreement, each in one table, and which side may make them. Pure: no Django.

`docs/lifecycles.md` is generated from these tables, the API's allowed actions are read from them, and a test walks
every state with every event. A state changes by one conditional UPDATE of a row named here, never otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Side(StrEnum):
    """Who a person is to a request or an agreement."""

    AUTHORITY = "AUTHORITY"
    PROVIDER = "PROVIDER"
    REQUESTER = "REQUESTER"


class PartState(StrEnum):
    """Where one dataset's part of a request stands."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    CHECKED = "CHECKED"
    RETURNED = "RETURNED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """The states as pairs for a form field."""
        return [(state.value, state.value) for state in cls]


class PartEvent(StrEnum):
    """What may happen to a part."""

    APPROVE = "approve"
    CHECK = "check"
    EDIT = "edit"
    GRANT_UNDER_OFFER = "grant_under_offer"
    REFUSE = "refuse"
    RETURN = "return"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"


class AgreementState(StrEnum):
    """Where an agreement stands. PROPOSED is a row before its act; EXPIRED is its period read against now."""

    PROPOSED = "PROPOSED"
    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """The states as pairs for a form field."""
        return [(state.value, state.value) for state in cls]


class AgreementEvent(StrEnum):
    """What may happen to an agreement; all but `provide_signature` are acts."""

    PROVIDE_SIGNATURE = "provide_signature"
    RESUME = "resume"
    REVOKE = "revoke"
    SIGN = "sign"
    SUPERSEDE = "supersede"
    SUSPEND = "suspend"


_EDITABLE = frozenset({PartState.DRAFT, PartState.RETURNED})
_UNDECIDED = frozenset({PartState.DRAFT, PartState.SUBMITTED, PartState.CHECKED, PartState.RETURNED})
_ALIVE = frozenset({AgreementState.IN_FORCE, AgreementState.SUSPENDED})
_EVERY_SIDE = frozenset(Side)

# event -> (states it may start from, state it leads to); None: the state stays as it is
PART: Mapping[PartEvent, tuple[frozenset[PartState], PartState | None]] = {
    PartEvent.EDIT: (_EDITABLE, None),
    PartEvent.SUBMIT: (_EDITABLE, PartState.SUBMITTED),
    PartEvent.CHECK: (frozenset({PartState.SUBMITTED}), PartState.CHECKED),
    PartEvent.GRANT_UNDER_OFFER: (frozenset({PartState.SUBMITTED}), PartState.APPROVED),
    PartEvent.RETURN: (frozenset({PartState.SUBMITTED, PartState.CHECKED}), PartState.RETURNED),
    PartEvent.APPROVE: (frozenset({PartState.CHECKED}), PartState.APPROVED),
    PartEvent.REFUSE: (frozenset({PartState.CHECKED}), PartState.REFUSED),
    PartEvent.WITHDRAW: (_UNDECIDED, PartState.WITHDRAWN),
}

PART_SIDES: Mapping[PartEvent, frozenset[Side]] = {
    PartEvent.EDIT: frozenset({Side.REQUESTER}),
    PartEvent.SUBMIT: frozenset({Side.REQUESTER}),
    PartEvent.CHECK: frozenset({Side.AUTHORITY}),
    PartEvent.GRANT_UNDER_OFFER: frozenset({Side.AUTHORITY}),
    PartEvent.RETURN: frozenset({Side.AUTHORITY, Side.PROVIDER}),
    PartEvent.APPROVE: frozenset({Side.PROVIDER}),
    PartEvent.REFUSE: frozenset({Side.PROVIDER}),
    PartEvent.WITHDRAW: frozenset({Side.REQUESTER}),
}

# The side in whose hands an undecided part lies; the authority returns what was submitted, the provider what was checked.
HOLDER: Mapping[PartState, Side] = {
    PartState.DRAFT: Side.REQUESTER,
    PartState.RETURNED: Side.REQUESTER,
    PartState.SUBMITTED: Side.AUTHORITY,
    PartState.CHECKED: Side.PROVIDER,
}

AGREEMENT: Mapping[AgreementEvent, tuple[frozenset[AgreementState], AgreementState | None]] = {
    AgreementEvent.PROVIDE_SIGNATURE: (frozenset({AgreementState.PROPOSED}), None),
    AgreementEvent.SIGN: (frozenset({AgreementState.PROPOSED}), AgreementState.IN_FORCE),
    # SUSPENDED again: the other side suspends too, and each side lifts its own
    AgreementEvent.SUSPEND: (_ALIVE, AgreementState.SUSPENDED),
    AgreementEvent.RESUME: (frozenset({AgreementState.SUSPENDED}), AgreementState.IN_FORCE),
    AgreementEvent.REVOKE: (_ALIVE, AgreementState.REVOKED),
    AgreementEvent.SUPERSEDE: (_ALIVE, AgreementState.SUPERSEDED),
}

AGREEMENT_SIDES: Mapping[AgreementEvent, frozenset[Side]] = {
    AgreementEvent.PROVIDE_SIGNATURE: frozenset({Side.PROVIDER}),
    AgreementEvent.SIGN: frozenset({Side.REQUESTER}),
    AgreementEvent.SUSPEND: _EVERY_SIDE,
    AgreementEvent.RESUME: _EVERY_SIDE,
    AgreementEvent.REVOKE: _EVERY_SIDE,
    AgreementEvent.SUPERSEDE: frozenset(),
}


def part_events(state: PartState, sides: Iterable[Side]) -> frozenset[PartEvent]:
    """Events that somebody on `sides` may cause in `state`, before the rules about single persons."""
    here = frozenset(sides)
    allowed = (event for event, (sources, _) in PART.items() if state in sources and PART_SIDES[event] & here)
    return frozenset(event for event in allowed if event is not PartEvent.RETURN or HOLDER[state] in here)


def agreement_events(state: AgreementState, sides: Iterable[Side]) -> frozenset[AgreementEvent]:
    """Events that somebody on `sides` may cause in `state`."""
    here = frozenset(sides)
    return frozenset(event for event, (sources, _) in AGREEMENT.items() if state in sources and AGREEMENT_SIDES[event] & here)


def request_state(parts: Iterable[PartState]) -> PartState:
    """The state of a request, derived: that of the part that has come least far, decided ones counting last."""
    order = (
        PartState.RETURNED,
        PartState.DRAFT,
        PartState.SUBMITTED,
        PartState.CHECKED,
        PartState.APPROVED,
        PartState.REFUSED,
        PartState.WITHDRAWN,
    )
    return min(parts, key=order.index, default=PartState.DRAFT)
