"""Invitations: by link, by mail, by printed code; good once, for some days, until they are withdrawn; and what each role needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from exchange.accounts import acting, outbox
from exchange.accounts.actions import (
    InvitationTerms,
    end_role,
    grant_role,
    invite_again,
    invite_person,
    set_first_password,
    withdraw_invitation,
)
from exchange.accounts.errors import Conflict, Invalid, InvitationOver, LastAdministrator, NotAllowed, NotYourOwn, RolesApart
from exchange.accounts.invitations import code_of, find_by_code, invitation_path, path_of
from exchange.accounts.models import Invitation, Membership, Person, Role, Way
from tests.world import World

PASSWORD = "a-long-and-rare-password"
NAMES = {"en": "Li Na", "zh": "李娜"}


def invited(world: World, *roles: Role, **terms: Any) -> Invitation:
    """Somebody whom the owner's administrator invites, as officer unless said otherwise."""
    wanted = InvitationTerms(roles or (Role.OFFICER,), **terms)
    return invite_person("dpf.new", names=NAMES, department=world.owner, terms=wanted, acting_user=world.person("owner_admin"))


def set_back(invitation: Invitation, **changes: Any) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(**changes)


def test_an_invitation_brings_every_role_until_its_end(world: World) -> None:
    until = timezone.now() + timedelta(days=30)
    person = invited(world, Role.OFFICER, Role.PUBLISHER, valid_until=until).person
    assert acting.roles_in(person, world.owner) == {Role.OFFICER, Role.PUBLISHER}
    assert acting.roles_in(person, world.owner, at=until) == frozenset()


@pytest.mark.parametrize(
    "terms",
    [
        {"roles": ()},
        {"roles": (Role.OFFICER,), "valid_until": timezone.now() - timedelta(days=400)},
        {"roles": (Role.OFFICER,), "way": Way.MAIL, "address": "not an address"},
    ],
    ids=["no role", "over", "no address"],
)
def test_terms_that_do_not_hold_leave_nobody_behind(world: World, terms: Any) -> None:
    before = Person.objects.count()
    with pytest.raises(Invalid):
        invite_person(
            "dpf.new", names=NAMES, department=world.owner, terms=InvitationTerms(**terms), acting_user=world.person("owner_admin")
        )
    assert Person.objects.count() == before


def test_a_printed_code_leads_to_the_password_however_it_is_typed(world: World) -> None:
    cache.clear()
    made = invited(world, way=Way.PRINTED)
    typed = code_of(made).lower().replace("-", " ").replace("0", "o").replace("1", "l")
    client = Client()
    answer = client.post("/en/accounts/invitation/", {"code": typed})
    assert answer.status_code == 302
    answer = client.post(answer["Location"], {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    assert Person.objects.get(username="dpf.new").has_usable_password()


def test_a_code_that_was_never_made_opens_nothing_and_is_slowed_down(world: World) -> None:
    invited(world, way=Way.PRINTED)
    client = Client()
    found = [client.post("/en/accounts/invitation/", {"code": f"0000-0000-{place:04d}"}).status_code for place in range(12)]
    assert (set(found[:10]), found[-1]) == ({422}, 429)


def test_a_code_stands_nowhere_in_the_database(world: World) -> None:
    made = invited(world, way=Way.PRINTED)
    stored = repr(Invitation.objects.filter(pk=made.pk).values())
    assert code_of(made) not in stored
    assert path_of(made).rstrip("/").rpartition("/")[2] not in stored


def test_an_invitation_by_mail_waits_sealed_in_the_outbox(world: World) -> None:
    made = invited(world, way=Way.MAIL, address="li.na@dpf.example")
    (message,) = outbox.Message.objects.filter(channel="MAIL")
    assert code_of(made) in outbox.open_column(message.text_sealed, f"message:{message.pk}:text")
    assert b"li.na" not in bytes(message.address_sealed)


WHAT = {
    "used": {"used_at": timezone.now()},
    "withdrawn": {"withdrawn_at": timezone.now()},
    "expired": {"expires_at": timezone.now() - timedelta(days=400)},
}


@pytest.mark.parametrize(("why", "says"), [("used", "was used"), ("withdrawn", "was withdrawn"), ("expired", "too old")])
def test_an_invitation_that_is_over_says_why_and_what_to_do(world: World, why: str, says: str) -> None:
    made = invited(world)
    set_back(made, **WHAT[why])
    answer = Client().get(path_of(made))
    assert answer.status_code == 410
    assert says in answer.content.decode()
    assert "new invitation" in answer.content.decode() or "Sign in" in answer.content.decode()
    with pytest.raises(InvitationOver):
        set_first_password(Person.objects.get(pk=made.person_id), password=PASSWORD)


def test_a_link_that_was_never_made_says_nothing_about_anybody(world: World) -> None:
    path = path_of(invited(world))
    answer = Client().get(path[:-3] + ("AA/" if path[-3] != "A" else "BA/"))
    assert answer.status_code == 410
    assert "was used" not in answer.content.decode()


def test_an_invitation_is_used_once(world: World) -> None:
    made = invited(world)
    person = Person.objects.get(pk=made.person_id)
    set_first_password(person, password=PASSWORD)
    with pytest.raises(InvitationOver):
        set_first_password(person, password=PASSWORD)


def test_sending_again_ends_the_earlier_link(world: World) -> None:
    made = invited(world)
    person = Person.objects.get(pk=made.person_id)
    again = invite_again(person, acting_user=world.person("owner_admin"))
    assert [Client().get(path_of(one)).status_code for one in (made, again)] == [410, 200]


def test_a_forgotten_password_is_taken_away_on_all_devices(world: World) -> None:
    made = invited(world)
    person = Person.objects.get(pk=made.person_id)
    set_first_password(person, password=PASSWORD)
    client = Client()
    client.force_login(Person.objects.get(pk=person.pk), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/api/v1/me").status_code == 200
    invite_again(Person.objects.get(pk=person.pk), acting_user=world.person("owner_admin"))
    assert client.get("/api/v1/me").status_code == 401


def test_a_withdrawn_invitation_leaves_no_role(world: World) -> None:
    made = invited(world, Role.OFFICER, Role.PUBLISHER)
    person = Person.objects.get(pk=made.person_id)
    with pytest.raises(NotAllowed):
        withdraw_invitation(person, acting_user=world.person("requester_admin"))
    withdraw_invitation(person, acting_user=world.person("owner_admin"))
    assert not Membership.objects.not_ended(timezone.now()).filter(person=person).exists()
    assert not Person.objects.get(pk=person.pk).is_active
    with pytest.raises(Conflict):
        withdraw_invitation(person, acting_user=None)
    with pytest.raises(InvitationOver):
        invitation_path(Person.objects.get(pk=person.pk))


def test_an_accepted_invitation_cannot_be_withdrawn(world: World) -> None:
    made = invited(world)
    set_first_password(Person.objects.get(pk=made.person_id), password=PASSWORD)
    with pytest.raises(Conflict):
        withdraw_invitation(Person.objects.get(pk=made.person_id), acting_user=world.person("owner_admin"))


def test_the_code_finds_the_invitation(world: World) -> None:
    made = invited(world)
    assert find_by_code(code_of(made)) == made
    assert find_by_code("") is None


class TestRoles:
    """Four eyes, and what does not go together."""

    def test_an_administrator_never_changes_their_own_roles(self, world: World) -> None:
        admin = world.person("owner_admin")
        grant_role(world.person("steward"), department=world.owner, role=Role.ADMINISTRATOR, acting_user=admin)
        with pytest.raises(NotYourOwn):
            end_role(admin.memberships.get(), acting_user=admin)
        with pytest.raises(NotYourOwn):
            grant_role(admin, department=world.owner, role=Role.OFFICER, acting_user=admin)

    def test_the_last_administrator_stays_until_there_is_another_who_has_accepted(self, world: World) -> None:
        membership, authority = world.person("owner_admin").memberships.get(), world.person("authority_admin")
        with pytest.raises(LastAdministrator):
            end_role(membership, acting_user=authority)
        made = invited(world, Role.ADMINISTRATOR)
        with pytest.raises(LastAdministrator):
            end_role(membership, acting_user=authority)
        set_first_password(Person.objects.get(pk=made.person_id), password=PASSWORD)
        end_role(membership, acting_user=authority)

    @pytest.mark.parametrize("role", [Role.OFFICER, Role.CLERK, Role.REVIEWER])
    def test_whoever_checks_the_log_does_nothing_that_it_records(self, world: World, role: Role) -> None:
        with pytest.raises(RolesApart):
            grant_role(world.person("auditor"), department=world.authority, role=role, acting_user=world.person("authority_admin"))

    def test_nor_the_other_way_round_in_another_department(self, world: World) -> None:
        with pytest.raises(RolesApart):
            grant_role(world.person("asker"), department=world.authority, role=Role.AUDITOR, acting_user=world.person("authority_admin"))
        both = InvitationTerms((Role.AUDITOR, Role.OFFICER))
        with pytest.raises(RolesApart):
            invite_person("data.new", names=NAMES, department=world.authority, terms=both, acting_user=world.person("authority_admin"))

    def test_a_role_with_an_end_can_end_earlier(self, world: World) -> None:
        admin = world.person("owner_admin")
        until = timezone.now() + timedelta(days=30)
        made = grant_role(world.person("publisher"), department=world.owner, role=Role.OFFICER, acting_user=admin, valid_until=until)
        end_role(made, acting_user=admin)
        assert acting.roles_in(world.person("publisher"), world.owner) == {Role.PUBLISHER}
