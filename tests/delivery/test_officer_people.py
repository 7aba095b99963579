"""The officers' queue and the people: deputies answer nothing that either of the two asked, and nothing is lost when one leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from exchange.accounts.actions import end_service, grant_role, name_deputy
from exchange.accounts.models import Deputyship, Role
from exchange.accounts.standing_in import standing_in
from exchange.delivery.models import OfficerQuestion
from exchange.delivery.officer import actions
from exchange.delivery.officer.errors import NotYourQuestion
from exchange.sharing.models import Agreement
from tests.delivery.errands_world import OFFICER_STORE, agreed_about, publish_remote
from tests.delivery.wire_caller import Caller
from tests.world import World
from tests.world_data import SUBJECTS


def asked(world: World, **more: Any) -> OfficerQuestion:
    """A question to the owner's officers."""
    agreement: Agreement = agreed_about(world, publish_remote(world, OFFICER_STORE))
    waiting = Caller("CAB-relief").query(agreement.agreement_id, SUBJECTS[0], **more)
    assert waiting.status == 202
    return OfficerQuestion.objects.get()


def deputyship(world: World) -> Deputyship:
    """The publisher stands in for the owner's officer."""
    now, holder = timezone.now(), world.person("owner_officer")
    span = {"valid_from": now, "valid_until": now + timedelta(days=5)}
    return name_deputy(holder, deputy=world.person("publisher"), department=world.owner, **span, acting_user=holder)


def test_claimed_questions_go_to_whoever_goes_on(world: World) -> None:
    question, officer, to = asked(world), world.person("owner_officer"), world.person("approver")
    actions.claim(question, acting_user=officer)
    left = end_service(officer, department=world.owner, to=to, acting_user=world.person("owner_admin"))
    question.refresh_from_db()
    assert (left.handed_over, question.claimed_by, question.state) == (1, to, "CLAIMED")
    assert actions.look(question, acting_user=to).question.items


def test_whoever_works_for_those_who_ask_gets_none_and_it_waits_again(world: World) -> None:
    question, officer, to = asked(world), world.person("owner_officer"), world.person("approver")
    grant_role(to, department=world.requester, role=Role.OFFICER, acting_user=None)
    actions.claim(question, acting_user=officer)
    end_service(officer, department=world.owner, to=to, acting_user=world.person("owner_admin"))
    question.refresh_from_db()
    assert (question.claimed_by, question.state) == (None, "WAITING")


def test_a_deputy_answers_in_the_holders_place(world: World) -> None:
    question, deputy = asked(world), world.person("publisher")
    with standing_in(deputyship(world)):
        actions.claim(question, acting_user=deputy)
        assert actions.look(question, acting_user=deputy).question.items


@pytest.mark.parametrize("name", ["owner_officer", "publisher"])
def test_a_deputy_answers_nothing_that_either_of_the_two_asked(world: World, name: str) -> None:
    question = asked(world, officer=world.person(name).get_username())
    with standing_in(deputyship(world)), pytest.raises(NotYourQuestion):
        actions.claim(question, acting_user=world.person("publisher"))


def test_a_deputys_own_role_at_those_who_ask_counts_while_standing_in(world: World) -> None:
    question, deputy = asked(world), world.person("publisher")
    grant_role(deputy, department=world.requester, role=Role.OFFICER, acting_user=None)
    with standing_in(deputyship(world)), pytest.raises(NotYourQuestion):
        actions.claim(question, acting_user=deputy)
