"""Once a quarter every role is confirmed: what is due when, who confirms whose, and what the calendar does otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from exchange.accounts import acting
from exchange.accounts.actions import confirm_roles, departments_to_remind, grant_role, suspend_unconfirmed
from exchange.accounts.confirming import Due, due_of, quarter_of
from exchange.accounts.errors import LastAdministrator, NotAllowed
from exchange.accounts.models import Membership, PeopleChange, Role
from tests.world import World

LONG_AGO = datetime(2025, 11, 2, 4, 0, tzinfo=UTC)
FIRST, REMINDED, OVER = (datetime(2026, 1, 1, 4, 0, tzinfo=UTC) + timedelta(days=days) for days in (0, 14, 30))


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2025, 12, 31), Due.NOTHING),
        (date(2026, 1, 1), Due.CONFIRM),
        (date(2026, 1, 14), Due.CONFIRM),
        (date(2026, 1, 15), Due.REMIND),
        (date(2026, 1, 30), Due.REMIND),
        (date(2026, 1, 31), Due.SUSPEND),
        (date(2026, 3, 31), Due.SUSPEND),
    ],
)
def test_what_is_due_when(today: date, due: Due) -> None:
    assert due_of(since=date(2025, 11, 2), confirmed_on=None, today=today) is due


@pytest.mark.parametrize(("confirmed", "due"), [(date(2025, 12, 31), Due.SUSPEND), (date(2026, 1, 1), Due.NOTHING)])
def test_a_confirmation_holds_for_its_quarter(confirmed: date, due: Due) -> None:
    assert due_of(since=date(2025, 1, 2), confirmed_on=confirmed, today=date(2026, 2, 20)) is due


def test_what_is_given_in_the_quarter_needs_nothing() -> None:
    assert due_of(since=date(2026, 1, 1), confirmed_on=None, today=date(2026, 3, 31)) is Due.NOTHING


@pytest.mark.parametrize("month", range(1, 13))
def test_a_quarter_begins_in_january_april_july_and_october(month: int) -> None:
    start = quarter_of(date(2026, month, 28))
    assert start.month in (1, 4, 7, 10)
    assert (start.day, 0 <= month - start.month <= 2) == (1, True)


@pytest.fixture
def old(world: World) -> World:
    """The world, whose roles were all given in the quarter before."""
    Membership.objects.update(valid_from=LONG_AGO)
    return world


def role_of(world: World, name: str) -> Membership:
    return world.person(name).memberships.get()


def test_nothing_is_suspended_before_its_day(old: World) -> None:
    assert suspend_unconfirmed(now=OVER - timedelta(days=1)) == 0


def test_what_nobody_confirmed_counts_for_nothing_and_is_not_deleted(old: World) -> None:
    approver = old.person("approver")
    before = Membership.objects.count()
    assert suspend_unconfirmed(now=OVER) == before - 1
    assert acting.roles_in(approver, old.owner) == frozenset()
    assert Membership.objects.count() == before
    assert PeopleChange.objects.filter(event="role_suspended", person=approver, by=None).count() == 1
    assert suspend_unconfirmed(now=OVER) == 0


def test_the_authoritys_last_administrator_stays(old: World) -> None:
    suspend_unconfirmed(now=OVER)
    assert acting.roles_in(old.person("authority_admin"), old.authority) == {Role.ADMINISTRATOR}


def test_of_two_administrators_of_the_authority_one_stays(old: World) -> None:
    grant_role(old.person("reviewer"), department=old.authority, role=Role.ADMINISTRATOR, acting_user=old.person("authority_admin"))
    Membership.objects.update(valid_from=LONG_AGO)
    suspend_unconfirmed(now=OVER)
    names = ("authority_admin", "reviewer")
    assert [Role.ADMINISTRATOR in acting.roles_in(old.person(name), old.authority) for name in names].count(True) == 1


def test_what_is_confirmed_goes_on_and_what_is_ended_ends(old: World) -> None:
    admin = old.person("owner_admin")
    done = confirm_roles(keep=[role_of(old, "approver")], end=[role_of(old, "publisher")], acting_user=admin)
    assert done == 2
    assert role_of(old, "approver").confirmed_by == admin
    assert acting.roles_in(old.person("publisher"), old.owner) == frozenset()
    assert set(PeopleChange.objects.filter(by=admin).values_list("event", flat=True)) >= {"role_confirmed", "role_ended"}


def test_a_suspended_role_counts_again_once_it_is_confirmed(old: World) -> None:
    suspend_unconfirmed(now=OVER)
    authority = old.person("authority_admin")
    confirm_roles(keep=[role_of(old, "owner_admin")], end=[], acting_user=authority)
    confirm_roles(keep=[role_of(old, "approver")], end=[], acting_user=old.person("owner_admin"))
    assert acting.roles_in(old.person("approver"), old.owner) == {Role.OFFICER}


def test_administrators_are_confirmed_by_the_authority_and_never_by_themselves(old: World) -> None:
    admin, authority = old.person("owner_admin"), old.person("authority_admin")
    grant_role(old.person("steward"), department=old.owner, role=Role.ADMINISTRATOR, acting_user=admin)
    with pytest.raises(NotAllowed):
        confirm_roles(keep=[role_of(old, "owner_admin")], end=[], acting_user=old.person("steward"))
    with pytest.raises(NotAllowed):
        confirm_roles(keep=[role_of(old, "owner_admin")], end=[], acting_user=admin)
    with pytest.raises(NotAllowed):
        confirm_roles(keep=[role_of(old, "authority_admin")], end=[], acting_user=authority)
    assert confirm_roles(keep=[role_of(old, "owner_admin")], end=[], acting_user=authority) == 1


def test_one_line_that_is_refused_leaves_all_as_they_were(old: World) -> None:
    lines = [role_of(old, "approver"), role_of(old, "asker")]
    with pytest.raises(NotAllowed):
        confirm_roles(keep=lines, end=[], acting_user=old.person("owner_admin"))
    assert not Membership.objects.filter(confirmed_at__isnull=False).exists()


def test_the_last_administrator_is_not_ended_by_the_list(old: World) -> None:
    with pytest.raises(LastAdministrator):
        confirm_roles(keep=[], end=[role_of(old, "owner_admin")], acting_user=old.person("authority_admin"))


@pytest.mark.parametrize(("now", "codes"), [(REMINDED - timedelta(days=1), set()), (REMINDED, {"DATA", "DPF", "CAB", "HSG"})])
def test_those_who_confirm_are_reminded_after_fourteen_days(old: World, now: datetime, codes: set[str]) -> None:
    assert {department.code for department in departments_to_remind(now=now)} == codes


def test_the_tick_reminds_once_suspends_and_settles(old: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from exchange.sharing import role_reminders
    from exchange.sharing.models.clocks import Reminder

    for today in (date(2026, 1, 15), date(2026, 1, 16)):
        role_reminders.due_reminders(today)
    rows: Any = Reminder.objects.filter(kind="ROLES_UNCONFIRMED", settled_at=None)
    assert sorted(rows.values_list("target", flat=True)) == ["CAB", "DATA", "DPF", "HSG"]
    Membership.objects.update(confirmed_at=datetime(2026, 1, 17, 4, 0, tzinfo=UTC))
    role_reminders.due_reminders(date(2026, 1, 18))
    assert rows.count() == 0
    Membership.objects.update(confirmed_at=None)
    role_reminders.due_reminders(date(2026, 1, 31))
    assert acting.roles_in(old.person("approver"), old.owner) == frozenset()
