"""Disputes: the two talk, then the authority rules with a reason; nobody rules who had a hand in it, and nobody is signed for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Pending
from exchange.accounts.actions import grant_role
from exchange.accounts.models import Role
from exchange.sharing import actions as sharing_actions
from exchange.sharing.clocks.parts import read_clock
from exchange.sharing.disputes import actions, clock
from exchange.sharing.disputes.actions import Decision
from exchange.sharing.disputes.sides import dispute_steps
from exchange.sharing.errors import FourEyes, NotAskable, NotThatSide, StateChanged
from exchange.sharing.models import Agreement, ClockPause, Dispute, Reminder, RequestPart
from tests.sharing.correcting import answered, asked, receive
from tests.world import World, ask, part_of

AGAIN = Decision("LOOK_AGAIN", "REFUSAL_UNFOUNDED", "The law names this very use.")


@pytest.fixture
def refused(world: World) -> RequestPart:
    """A part that the owner refused."""
    part = part_of(ask(world.person("asker"), world.requester, world.purpose, world.conditional))
    sharing_actions.check(part, acting_user=world.person("second_reviewer"), department=world.authority)
    sharing_actions.refuse(part, reason="No.", ground="LAW_FORBIDS", acting_user=world.person("approver"), department=world.owner)
    return part


def asker(world: World) -> dict[str, Any]:
    return {"acting_user": world.person("asker"), "department": world.requester}


def owner(world: World, name: str = "owner_officer") -> dict[str, Any]:
    return {"acting_user": world.person(name), "department": world.owner}


def judge(world: World, name: str = "reviewer") -> dict[str, Any]:
    return {"acting_user": world.person(name), "department": world.authority}


def opened(world: World, thing: Any, about: str = "REFUSAL", **who: Any) -> Dispute:
    return actions.open_dispute(thing, about=about, reason="The law allows it.", **(who or asker(world)))


def handed(world: World, thing: Any, about: str = "REFUSAL") -> Dispute:
    dispute = opened(world, thing, about)
    actions.hand_over(dispute, reason="We talked in vain.", **asker(world))
    return dispute


def test_the_two_sides_talk_and_settle_by_a_proposal_of_the_other(world: World, refused: RequestPart) -> None:
    dispute = opened(world, refused)
    assert (dispute.state, dispute.requester_id, dispute.provider_id) == ("TALKS", "CAB", "DPF")
    actions.say(dispute, text="Which paragraph?", **owner(world))
    with pytest.raises(StateChanged):
        actions.settle(dispute, **asker(world))
    actions.say(dispute, text="Ask for the year alone.", is_proposal=True, **owner(world))
    with pytest.raises(StateChanged):
        actions.settle(dispute, **owner(world))
    actions.settle(dispute, **asker(world))
    assert dispute.state == "SETTLED"
    assert dispute.messages.get(is_accepted=True).department_id == "DPF"
    with pytest.raises(StateChanged):
        actions.say(dispute, text="One more thing.", **asker(world))


def test_a_refused_part_is_looked_at_again_when_the_authority_says_so(world: World, refused: RequestPart) -> None:
    dispute = handed(world, refused)
    agreements = Agreement.objects.count()
    actions.rule(dispute, decision=AGAIN, **judge(world))
    refused.refresh_from_db()
    assert (dispute.state, refused.state, refused.ground, refused.decided_by) == ("RULED", "CHECKED", "", None)
    assert Agreement.objects.count() == agreements, "the authority signs for nobody"
    assert set(refused.items.values_list("decision", flat=True)) == {"ASKED"}
    due = read_clock(refused).due
    assert due is not None
    assert due.on > timezone.localdate() + timedelta(days=9), "the owner has its whole time again"


def test_before_it_is_handed_over_there_is_nothing_to_rule(world: World, refused: RequestPart) -> None:
    dispute = opened(world, refused)
    with pytest.raises(StateChanged):
        actions.rule(dispute, decision=AGAIN, **judge(world))


@pytest.mark.parametrize("name", ["asker", "approver", "authority_admin", "auditor"])
def test_only_reviewers_of_the_authority_rule(world: World, refused: RequestPart, name: str) -> None:
    dispute = handed(world, refused)
    for department in (world.requester, world.owner, world.authority):
        with pytest.raises(NotThatSide):
            actions.rule(dispute, decision=AGAIN, acting_user=world.person(name), department=department)


def test_whoever_had_a_hand_in_it_never_rules(world: World, refused: RequestPart) -> None:
    dispute = handed(world, refused)
    for name in ("asker", "approver"):
        grant_role(world.person(name), department=world.authority, role=Role.REVIEWER, acting_user=world.person("authority_admin"))
    for name in ("asker", "approver", "second_reviewer"):  # asked and handed over; refused; checked
        with pytest.raises(FourEyes):
            actions.rule(dispute, decision=AGAIN, **judge(world, name))
        assert "rule" not in dispute_steps(world.person(name), world.authority, dispute)
    assert dispute_steps(world.person("reviewer"), world.authority, dispute) == ["rule"]


@pytest.mark.parametrize(
    ("decision", "faults"),
    [
        (Decision("LOOK_AGAIN", "REFUSAL_UNFOUNDED", " "), ["reason"]),
        (Decision("LOOK_AGAIN", "BECAUSE", "x"), ["ground"]),
        (Decision("STOP_USE", "USE_BEYOND_AGREEMENT", "x"), ["ruling"]),
        (Decision("APPROVE", "", ""), ["reason", "ruling", "ground"]),
    ],
)
def test_a_ruling_has_a_fitting_order_a_ground_and_a_reason(
    world: World, refused: RequestPart, decision: Decision, faults: list[str]
) -> None:
    dispute = handed(world, refused)
    with pytest.raises(NotAskable) as found:
        actions.rule(dispute, decision=decision, **judge(world))
    assert [fault.where for fault in found.value.faults] == faults
    assert Dispute.objects.get().state == "WITH_AUTHORITY"


def test_a_ruling_that_nothing_changes_leaves_the_refusal(world: World, refused: RequestPart) -> None:
    dispute = handed(world, refused)
    actions.rule(dispute, decision=Decision("NOTHING", "REFUSAL_FOUNDED", "The law forbids it."), **judge(world))
    refused.refresh_from_db()
    assert refused.state == "REFUSED"


def test_only_the_two_sides_open_and_only_where_there_is_something_to_disagree_about(world: World, refused: RequestPart) -> None:
    for name, department in (("outsider", world.outsider), ("reviewer", world.authority), ("publisher", world.owner)):
        with pytest.raises(NotThatSide):
            opened(world, refused, acting_user=world.person(name), department=department)
    for about in ("OVERDUE", "MISUSE", "CORRECTION", "WEATHER"):
        with pytest.raises(NotAskable):
            opened(world, refused, about)
    opened(world, refused)
    with pytest.raises(StateChanged):
        opened(world, refused, **owner(world))


def test_an_overdue_answer_is_ordered_by_a_day(world: World) -> None:
    part = part_of(ask(world.person("asker"), world.requester, world.purpose, world.conditional))
    sharing_actions.check(part, acting_user=world.person("second_reviewer"), department=world.authority)
    with pytest.raises(NotAskable):
        opened(world, part, "OVERDUE")
    RequestPart.objects.filter(pk=part.pk).update(due_on=date(2020, 1, 1))
    part.refresh_from_db()
    dispute = handed(world, part, "OVERDUE")
    with pytest.raises(NotAskable):
        actions.rule(dispute, decision=Decision("ANSWER", "ANSWER_OWED", "Late.", until=date(2020, 1, 1)), **judge(world))
    until = timezone.localdate() + timedelta(days=3)
    actions.rule(dispute, decision=Decision("ANSWER", "ANSWER_OWED", "Late.", until=until), **judge(world))
    assert dispute.ruling_until == until


def test_misuse_under_an_agreement_may_be_ordered_to_stop_but_the_agreement_is_its_owners(world: World) -> None:
    dispute = opened(world, world.agreement, "MISUSE", **owner(world))
    actions.hand_over(dispute, reason="It goes on.", **owner(world))
    actions.rule(dispute, decision=Decision("STOP_USE", "USE_BEYOND_AGREEMENT", "Not for this."), **judge(world, "second_reviewer"))
    world.agreement.refresh_from_db()
    assert world.agreement.state == "IN_FORCE"


def test_a_correction_is_looked_at_again_with_its_whole_time(world: World) -> None:
    correction = answered(world, asked(world, receive(world.agreement)), "confirm")
    dispute = handed(world, correction, "CORRECTION")
    actions.rule(dispute, decision=Decision("LOOK_AGAIN", "REGISTER_UNCERTAIN", "Two papers differ."), **judge(world))
    correction.refresh_from_db()
    assert (correction.state, correction.answer, correction.answered_by) == ("OPEN", None, None)


def test_the_clock_of_an_open_correction_stands_while_the_authority_has_the_dispute(world: World) -> None:
    correction = asked(world, receive(world.agreement))
    dispute = opened(world, correction, "CORRECTION", **owner(world))
    assert not ClockPause.objects.exists(), "opening a dispute stops nothing: no party stops its own clock"
    actions.hand_over(dispute, reason="We talked in vain.", **owner(world))
    assert ClockPause.objects.get().reason == "DISPUTE"
    actions.take_back(dispute, **owner(world))
    assert ClockPause.objects.get().until is not None


def test_only_the_side_that_opened_it_takes_a_dispute_back(world: World, refused: RequestPart) -> None:
    dispute = opened(world, refused)
    with pytest.raises(NotThatSide):
        actions.take_back(dispute, **owner(world))
    actions.take_back(dispute, **asker(world))
    assert dispute.state == "WITHDRAWN"
    opened(world, refused)


def test_disputes_are_seen_by_their_parties_and_by_those_who_watch(world: World, refused: RequestPart) -> None:
    opened(world, refused)
    names = ("asker", "approver", "reviewer", "auditor", "outsider")
    seen = {name: Dispute.objects.visible_to(world.person(name)).count() for name in names}
    assert seen == {"asker": 1, "approver": 1, "reviewer": 1, "auditor": 1, "outsider": 0}


def test_every_step_of_a_dispute_is_an_entry(world: World, refused: RequestPart) -> None:
    before = Pending.objects.count()
    dispute = opened(world, refused)
    actions.say(dispute, text="x", **owner(world))
    actions.say(dispute, text="x", is_proposal=True, **owner(world))
    actions.hand_over(dispute, reason="x", **asker(world))
    actions.rule(dispute, decision=AGAIN, **judge(world))
    assert Pending.objects.count() == before + 6  # the ruling, and the step of the part that it ordered


def test_a_dispute_that_lies_reminds_whose_move_it_is(world: World, refused: RequestPart) -> None:
    dispute = opened(world, refused)
    day = dispute.due_on
    for _ in range(30):
        day += timedelta(days=1)
        clock.due_reminders(day)
    kinds = Reminder.objects.exclude(kind="DISPUTE_DUE").order_by("pk").values_list("kind", "department_id")
    assert list(kinds) == [("DISPUTE_OVERDUE", "DPF"), ("DISPUTE_ESCALATED", "DATA")]
