"""Every state with every event: what the tables allow happens, everything else is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from exchange.affairs import actions
from exchange.affairs.actions.closing import close_settled
from exchange.affairs.errors import CaseMoved
from exchange.affairs.lifecycle import CaseEvent, CaseState, EvidenceEvent, EvidenceState, case_events
from exchange.affairs.models import Case, Decision, Evidence
from exchange.affairs.moves import move_case, move_evidence, try_evidence
from tests.affairs.world import AffairsWorld

# Written by hand, not read from the tables: state -> event -> where it leads.
CASE_MOVES: dict[str, dict[str, str]] = {
    "STARTED": {"ask_offices": "GATHERING", "withdraw": "WITHDRAWN"},
    "GATHERING": {"gathered": "PREVIEW", "withdraw": "WITHDRAWN"},
    "PREVIEW": {"ask_again": "GATHERING", "submit": "SUBMITTED", "withdraw": "WITHDRAWN"},
    "SUBMITTED": {"decide": "DECIDED", "withdraw": "WITHDRAWN"},
    "DECIDED": {"object": "OBJECTED", "close": "CLOSED"},
    "OBJECTED": {"review": "REVIEWED"},
    "REVIEWED": {"close": "CLOSED"},
    "CLOSED": {},
    "WITHDRAWN": {},
}
_GIVEN_UP = {"hand_to_officer": "WAITING_FOR_OFFICER", "decline": "DECLINED", "upload": "UPLOADED", "commit": "COMMITTED"}
_ASKED = {
    "fetch": "FETCHED",
    "find_nothing": "NO_RECORD",
    "provider_fails": "PROVIDER_DOWN",
    "provider_refuses": "REFUSED",
    "ask_next": "ASKED",
    "wait_for_officer": "WAITING_FOR_OFFICER",
}
_TAKEN_BACK = {"take_back": "FETCHED", "take_back_nothing": "NO_RECORD"}
EVIDENCE_MOVES: dict[str, dict[str, str]] = {
    "ASKED": _ASKED,
    "FETCHED": {**_GIVEN_UP, "dispute": "DISPUTED", "accept": "FETCHED", "register_corrected": "ASKED"},
    "NO_RECORD": {**_GIVEN_UP, "dispute": "DISPUTED", "accept": "NO_RECORD"},
    "PROVIDER_DOWN": {**_GIVEN_UP, **_ASKED, "retry": "ASKED"},
    "REFUSED": _GIVEN_UP,
    "WAITING_FOR_OFFICER": {**_GIVEN_UP, **_ASKED, "officer_answers": "FETCHED"},
    "DECLINED": {**_GIVEN_UP, **_TAKEN_BACK},
    "DISPUTED": {**_GIVEN_UP, **_TAKEN_BACK, "officer_answers": "FETCHED", "ask_again": "ASKED", "register_corrected": "ASKED"},
    "UPLOADED": {"officer_answers": "FETCHED"},
    "COMMITTED": {"officer_answers": "FETCHED"},
}


def outcome_of(move: Callable[[], None]) -> str:
    """What became of a move."""
    try:
        move()
    except CaseMoved:
        return "refused"
    return "moved"


def test_a_case_moves_as_the_table_says_or_not_at_all(affairs_world: AffairsWorld) -> None:
    case = affairs_world.start()
    for state, event in product(CaseState, CaseEvent):
        Case.objects.filter(pk=case.pk).update(state=state)
        case.refresh_from_db()
        outcome = outcome_of(lambda event=event: move_case(case, event))  # type: ignore[misc]
        shown = case.state
        case.refresh_from_db()
        wanted = CASE_MOVES[state].get(event)
        assert (state, event, outcome, case.state) == (state, event, "moved" if wanted else "refused", wanted or state)
        assert shown == case.state


def test_evidence_moves_as_the_table_says_or_not_at_all(affairs_world: AffairsWorld) -> None:
    case = affairs_world.shown()
    row = Evidence.objects.filter(evidence_set=case.evidence_set_id)[0]
    for state, event in product(EvidenceState, EvidenceEvent):
        Evidence.objects.filter(pk=row.pk).update(state=state, preview="")
        row.refresh_from_db()
        outcome = outcome_of(lambda event=event: move_evidence(row, event, preview="ACCEPTED"))  # type: ignore[misc]
        row.refresh_from_db()
        wanted = EVIDENCE_MOVES[state].get(event)
        assert (state, event, outcome, row.state) == (state, event, "moved" if wanted else "refused", wanted or state)
        assert row.preview == ("ACCEPTED" if wanted else "")


def test_a_row_that_moved_meanwhile_is_not_moved_again(affairs_world: AffairsWorld) -> None:
    case = affairs_world.shown()
    row = Evidence.objects.filter(evidence_set=case.evidence_set_id)[0]
    stale = Evidence.objects.get(pk=row.pk)
    move_evidence(row, EvidenceEvent.DISPUTE)
    assert not try_evidence(stale, EvidenceEvent.ACCEPT, preview="ACCEPTED")
    assert Evidence.objects.get(pk=row.pk).state == EvidenceState.DISPUTED


@pytest.mark.parametrize("state", CaseState)
def test_what_may_happen_next_is_read_from_the_table(state: CaseState) -> None:
    assert {event.value for event in case_events(state)} == set(CASE_MOVES[state])


def test_a_case_is_put_away_when_the_days_for_an_appeal_are_over_and_not_before(affairs_world: AffairsWorld) -> None:
    decided, waiting = affairs_world.submitted("refused"), affairs_world.submitted("to_officer")
    assert close_settled() == 0
    Decision.objects.update(decided_at=timezone.now() - timedelta(days=61))
    assert close_settled() == 1
    assert close_settled() == 0
    decided.refresh_from_db()
    waiting.refresh_from_db()
    assert (decided.state, decided.outcome) == (CaseState.CLOSED, "REFUSED")
    assert waiting.state == CaseState.SUBMITTED


def test_however_late_nothing_is_decided_by_the_clock_alone(affairs_world: AffairsWorld) -> None:
    case = affairs_world.submitted("to_officer")
    Case.objects.filter(pk=case.pk).update(submitted_at=timezone.now() - timedelta(days=400), due_on=timezone.localdate())
    close_settled()
    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.SUBMITTED, "")
    assert not Decision.objects.filter(case=case).exists()
    actions.withdraw(case, applicant=affairs_world.applicant("to_officer"))
