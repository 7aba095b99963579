"""Roles: who gives them, what they open, and what they leave in the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Blob
from audit.proof.canonical import loads
from audit.proof.disclosure import open_disclosure
from catalog import permission
from exchange.accounts import acting
from exchange.accounts.actions import add_person, appoint_steward, dismiss_steward, end_role, grant_role, invite_again
from exchange.accounts.errors import Conflict, Invalid, NotAllowed, RoleNeeded, WrongDepartmentForRole
from exchange.accounts.models import DatasetUserObjectPermission, Membership, Person, Role
from tests.world import World

NAMES = {"en": "Li Na", "zh": "李娜"}


def test_an_administrator_invites_officers_of_the_own_department_only(world: World) -> None:
    admin = world.person("owner_admin")
    person = add_person("dpf.new", names=NAMES, department=world.owner, role=Role.OFFICER, acting_user=admin)
    assert acting.departments_as(person, Role.OFFICER) == {"DPF"}
    assert not person.has_usable_password()
    with pytest.raises(RoleNeeded):
        add_person("cab.new", names=NAMES, department=world.requester, role=Role.OFFICER, acting_user=admin)


@pytest.mark.parametrize("name", ["approver", "publisher", "outsider", "auditor", "reviewer"])
def test_nobody_else_gives_roles(world: World, name: str) -> None:
    with pytest.raises(NotAllowed):
        grant_role(world.person("steward"), department=world.owner, role=Role.OFFICER, acting_user=world.person(name))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.REVIEWER])
def test_a_department_does_not_make_its_own_auditors_or_reviewers(world: World, role: Role) -> None:
    with pytest.raises((RoleNeeded, WrongDepartmentForRole)):
        grant_role(world.person("publisher"), department=world.owner, role=role, acting_user=world.person("owner_admin"))


def test_reviewers_work_for_the_authority_only(world: World) -> None:
    with pytest.raises(WrongDepartmentForRole):
        grant_role(world.person("publisher"), department=world.owner, role=Role.REVIEWER, acting_user=world.person("authority_admin"))


def test_nobody_gives_a_role_to_themselves(world: World) -> None:
    admin = world.person("owner_admin")
    with pytest.raises(NotAllowed):
        grant_role(admin, department=world.owner, role=Role.OFFICER, acting_user=admin)


def test_an_ended_role_opens_nothing_and_stays_as_history(world: World) -> None:
    approver = world.person("approver")
    membership = approver.memberships.get()
    end_role(membership, acting_user=world.person("owner_admin"))
    assert acting.roles_in(approver, world.owner) == frozenset()
    assert Membership.objects.filter(pk=membership.pk).exists()
    with pytest.raises(Conflict):
        end_role(membership, acting_user=world.person("owner_admin"))


def test_a_role_counts_within_its_time_only(world: World) -> None:
    person, now = world.person("outsider"), timezone.now()
    later = now + timedelta(days=1)
    grant_role(person, department=world.owner, role=Role.OFFICER, acting_user=world.person("owner_admin"), valid_until=later)
    assert acting.departments_as(person, Role.OFFICER, at=now + timedelta(hours=1)) == {"HSG", "DPF"}
    assert acting.departments_as(person, Role.OFFICER, at=later) == {"HSG"}
    assert acting.departments_as(person, Role.OFFICER, at=now - timedelta(days=1)) == frozenset()


def test_somebody_who_may_not_sign_in_plays_no_role(world: World) -> None:
    person = world.person("approver")
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert acting.departments_as(Person.objects.get(pk=person.pk), Role.OFFICER) == frozenset()


def test_there_is_no_superuser_to_flip() -> None:
    assert "is_superuser" not in {field.name for field in Person._meta.get_fields()}
    assert Person.is_superuser is False


def test_a_taken_sign_in_name_is_refused_and_nothing_is_left(world: World) -> None:
    before = Person.objects.count()
    with pytest.raises(Invalid):
        add_person("dpf.approver", names=NAMES, department=world.owner, role=Role.OFFICER, acting_user=world.person("owner_admin"))
    assert Person.objects.count() == before


def test_a_steward_works_for_the_owner(world: World) -> None:
    admin = world.person("owner_admin")
    assert acting.is_steward(world.person("steward"), world.conditional)
    assert not acting.is_steward(world.person("steward"), world.unconditional)
    with pytest.raises(Invalid):
        appoint_steward(world.conditional, person=world.person("outsider"), acting_user=admin)
    with pytest.raises(RoleNeeded):
        appoint_steward(world.conditional, person=world.person("publisher"), acting_user=world.person("requester_admin"))


def test_a_steward_who_has_left_is_none(world: World) -> None:
    steward = world.person("steward")
    end_role(steward.memberships.get(), acting_user=world.person("owner_admin"))
    assert DatasetUserObjectPermission.objects.filter(user=steward).exists()
    assert not acting.is_steward(steward, world.conditional)
    assert acting.stewarded(steward) == frozenset()


def test_a_dismissed_steward_is_none(world: World) -> None:
    steward, admin = world.person("steward"), world.person("owner_admin")
    dismiss_steward(world.conditional, person=steward, acting_user=admin)
    assert not acting.is_steward(steward, world.conditional)
    with pytest.raises(Conflict):
        dismiss_steward(world.conditional, person=steward, acting_user=admin)


def test_the_catalogue_asks_this_room(world: World) -> None:
    permission.require(world.person("publisher"), world.owner, permission.PUBLISHER)
    with pytest.raises(NotAllowed):
        permission.require(world.person("publisher"), world.requester, permission.PUBLISHER)
    with pytest.raises(NotAllowed):
        permission.require(None, world.owner, permission.PUBLISHER)
    assert permission.departments(world.person("publisher"), permission.PUBLISHER) == {"DPF"}


def test_an_administrator_takes_over_nobody_who_works_elsewhere_too(world: World) -> None:
    person = world.person("approver")
    grant_role(person, department=world.authority, role=Role.REVIEWER, acting_user=world.person("authority_admin"))
    with pytest.raises(RoleNeeded):
        invite_again(person, acting_user=world.person("owner_admin"))


def test_a_change_of_roles_is_one_entry_without_names(world: World) -> None:
    before = Blob.objects.count()
    grant_role(world.person("publisher"), department=world.owner, role=Role.OFFICER, acting_user=world.person("owner_admin"))
    (blob,) = Blob.objects.order_by("pk")[before:]
    (entry,) = loads(bytes(blob.body))
    route = open_disclosure(entry["disclosures"][0])[2]
    assert (route["type"], route["event"], route["department"], route["role"]) == ("people", "role_granted", "DPF", "OFFICER")
    assert "publisher" not in bytes(blob.body).decode()
    assert str(world.person("publisher").pk) not in bytes(blob.body).decode()
