"""Agreements: in force from their act, stopped by either side or the authority, and never opened by a row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import acts
from audit.errors import PolicyRollback
from exchange.accounts.actions import grant_role
from exchange.accounts.models import Role
from exchange.sharing import actions, projection
from exchange.sharing.errors import FourEyes, NotAskable, NotThatSide, StateChanged
from exchange.sharing.models import Agreement
from exchange.sharing.sides import agreement_steps
from tests.world import World, agree, approve, ask, part_of

WHY: dict[str, Any] = {"reason": "Checked by hand.", "ground": "MISUSE_SUSPECTED"}


def state_by_acts(agreement: Agreement) -> str:
    return acts.standing().agreements[agreement.agreement_id].state.value


def who(world: World, name: str, department: str) -> dict[str, Any]:
    return {"acting_user": world.person(name), "department": getattr(world, department)}


SIDES = [("approver", "owner"), ("steward", "owner"), ("signer", "requester"), ("reviewer", "authority")]


@pytest.mark.parametrize(("name", "department"), SIDES)
def test_each_side_suspends_and_resumes_its_own(world: World, name: str, department: str) -> None:
    actions.suspend(world.agreement, **WHY, **who(world, name, department))
    assert (world.agreement.state, state_by_acts(world.agreement)) == ("SUSPENDED", "SUSPENDED")
    actions.resume(world.agreement, reason="Cleared.", **who(world, name, department))
    assert (world.agreement.state, state_by_acts(world.agreement)) == ("IN_FORCE", "IN_FORCE")


@pytest.mark.parametrize(("name", "department"), SIDES)
def test_each_side_revokes_and_that_is_final(world: World, name: str, department: str) -> None:
    actions.revoke(world.agreement, **WHY, **who(world, name, department))
    assert (world.agreement.state, state_by_acts(world.agreement)) == ("REVOKED", "REVOKED")
    with pytest.raises(StateChanged):
        actions.resume(world.agreement, reason="Sorry.", **who(world, name, department))


def test_one_side_does_not_lift_what_the_other_suspended(world: World) -> None:
    actions.suspend(world.agreement, **WHY, **who(world, "approver", "owner"))
    with pytest.raises(NotThatSide):
        actions.resume(world.agreement, reason="Please.", **who(world, "signer", "requester"))
    actions.suspend(world.agreement, **WHY, **who(world, "reviewer", "authority"))
    actions.resume(world.agreement, reason="Cleared.", **who(world, "approver", "owner"))
    assert (world.agreement.state, set(world.agreement.suspended_by)) == ("SUSPENDED", {"authority"})


@pytest.mark.parametrize(
    ("name", "department"), [("outsider", "outsider"), ("auditor", "authority"), ("publisher", "owner"), ("requester_admin", "requester")]
)
def test_others_do_not_stop_an_agreement(world: World, name: str, department: str) -> None:
    for action in (actions.suspend, actions.revoke):
        with pytest.raises(NotThatSide):
            action(world.agreement, **WHY, **who(world, name, department))
    assert state_by_acts(world.agreement) == "IN_FORCE"


def test_stopping_needs_a_reason_and_a_ground(world: World) -> None:
    with pytest.raises(NotAskable):
        actions.revoke(world.agreement, reason="", ground="", **who(world, "approver", "owner"))


def test_whoever_approved_does_not_sign_for_the_requester(small_world: World) -> None:
    approver = small_world.person("approver")
    grant_role(approver, department=small_world.requester, role=Role.OFFICER, acting_user=small_world.person("requester_admin"))
    part = part_of(small_world.request)
    actions.check(part, **who(small_world, "reviewer", "authority"))
    agreement = approve(part, small_world.people, small_world.owner)
    with pytest.raises(FourEyes):
        actions.sign_agreement(agreement, **who(small_world, "approver", "requester"))
    assert agreement.agreement_id not in acts.standing().agreements


@pytest.mark.parametrize(
    ("name", "department"), [("approver", "owner"), ("reviewer", "authority"), ("outsider", "outsider"), ("requester_admin", "requester")]
)
def test_only_an_officer_of_the_requester_signs(small_world: World, name: str, department: str) -> None:
    part = part_of(small_world.request)
    actions.check(part, **who(small_world, "reviewer", "authority"))
    agreement = approve(part, small_world.people, small_world.owner)
    with pytest.raises(NotThatSide):
        actions.sign_agreement(agreement, **who(small_world, name, department))


def test_an_agreement_is_signed_once(world: World) -> None:
    with pytest.raises(StateChanged):
        actions.sign_agreement(world.agreement, **who(world, "asker", "requester"))


def test_a_text_changed_in_the_table_is_not_accepted(small_world: World) -> None:
    from audit.errors import HubError

    part = part_of(small_world.request)
    actions.check(part, **who(small_world, "reviewer", "authority"))
    agreement = approve(part, small_world.people, small_world.owner)
    agreement.order["agreement"]["items"].append("person")
    Agreement.objects.filter(pk=agreement.pk).update(order=agreement.order, document=agreement.order["agreement"])
    agreement.refresh_from_db()
    with pytest.raises(HubError):
        actions.sign_agreement(agreement, **who(small_world, "signer", "requester"))
    assert not acts.standing().agreements


def test_a_new_agreement_ends_the_one_that_it_replaces(world: World) -> None:
    old = world.agreement
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, supersedes=old.agreement_id, items=["grade"])
    assert state_by_acts(old) == "IN_FORCE"
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    new = agree(request, world.people, parties)
    old.refresh_from_db()
    assert (old.state, old.superseded_by, new.state) == ("SUPERSEDED", new.agreement_id, "IN_FORCE")


def test_expiry_is_the_period_read_against_the_clock(world: World) -> None:
    agreement = world.agreement
    assert agreement.state_at(timezone.now()) == "IN_FORCE"
    assert agreement.state_at(agreement.period_until) == "EXPIRED"
    assert not Agreement.objects.in_force(agreement.period_until + timedelta(seconds=1)).exists()


def test_rows_are_rebuilt_from_acts(world: World) -> None:
    actions.revoke(world.agreement, **WHY, **who(world, "approver", "owner"))
    Agreement.objects.filter(pk=world.agreement.pk).update(state="IN_FORCE", document={}, ended_seq=None)
    assert projection.rebuild(acts.standing()) == 1
    world.agreement.refresh_from_db()
    assert (world.agreement.state, world.agreement.document["requester"]) == ("REVOKED", "CAB")


def test_a_row_without_an_act_is_set_back(world: World) -> None:
    invented = {"provider": world.owner, "requester": world.requester, "dataset": world.conditional, "document": {}, "order": {}}
    period = {"period_from": timezone.now(), "period_until": timezone.now() + timedelta(days=1)}
    Agreement.objects.create(agreement_id="a" * 32, state="IN_FORCE", act_seq=99, **invented, **period)
    projection.rebuild(acts.standing())
    assert Agreement.objects.get(agreement_id="a" * 32).state == "PROPOSED"
    assert "a" * 32 not in acts.standing().agreements


def test_steps_offered_are_steps_that_work(world: World) -> None:
    approver, owner = world.person("approver"), world.owner
    assert agreement_steps(approver, owner, world.agreement) == ["revoke", "suspend"]
    actions.suspend(world.agreement, **WHY, **who(world, "approver", "owner"))
    assert agreement_steps(approver, owner, world.agreement) == ["resume", "revoke"]
    assert agreement_steps(world.person("signer"), world.requester, world.agreement) == ["revoke", "suspend"]
    assert agreement_steps(world.person("outsider"), world.outsider, world.agreement) == []


def test_parties_auditors_and_reviewers_see_an_agreement_and_nobody_else(world: World) -> None:
    seen = {name for name, person in world.people.items() if Agreement.objects.visible_to(person).exists()}
    assert set(world.people) - seen == {"outsider", "authority_admin"}


def test_the_chain_still_verifies_after_a_whole_life(world: World) -> None:
    actions.suspend(world.agreement, **WHY, **who(world, "approver", "owner"))
    actions.revoke(world.agreement, **WHY, **who(world, "reviewer", "authority"))
    acts.forget()
    try:
        assert state_by_acts(world.agreement) == "REVOKED"
    except PolicyRollback as failure:  # pragma: no cover - says why when it fails
        pytest.fail(str(failure))
