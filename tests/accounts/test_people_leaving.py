"""The end of a person's service: nothing stays open, nothing is lost, and the account signs in no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from audit.models import Blob
from audit.proof.canonical import loads
from audit.proof.disclosure import open_disclosure
from catalog import actions as catalog_actions
from catalog.models import Key
from exchange.accounts import acting, open_work
from exchange.accounts.actions import InvitationTerms, Left, end_service, grant_role, invite_person, name_deputy
from exchange.accounts.errors import Invalid, LastAdministrator, NotAllowed, NotYourOwn
from exchange.accounts.handled_keys import keys_to_replace
from exchange.accounts.models import DatasetUserObjectPermission, Deputyship, Invitation, Membership, Person, Role
from exchange.sharing.actions import PartTerms, RequestWords, draft_request
from exchange.sharing.models import SharingRequest
from tests.world import World
from tests.world_data import TERMS

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PASSWORD = "a-long-and-rare-password"


def left(world: World, name: str, *, to: str = "", by: str = "owner_admin") -> Left:
    """End the service of one of the owner's people."""
    receiver = world.person(to) if to else None
    return end_service(world.person(name), department=world.owner, to=receiver, acting_user=world.person(by))


def test_every_session_ends_at_once_and_nobody_signs_in_again(world: World) -> None:
    person = world.person("approver")
    Person.objects.filter(pk=person.pk).update(password=make_password(PASSWORD))
    person.refresh_from_db()
    devices = [Client(), Client()]
    for device in devices:
        device.force_login(person, backend=BACKEND)
    assert [device.get("/api/v1/me").status_code for device in devices] == [200, 200]
    assert left(world, "approver").may_sign_in is False
    assert [device.get("/api/v1/me").status_code for device in devices] == [401, 401]
    again = Client()
    again.post("/en/accounts/login/", {"login": "dpf.approver", "password": PASSWORD})
    assert again.get("/api/v1/me").status_code == 401


def test_sessions_end_even_where_a_role_elsewhere_stays(world: World) -> None:
    person = world.person("approver")
    grant_role(person, department=world.requester, role=Role.OFFICER, acting_user=world.person("requester_admin"))
    device = Client()
    device.force_login(person, backend=BACKEND)
    assert left(world, "approver").may_sign_in is True
    assert device.get("/api/v1/me").status_code == 401
    assert acting.departments_of(Person.objects.get(pk=person.pk)) == {"CAB"}


def test_roles_stewardships_deputyships_and_invitations_are_gone(world: World) -> None:
    admin, now = world.person("owner_admin"), timezone.now()
    steward = world.person("steward")
    grant_role(steward, department=world.owner, role=Role.ADMINISTRATOR, acting_user=admin)
    terms = InvitationTerms((Role.OFFICER,))
    invite_person("dpf.new", names={"en": "New"}, department=world.owner, terms=terms, acting_user=steward)
    span = {"valid_from": now, "valid_until": now + timedelta(days=3)}
    name_deputy(steward, deputy=world.person("publisher"), department=world.owner, **span, acting_user=steward)
    done = left(world, "steward")
    assert (done.roles, done.appointments, done.deputyships, done.invitations) == (2, 1, 1, 1)
    assert not Membership.objects.not_ended(timezone.now()).filter(person=steward).exists()
    assert not DatasetUserObjectPermission.objects.filter(user=steward).exists()
    assert not Deputyship.objects.in_force(timezone.now()).exists()
    assert not Invitation.objects.open().filter(person__username="dpf.new").exists()


def test_keys_that_the_person_handled_are_to_be_replaced(world: World) -> None:
    admin = world.person("owner_admin")
    grant_role(world.person("steward"), department=world.owner, role=Role.ADMINISTRATOR, acting_user=admin)
    names = {"en": "Register", "zh": "登记"}
    for name in ("system-2", "system-3"):
        catalog_actions.register_system(world.owner, code="DPF-register", name=names, key_name=name, acting_user=world.person("steward"))
    assert keys_to_replace(world.owner) == frozenset()
    assert left(world, "steward").keys == ("DPF-register/system-2", "DPF-register/system-3")
    assert keys_to_replace(world.owner) == {"DPF-register/system-2", "DPF-register/system-3"}
    catalog_actions.revoke_key(Key.objects.get(keyid="DPF-register/system-2"), reason="Replaced.", acting_user=admin)
    assert keys_to_replace(world.owner) == {"DPF-register/system-3"}


def test_the_last_administrator_does_not_leave(world: World) -> None:
    with pytest.raises(LastAdministrator):
        left(world, "owner_admin", by="authority_admin")
    assert acting.roles_in(world.person("owner_admin"), world.owner) == {Role.ADMINISTRATOR}


def test_nobody_ends_their_own_service_nor_that_of_other_departments(world: World) -> None:
    with pytest.raises(NotYourOwn):
        left(world, "owner_admin")
    with pytest.raises(NotAllowed):
        left(world, "approver", by="requester_admin")
    with pytest.raises(NotAllowed):
        left(world, "asker")


class TestOpenWork:
    """Requests that were not handed in."""

    @pytest.fixture
    def draft(self, world: World) -> SharingRequest:
        words = RequestWords(purpose=world.purpose, reason="Not yet handed in.")
        who: dict[str, Any] = {"acting_user": world.person("asker"), "department": world.requester}
        return draft_request(words, parts={world.conditional: PartTerms(**TERMS)}, **who)

    def end(self, world: World, to: Person | None) -> Left:
        admin = world.person("requester_admin")
        return end_service(world.person("asker"), department=world.requester, to=to, acting_user=admin)

    def test_it_is_told_before(self, world: World, draft: SharingRequest) -> None:
        ((_work, pieces),) = open_work.works_of(world.person("asker"), world.requester)
        assert [piece.about for piece in pieces] == [draft.number]

    def test_it_must_go_to_somebody_who_can_go_on_with_it(self, world: World, draft: SharingRequest) -> None:
        for nobody in (None, world.person("approver"), world.person("requester_admin"), world.person("asker")):
            with pytest.raises(Invalid):
                self.end(world, nobody)
        assert acting.roles_in(world.person("asker"), world.requester) == {Role.OFFICER}

    def test_nothing_is_lost(self, world: World, draft: SharingRequest) -> None:
        assert self.end(world, world.person("signer")).handed_over == 1
        draft.refresh_from_db()
        assert draft.created_by == world.person("signer")
        assert open_work.works_of(world.person("asker"), world.requester) == []


def test_the_entry_counts_and_names_nobody(world: World) -> None:
    left(world, "steward")
    (entry,) = loads(bytes(Blob.objects.order_by("-pk")[0].body))
    route = open_disclosure(entry["disclosures"][0])[2]
    assert (route["event"], route["roles"], route["appointments"], route["person"]) == (
        "service_ended",
        1,
        1,
        str(world.person("steward").pk),
    )
    assert "dpf.steward" not in repr(route)
