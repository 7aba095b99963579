"""Disputes and clocks on the console: opened where the refusal stands, talked about, ruled; a clock that says why it stands."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import Dispute, RequestPart
from tests.portal.test_department_corrections import page, sitting
from tests.world import World, ask, part_of


@pytest.fixture
def checked(world: World) -> RequestPart:
    part = part_of(ask(world.person("asker"), world.requester, world.purpose, world.conditional))
    sharing_actions.check(part, acting_user=world.person("second_reviewer"), department=world.authority)
    return part


@pytest.fixture
def refused(world: World, checked: RequestPart) -> RequestPart:
    sharing_actions.refuse(checked, reason="No.", ground="LAW_FORBIDS", acting_user=world.person("approver"), department=world.owner)
    return checked


def test_a_refusal_is_disputed_talked_about_and_ruled_upon(world: World, refused: RequestPart) -> None:
    asker, owner, judge = sitting(world, "asker"), sitting(world, "owner_officer"), sitting(world, "reviewer")
    number = refused.request.number
    assert f"/console/requests/{number}/R14/dispute" in page(asker, f"/requests/{number}")
    opening = f"/en/console/requests/{number}/R14/dispute"
    assert asker.post(opening, {"about": "REFUSAL"}).status_code == 422
    assert asker.post(opening, {"about": "REFUSAL", "reason": "The law allows it."}).status_code == 302
    found = Dispute.objects.get()
    here = f"/en/console/disputes/{found.number}"
    assert found.number in page(owner, "/disputes")
    assert "The refusal of a request" in page(owner, "")
    assert owner.post(here, {"text": ""}).status_code == 422
    assert owner.post(here, {"text": "The year alone.", "is_proposal": "on"}).status_code == 302
    assert "The other side has made a proposal" in page(asker, f"/disputes/{found.number}")
    assert asker.post(f"{here}/hand_over", {"reason": "We need the day."}).status_code == 302
    assert owner.get(f"{here}/rule").status_code == 403
    assert sitting(world, "second_reviewer").get(f"{here}/rule").status_code == 403
    assert "Rule" in page(judge, "")
    ruling: dict[str, Any] = {"ruling": "LOOK_AGAIN", "ground": "REFUSAL_UNFOUNDED"}
    assert judge.post(f"{here}/rule", ruling).status_code == 422
    assert judge.post(f"{here}/rule", {**ruling, "reason": "The law names this use."}).status_code == 302
    assert "The law names this use." in page(asker, f"/disputes/{found.number}")
    refused.refresh_from_db()
    assert refused.state == "CHECKED"
    page(sitting(world, "outsider"), f"/disputes/{found.number}", 404)


def test_a_proposal_is_accepted_by_the_other_side(world: World, refused: RequestPart) -> None:
    asker, owner = sitting(world, "asker"), sitting(world, "owner_officer")
    asker.post(f"/en/console/requests/{refused.request.number}/R14/dispute", {"about": "REFUSAL", "reason": "x"})
    here = f"/en/console/disputes/{Dispute.objects.get().number}"
    assert asker.post(f"{here}/settle").status_code == 302
    assert Dispute.objects.get().state == "TALKS", "nothing was proposed"
    owner.post(here, {"text": "The year alone.", "is_proposal": "on"})
    asker.post(f"{here}/settle")
    assert Dispute.objects.get().state == "SETTLED"


def test_where_nothing_is_wrong_no_dispute_is_opened(world: World, checked: RequestPart) -> None:
    shown = page(sitting(world, "asker"), f"/requests/{checked.request.number}/R14/dispute")
    assert "There is nothing to disagree about here" in shown
    page(sitting(world, "reviewer"), f"/requests/{checked.request.number}/R14/dispute", 403)


def test_the_page_of_a_clock_says_by_which_rule_and_that_nobody_checked_it(world: World, checked: RequestPart) -> None:
    shown = page(sitting(world, "asker"), f"/requests/{checked.request.number}/R14/clock")
    assert "10 working days" in shown
    assert "State Council Decree 809" in shown
    assert "Unverified" in shown
    assert "Ask for more days" not in shown


def test_more_days_are_asked_for_and_granted_on_the_page(world: World, checked: RequestPart) -> None:
    owner, judge = sitting(world, "approver"), sitting(world, "reviewer")
    here = f"/en/console/requests/{checked.request.number}/R14/clock"
    assert owner.post(here, {"step": "ask_extension", "days": "99", "reason": "Two registers."}).status_code == 422
    assert owner.post(here, {"step": "answer_extension", "is_granted": "yes", "answer": "x"}).status_code == 403
    assert owner.post(here, {"step": "ask_extension", "days": "5", "reason": "Two registers."}).status_code == 302
    assert "more days to answer" in page(judge, "")
    before = checked.due_on
    assert judge.post(here, {"step": "answer_extension", "is_granted": "yes", "answer": "So be it."}).status_code == 302
    checked.refresh_from_db()
    assert before is not None
    assert checked.due_on is not None
    assert checked.due_on > before
    assert judge.post(here, {"step": "pause", "reason": "PROVIDER_OUTAGE", "note": "The register is down."}).status_code == 302
    stands = page(owner, f"/requests/{checked.request.number}/R14/clock")
    assert "The clock stands" in stands
    assert "system is down" in stands
    assert "The clock stands" in page(owner, f"/requests/{checked.request.number}")
    assert judge.post(here, {"step": "resume", "reason": "PROVIDER_OUTAGE"}).status_code == 302


def test_a_late_answer_says_by_how_many_days(world: World, checked: RequestPart) -> None:
    from datetime import timedelta

    import time_machine
    from django.utils import timezone

    with time_machine.travel(timezone.now() + timedelta(days=40), tick=True):
        assert "working days late" in page(sitting(world, "asker"), f"/requests/{checked.request.number}")
