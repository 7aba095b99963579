"""The moves of a case, of a piece of evidence and of what hangs on them, each in one table. Pure: no Django.

`docs/lifecycles.md` is generated from these tables, the API's allowed actions are read from them, and a test walks
every state with every event. A state changes by one conditional UPDATE of a row named here, never otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class CaseState(State):
    """Where a citizen's application stands."""

    STARTED = "STARTED"
    GATHERING = "GATHERING"
    PREVIEW = "PREVIEW"
    SUBMITTED = "SUBMITTED"
    DECIDED = "DECIDED"
    OBJECTED = "OBJECTED"
    REVIEWED = "REVIEWED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


class CaseEvent(StrEnum):
    """What may happen to a case."""

    ASK_OFFICES = "ask_offices"
    GATHERED = "gathered"
    ASK_AGAIN = "ask_again"
    SUBMIT = "submit"
    DECIDE = "decide"
    OBJECT = "object"
    REVIEW = "review"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class EvidenceState(State):
    """What became of one requirement's question (glossary)."""

    ASKED = "ASKED"
    FETCHED = "FETCHED"
    NO_RECORD = "NO_RECORD"
    PROVIDER_DOWN = "PROVIDER_DOWN"
    REFUSED = "REFUSED"
    WAITING_FOR_OFFICER = "WAITING_FOR_OFFICER"
    DECLINED = "DECLINED"
    DISPUTED = "DISPUTED"
    UPLOADED = "UPLOADED"
    COMMITTED = "COMMITTED"


class EvidenceEvent(StrEnum):
    """What may happen to a piece of evidence."""

    FETCH = "fetch"
    FIND_NOTHING = "find_nothing"
    PROVIDER_FAILS = "provider_fails"
    PROVIDER_REFUSES = "provider_refuses"
    RETRY = "retry"
    ASK_NEXT = "ask_next"
    ASK_AGAIN = "ask_again"
    REGISTER_CORRECTED = "register_corrected"
    HAND_TO_OFFICER = "hand_to_officer"
    WAIT_FOR_OFFICER = "wait_for_officer"
    OFFICER_ANSWERS = "officer_answers"
    DECLINE = "decline"
    DISPUTE = "dispute"
    ACCEPT = "accept"
    UPLOAD = "upload"
    COMMIT = "commit"
    TAKE_BACK = "take_back"
    TAKE_BACK_NOTHING = "take_back_nothing"


class ObjectionState(State):
    """A citizen said that something about them is wrong, or asked for another look at a decision."""

    OPEN = "OPEN"
    UPHELD = "UPHELD"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class ObjectionEvent(StrEnum):
    """What may happen to an objection or an appeal."""

    UPHOLD = "uphold"
    REJECT = "reject"
    WITHDRAW = "withdraw"


_UNDECIDED = frozenset({CaseState.STARTED, CaseState.GATHERING, CaseState.PREVIEW, CaseState.SUBMITTED})
_UNANSWERED = frozenset({EvidenceState.ASKED, EvidenceState.PROVIDER_DOWN})
# an officer of the provider is asked: the answer is collected when it is there
_UNSETTLED = _UNANSWERED | {EvidenceState.WAITING_FOR_OFFICER}
_OPEN_ENDED = frozenset(
    {
        EvidenceState.NO_RECORD,
        EvidenceState.PROVIDER_DOWN,
        EvidenceState.REFUSED,
        EvidenceState.WAITING_FOR_OFFICER,
        EvidenceState.DISPUTED,
        EvidenceState.DECLINED,
    }
)

# event -> (states it may start from, state it leads to); None: the state stays as it is
CASE: Mapping[CaseEvent, tuple[frozenset[CaseState], CaseState | None]] = {
    CaseEvent.ASK_OFFICES: (frozenset({CaseState.STARTED}), CaseState.GATHERING),
    CaseEvent.GATHERED: (frozenset({CaseState.GATHERING}), CaseState.PREVIEW),
    # a parameter that the citizen corrected, or a provider that came back: another round
    CaseEvent.ASK_AGAIN: (frozenset({CaseState.PREVIEW}), CaseState.GATHERING),
    CaseEvent.SUBMIT: (frozenset({CaseState.PREVIEW}), CaseState.SUBMITTED),
    CaseEvent.DECIDE: (frozenset({CaseState.SUBMITTED}), CaseState.DECIDED),
    CaseEvent.OBJECT: (frozenset({CaseState.DECIDED}), CaseState.OBJECTED),
    CaseEvent.REVIEW: (frozenset({CaseState.OBJECTED}), CaseState.REVIEWED),
    CaseEvent.CLOSE: (frozenset({CaseState.DECIDED, CaseState.REVIEWED}), CaseState.CLOSED),
    CaseEvent.WITHDRAW: (_UNDECIDED, CaseState.WITHDRAWN),
}

EVIDENCE: Mapping[EvidenceEvent, tuple[frozenset[EvidenceState], EvidenceState | None]] = {
    EvidenceEvent.FETCH: (_UNSETTLED, EvidenceState.FETCHED),
    EvidenceEvent.FIND_NOTHING: (_UNSETTLED, EvidenceState.NO_RECORD),
    EvidenceEvent.PROVIDER_FAILS: (_UNSETTLED, EvidenceState.PROVIDER_DOWN),
    EvidenceEvent.PROVIDER_REFUSES: (_UNSETTLED, EvidenceState.REFUSED),
    EvidenceEvent.WAIT_FOR_OFFICER: (_UNSETTLED, EvidenceState.WAITING_FOR_OFFICER),
    EvidenceEvent.RETRY: (frozenset({EvidenceState.PROVIDER_DOWN}), EvidenceState.ASKED),
    # the first source refused: the requirement's next one
    EvidenceEvent.ASK_NEXT: (_UNSETTLED, EvidenceState.ASKED),
    # the provider has put its register right
    EvidenceEvent.ASK_AGAIN: (frozenset({EvidenceState.DISPUTED}), EvidenceState.ASKED),
    # the same at another department's word (a correction between departments)
    EvidenceEvent.REGISTER_CORRECTED: (frozenset({EvidenceState.FETCHED, EvidenceState.DISPUTED}), EvidenceState.ASKED),
    EvidenceEvent.HAND_TO_OFFICER: (_OPEN_ENDED | {EvidenceState.FETCHED}, EvidenceState.WAITING_FOR_OFFICER),
    EvidenceEvent.OFFICER_ANSWERS: (
        frozenset({EvidenceState.WAITING_FOR_OFFICER, EvidenceState.DISPUTED, EvidenceState.UPLOADED, EvidenceState.COMMITTED}),
        EvidenceState.FETCHED,
    ),
    EvidenceEvent.DECLINE: (_OPEN_ENDED | {EvidenceState.FETCHED}, EvidenceState.DECLINED),
    EvidenceEvent.DISPUTE: (frozenset({EvidenceState.FETCHED, EvidenceState.NO_RECORD}), EvidenceState.DISPUTED),
    EvidenceEvent.ACCEPT: (frozenset({EvidenceState.FETCHED, EvidenceState.NO_RECORD}), None),
    # FETCHED too: a register may have answered UNKNOWN
    EvidenceEvent.UPLOAD: (_OPEN_ENDED | {EvidenceState.FETCHED}, EvidenceState.UPLOADED),
    EvidenceEvent.COMMIT: (_OPEN_ENDED | {EvidenceState.FETCHED}, EvidenceState.COMMITTED),
    # before handing in, a citizen may change what they said of an answer, or of "nothing found"
    EvidenceEvent.TAKE_BACK: (frozenset({EvidenceState.DISPUTED, EvidenceState.DECLINED}), EvidenceState.FETCHED),
    EvidenceEvent.TAKE_BACK_NOTHING: (frozenset({EvidenceState.DISPUTED, EvidenceState.DECLINED}), EvidenceState.NO_RECORD),
}

OBJECTION: Mapping[ObjectionEvent, tuple[frozenset[ObjectionState], ObjectionState]] = {
    ObjectionEvent.UPHOLD: (frozenset({ObjectionState.OPEN}), ObjectionState.UPHELD),
    ObjectionEvent.REJECT: (frozenset({ObjectionState.OPEN}), ObjectionState.REJECTED),
    ObjectionEvent.WITHDRAW: (frozenset({ObjectionState.OPEN}), ObjectionState.WITHDRAWN),
}


class Actor(State):
    """Who takes a step; where nobody is named, the hub does."""

    CITIZEN = "CITIZEN"
    OFFICER = "OFFICER"
    PROVIDER = "PROVIDER"


_CITIZEN, _OFFICER = frozenset({Actor.CITIZEN}), frozenset({Actor.OFFICER})

# Who may take a step, for the page of lifecycles; the hub decides too, where the published rule leaves nothing open.
CASE_SIDES: Mapping[CaseEvent, frozenset[Actor]] = {
    CaseEvent.ASK_OFFICES: _CITIZEN,
    CaseEvent.ASK_AGAIN: _CITIZEN,
    CaseEvent.SUBMIT: _CITIZEN,
    CaseEvent.OBJECT: _CITIZEN,
    CaseEvent.WITHDRAW: _CITIZEN,
    CaseEvent.REVIEW: _OFFICER,
}
EVIDENCE_SIDES: Mapping[EvidenceEvent, frozenset[Actor]] = {
    EvidenceEvent.RETRY: _CITIZEN,
    EvidenceEvent.HAND_TO_OFFICER: _CITIZEN,
    EvidenceEvent.DECLINE: _CITIZEN,
    EvidenceEvent.DISPUTE: _CITIZEN,
    EvidenceEvent.ACCEPT: _CITIZEN,
    EvidenceEvent.UPLOAD: _CITIZEN,
    EvidenceEvent.COMMIT: _CITIZEN,
    EvidenceEvent.TAKE_BACK: _CITIZEN,
    EvidenceEvent.TAKE_BACK_NOTHING: _CITIZEN,
    EvidenceEvent.OFFICER_ANSWERS: _OFFICER,
    EvidenceEvent.ASK_AGAIN: frozenset({Actor.PROVIDER}),
}
OBJECTION_SIDES: Mapping[ObjectionEvent, frozenset[Actor]] = {
    ObjectionEvent.UPHOLD: frozenset({Actor.PROVIDER, Actor.OFFICER}),
    ObjectionEvent.REJECT: frozenset({Actor.PROVIDER, Actor.OFFICER}),
    ObjectionEvent.WITHDRAW: _CITIZEN,
}


def case_events(state: CaseState) -> frozenset[CaseEvent]:
    """Events that may start from `state`."""
    return frozenset(event for event, (sources, _) in CASE.items() if state in sources)
