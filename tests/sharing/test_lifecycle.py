"""Every state with every event: what the tables allow happens, everything else is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from exchange.sharing.errors import StateChanged
from exchange.sharing.lifecycle import (
    AgreementEvent,
    AgreementState,
    PartEvent,
    PartState,
    Side,
    agreement_events,
    part_events,
    request_state,
)
from exchange.sharing.lifecycle_page import as_markdown
from exchange.sharing.models import Agreement, RequestPart
from exchange.sharing.moves import move_agreement, move_part
from tests.world import World, part_of

# Written by hand, not read from the table: state -> event -> where it leads.
PART_MOVES: dict[str, dict[str, str]] = {
    "DRAFT": {"edit": "DRAFT", "submit": "SUBMITTED", "withdraw": "WITHDRAWN"},
    "RETURNED": {"edit": "RETURNED", "submit": "SUBMITTED", "withdraw": "WITHDRAWN"},
    "SUBMITTED": {"check": "CHECKED", "grant_under_offer": "APPROVED", "return": "RETURNED", "withdraw": "WITHDRAWN"},
    "CHECKED": {
        "approve": "APPROVED",
        "approve_first": "APPROVED_ONCE",
        "refuse": "REFUSED",
        "return": "RETURNED",
        "withdraw": "WITHDRAWN",
    },
    "APPROVED_ONCE": {"confirm": "APPROVED", "send_back": "CHECKED", "withdraw": "WITHDRAWN"},
    "APPROVED": {},
    "REFUSED": {"look_again": "CHECKED"},
    "WITHDRAWN": {},
}
AGREEMENT_MOVES: dict[str, dict[str, str]] = {
    "PROPOSED": {"provide_signature": "PROPOSED", "sign": "IN_FORCE"},
    "IN_FORCE": {"suspend": "SUSPENDED", "revoke": "REVOKED", "supersede": "SUPERSEDED"},
    "SUSPENDED": {"suspend": "SUSPENDED", "resume": "IN_FORCE", "revoke": "REVOKED", "supersede": "SUPERSEDED"},
    "REVOKED": {},
    "EXPIRED": {},
    "SUPERSEDED": {},
}


def _outcome(move: Callable[[], None]) -> str:
    try:
        move()
    except StateChanged:
        return "refused"
    return "moved"


def test_a_part_moves_as_the_table_says_or_not_at_all(small_world: World) -> None:
    part = part_of(small_world.request)
    actor: dict[str, Any] = {"acting_user": small_world.person("asker"), "department": small_world.requester}
    for state, event in product(PartState, PartEvent):
        RequestPart.objects.filter(pk=part.pk).update(
            state=state, decision_reason="x", ground="LAW_FORBIDS", first_approved_by=actor["acting_user"]
        )
        part.refresh_from_db()
        outcome = _outcome(lambda event=event: move_part(part, event, **actor))  # type: ignore[misc]
        part.refresh_from_db()
        wanted = PART_MOVES[state].get(event)
        assert (state, event, outcome, part.state) == (state, event, "moved" if wanted else "refused", wanted or state)


def test_an_agreement_moves_as_the_table_says_or_not_at_all(world: World) -> None:
    agreement = world.agreement
    actor: dict[str, Any] = {"acting_user": world.person("signer"), "department": world.requester}
    for state, event in product(AgreementState, AgreementEvent):
        Agreement.objects.filter(pk=agreement.pk).update(state=state)
        agreement.refresh_from_db()
        outcome = _outcome(lambda event=event: move_agreement(agreement, event, **actor))  # type: ignore[misc]
        agreement.refresh_from_db()
        wanted = AGREEMENT_MOVES[state].get(event)
        assert (state, event, outcome, agreement.state) == (state, event, "moved" if wanted else "refused", wanted or state)


def test_a_row_that_moved_meanwhile_is_not_moved_again(small_world: World) -> None:
    first, second = part_of(small_world.request), part_of(small_world.request)
    actor: dict[str, Any] = {"acting_user": small_world.person("asker"), "department": small_world.requester}
    move_part(first, PartEvent.WITHDRAW, **actor)
    with pytest.raises(StateChanged):
        move_part(second, PartEvent.WITHDRAW, **actor)


@pytest.mark.parametrize(
    ("state", "side", "events"),
    [
        ("SUBMITTED", "AUTHORITY", {"check", "grant_under_offer", "return"}),
        ("SUBMITTED", "PROVIDER", set()),
        ("SUBMITTED", "REQUESTER", {"withdraw"}),
        ("CHECKED", "AUTHORITY", set()),
        ("CHECKED", "PROVIDER", {"approve", "approve_first", "refuse", "return"}),
        ("APPROVED_ONCE", "PROVIDER", {"confirm", "send_back"}),
        ("APPROVED_ONCE", "AUTHORITY", set()),
        ("APPROVED", "PROVIDER", set()),
    ],
)
def test_each_side_has_its_own_steps(state: str, side: str, events: set[str]) -> None:
    assert {event.value for event in part_events(PartState(state), [Side(side)])} == events


def test_nobody_but_the_requester_signs() -> None:
    assert AgreementEvent.SIGN not in agreement_events(AgreementState.PROPOSED, [Side.PROVIDER, Side.AUTHORITY])


def test_a_request_is_as_far_as_its_slowest_part() -> None:
    assert request_state([PartState.APPROVED, PartState.SUBMITTED]) is PartState.SUBMITTED
    assert request_state([PartState.APPROVED, PartState.REFUSED]) is PartState.APPROVED
    assert request_state([]) is PartState.DRAFT


def test_the_page_of_lifecycles_is_current() -> None:
    written = (Path(settings.BASE_DIR) / "docs" / "lifecycles.md").read_text(encoding="utf-8")
    assert written == as_markdown(), "Run: manage.py write_lifecycles"
