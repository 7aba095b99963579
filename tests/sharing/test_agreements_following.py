"""How agreements follow each other: changed or renewed without a gap, reminded of in time, and looked at before they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import acts
from audit.models import EntryIndex
from exchange.accounts.errors import RoleNeeded
from exchange.delivery.deliver import current_policies
from exchange.sharing import actions, losses, renewals
from exchange.sharing.errors import NotThatSide, StateChanged
from exchange.sharing.losses import StoppedMatter
from exchange.sharing.models import Agreement, Reminder, RequestPart
from tests.delivery.wire_caller import Caller
from tests.world import World
from tests.world_data import SUBJECTS

WHY: dict[str, Any] = {"reason": "Checked by hand.", "ground": "MISUSE_SUSPECTED"}


def who(world: World, name: str, department: str = "requester") -> dict[str, Any]:
    return {"acting_user": world.person(name), "department": getattr(world, department)}


def approved(world: World, part: RequestPart) -> Agreement:
    """From a draft to a text that waits for the requester's signature."""
    actions.submit(part.request, **who(world, "asker"))
    part.refresh_from_db()
    found = actions.check(part, **who(world, "reviewer", "authority"))
    found = found or actions.approve(part, **who(world, "approver", "owner"))
    if found is None:
        part.refresh_from_db()
        found = actions.confirm(part, **who(world, "owner_officer", "owner"))
    return found


def test_a_change_begins_with_everything_as_it_is(world: World) -> None:
    part = actions.amend(world.agreement, **who(world, "asker"))
    text = world.agreement.document
    assert (part.supersedes, part.state) == (world.agreement.agreement_id, "DRAFT")
    assert [item.name for item in part.items.all()] == text["items"]
    assert {fact.name: fact.parameters for fact in part.facts.all()} == {fact["fact"]: fact["with"] for fact in text["facts"]}
    assert (part.period_until, part.per_day, part.systems) == (world.agreement.period_until, text["quota"]["per_day"], text["systems"])


def test_beginning_a_change_twice_finds_the_same_draft(world: World) -> None:
    first = actions.amend(world.agreement, **who(world, "asker"))
    assert actions.amend(world.agreement, **who(world, "signer")).pk == first.pk


def test_no_batch_falls_between_the_old_and_the_new(world: World) -> None:
    old, caller = world.agreement.agreement_id, Caller("CAB-relief")
    new = approved(world, actions.amend(world.agreement, **who(world, "asker")))
    assert caller.query(old, SUBJECTS[0]).status == 200
    assert caller.query(new.agreement_id, SUBJECTS[0]).code == "NO_AGREEMENT"
    actions.sign_agreement(new, **who(world, "signer"))
    refused = caller.query(old, SUBJECTS[0])
    assert (refused.status, refused.code, refused.body["superseded_by"]) == (409, "SUPERSEDED", new.agreement_id)
    assert caller.query(new.agreement_id, SUBJECTS[0]).status == 200


def test_at_each_version_of_the_policy_exactly_one_of_both_is_open(world: World) -> None:
    new = approved(world, actions.amend(world.agreement, **who(world, "asker")))
    ids = (world.agreement.agreement_id, new.agreement_id)

    def open_ones() -> list[str]:
        policies = current_policies(acts.standing()).by_agreement
        return [name for name in ids if name in policies and policies[name].state == "IN_FORCE"]

    before, head = open_ones(), acts.standing().head.seq
    actions.sign_agreement(new, **who(world, "signer"))
    assert (before, open_ones(), acts.standing().head.seq) == ([ids[0]], [ids[1]], head + 1)
    world.agreement.refresh_from_db()
    assert (world.agreement.state, world.agreement.superseded_by) == ("SUPERSEDED", new.agreement_id)


def test_a_renewal_lasts_as_long_again(world: World) -> None:
    old = world.agreement
    part = actions.renew(old, **who(world, "asker"))
    assert part.period_until == old.period_until + min(old.period_until - old.period_from, timedelta(days=365))


def test_only_the_requesters_officers_begin_a_change(world: World) -> None:
    with pytest.raises(RoleNeeded):
        actions.amend(world.agreement, **who(world, "requester_admin"))
    with pytest.raises(NotThatSide):
        actions.amend(world.agreement, **who(world, "approver", "owner"))


def test_what_is_not_in_force_is_not_changed(world: World) -> None:
    actions.suspend(world.agreement, **WHY, **who(world, "approver", "owner"))
    with pytest.raises(StateChanged):
        actions.amend(world.agreement, **who(world, "asker"))


@pytest.mark.parametrize(("days", "made"), [(61, 0), (60, 1), (45, 1), (30, 1), (8, 1), (7, 1), (0, 1)])
def test_the_end_of_an_agreement_is_reminded_of_once_a_step(world: World, days: int, made: int) -> None:
    Agreement.objects.filter(pk=world.agreement.pk).update(period_until=timezone.now() + timedelta(days=days, hours=1))
    world.agreement.refresh_from_db()
    today = timezone.localdate(world.agreement.period_until) - timedelta(days=days)
    renewals.due_reminders(today)
    renewals.due_reminders(today)
    found = Reminder.objects.filter(target=world.agreement.agreement_id)
    assert (found.count(), {row.department_id for row in found}) == (made, {"CAB"} if made else set())


def test_the_new_agreement_settles_what_was_reminded_of(world: World) -> None:
    Agreement.objects.filter(pk=world.agreement.pk).update(period_until=timezone.now() + timedelta(days=20))
    renewals.due_reminders(timezone.localdate())
    actions.sign_agreement(approved(world, actions.renew(world.agreement, **who(world, "asker"))), **who(world, "signer"))
    assert not Reminder.objects.filter(target=world.agreement.agreement_id, settled_at__isnull=True).exists()


def test_before_it_ends_the_page_can_say_who_loses_what(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    ms = int(now.timestamp() * 1000)
    day = 86_400_000
    for entry, (age, kind) in enumerate([(1, "exchange"), (29, "exchange"), (31, "exchange"), (1, "refusal")], start=900):
        EntryIndex.objects.create(entry=entry, time_ms=ms - age * day, type=kind, agreement=world.agreement.agreement_id, count=3)
    monkeypatch.setattr(losses, "_counters", {"matters": lambda _agreement: [StoppedMatter("M01", {"en": "Allowance"}, 4)]})
    found = losses.losses_of(world.agreement, now)
    assert (found.exchanges, found.subjects, found.open_cases) == (2, 6, 4)
    assert (found.systems, found.items, found.facts) == (("CAB-relief",), ("grade", "valid_until"), ("valid", "grade_in"))
