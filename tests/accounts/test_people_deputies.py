"""Deputies: the holder's rights, for a time, said in every entry; and never two pairs of eyes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Blob
from audit.proof.canonical import loads
from audit.proof.disclosure import open_disclosure
from catalog import actions as catalog_actions
from exchange.accounts import acting
from exchange.accounts.actions import end_deputyship, end_role, grant_role, name_deputy
from exchange.accounts.errors import Invalid, NotAllowed, NotYourOwn, RolesApart
from exchange.accounts.models import Deputyship, PeopleChange, Person, Role
from exchange.accounts.standing_in import standing_in
from exchange.portal.department.desk import Desk
from exchange.portal.department.waiting import waiting_for
from exchange.sharing import actions as sharing_actions
from exchange.sharing.errors import FourEyes
from tests.world import World, ask, part_of

WEEK = timedelta(days=7)


def named(world: World, holder: str, deputy: str, **changes: Any) -> Deputyship:
    """`deputy` stands in for `holder` of the owner from now on, for a week."""
    now = timezone.now()
    person = world.person(holder)
    usual: dict[str, Any] = {"department": world.owner, "valid_from": now, "valid_until": now + WEEK, "acting_user": person}
    return name_deputy(person, deputy=world.person(deputy), **{**usual, **changes})


def newest_route() -> Any:
    (entry, *_more) = loads(bytes(Blob.objects.order_by("-pk")[0].body))
    return open_disclosure(entry["disclosures"][0])[2]


def moved(deputyship: Deputyship, start: timedelta, end: timedelta) -> Deputyship:
    """The same, from and until some time from now."""
    now = timezone.now()
    Deputyship.objects.filter(pk=deputyship.pk).update(valid_from=now + start, valid_until=now + end)
    return Deputyship.objects.get(pk=deputyship.pk)


def test_a_deputy_has_the_holders_rights_and_no_others_meanwhile(world: World) -> None:
    publisher = world.person("publisher")
    with standing_in(named(world, "approver", "publisher")):
        assert acting.roles_in(publisher, world.owner) == {Role.OFFICER}
        assert acting.departments_of(publisher) == {"DPF"}
    assert acting.roles_in(publisher, world.owner) == {Role.PUBLISHER}


def test_a_deputy_of_a_steward_is_steward(world: World) -> None:
    publisher = world.person("publisher")
    with standing_in(named(world, "steward", "publisher")):
        assert acting.is_steward(publisher, world.conditional)
        assert acting.stewarded(publisher) == {world.conditional.pk}
    assert not acting.is_steward(publisher, world.conditional)


@pytest.mark.parametrize(("start", "end"), [(timedelta(hours=1), WEEK), (-WEEK, -timedelta(hours=1))], ids=["before", "after"])
def test_outside_its_dates_a_deputyship_opens_nothing(world: World, start: timedelta, end: timedelta) -> None:
    with standing_in(moved(named(world, "approver", "publisher"), start, end)):
        assert acting.roles_in(world.person("publisher"), world.owner) == frozenset()


def test_a_deputyship_ends_with_the_holders_rights(world: World) -> None:
    deputyship = named(world, "approver", "publisher")
    end_role(world.person("approver").memberships.get(), acting_user=world.person("owner_admin"))
    with standing_in(deputyship):
        assert acting.roles_in(world.person("publisher"), world.owner) == frozenset()


def test_a_deputyship_ends_with_the_holders_account(world: World) -> None:
    deputyship = named(world, "approver", "publisher")
    Person.objects.filter(pk=world.person("approver").pk).update(is_active=False)
    with standing_in(deputyship):
        assert acting.departments_of(world.person("publisher")) == frozenset()


def test_a_deputyship_ends_with_the_deputys_own_role(world: World) -> None:
    deputyship = named(world, "approver", "publisher")
    end_role(world.person("publisher").memberships.get(), acting_user=world.person("owner_admin"))
    with standing_in(deputyship):
        assert acting.roles_in(world.person("publisher"), world.owner) == frozenset()


def test_one_ends_it_at_once(world: World) -> None:
    deputyship = named(world, "approver", "publisher")
    end_deputyship(deputyship, acting_user=world.person("publisher"))
    with standing_in(deputyship):
        assert acting.roles_in(world.person("publisher"), world.owner) == frozenset()
    with pytest.raises(NotAllowed):
        end_deputyship(named(world, "approver", "publisher"), acting_user=world.person("steward"))


def test_every_entry_says_as_whose_deputy(world: World) -> None:
    approver, publisher = world.person("approver"), world.person("publisher")
    part = part_of(ask(world.person("asker"), world.requester, world.purpose, world.conditional))
    sharing_actions.check(part, acting_user=world.person("reviewer"), department=world.authority)
    with standing_in(named(world, "approver", "publisher")):
        sharing_actions.refuse(
            part_of(part.request), reason="Not needed.", ground=sharing_ground(), acting_user=publisher, department=world.owner
        )
    route = newest_route()
    assert (route["acting"], route["deputy_of"]) == (str(publisher.pk), str(approver.pk))


def sharing_ground() -> str:
    from exchange.sharing import jurisdiction

    return next(iter(jurisdiction.refusal_grounds()))


def test_whoever_acts_for_themselves_is_nobodys_deputy_in_the_log(world: World) -> None:
    named(world, "approver", "publisher")
    assert "deputy_of" not in newest_route()


@pytest.fixture
def asking(world: World) -> Any:
    """A reviewer of the authority is its officer too, so that asking and checking may fall to one person; asks as `person`."""
    admin, both = world.person("authority_admin"), world.person("second_reviewer")
    grant_role(both, department=world.authority, role=Role.OFFICER, acting_user=admin)
    catalog_actions.register_system(world.authority, code="DATA-affairs", name={"en": "Cases", "zh": "办件"}, acting_system="tests")

    def ask_as(person: Person) -> Any:
        return part_of(ask(person, world.authority, world.purpose, world.conditional, systems=["DATA-affairs"]))

    return ask_as


def check(world: World, part: Any, name: str) -> None:
    sharing_actions.check(part, acting_user=world.person(name), department=world.authority)


def test_what_was_asked_as_deputy_is_checked_by_neither(world: World, asking: Any) -> None:
    deputyship = named(world, "second_reviewer", "authority_admin", department=world.authority)
    with standing_in(deputyship):
        part = asking(world.person("authority_admin"))
        with pytest.raises(FourEyes):
            check(world, part, "authority_admin")
    with pytest.raises(FourEyes):
        check(world, part, "second_reviewer")
    check(world, part, "reviewer")


def test_what_was_asked_as_deputy_stays_theirs_when_the_deputyship_is_over(world: World, asking: Any) -> None:
    deputyship = named(world, "second_reviewer", "authority_admin", department=world.authority)
    with standing_in(deputyship):
        part = asking(world.person("authority_admin"))
    end_deputyship(deputyship, acting_user=world.person("authority_admin"))
    with pytest.raises(FourEyes):
        check(world, part, "second_reviewer")
    assert not [item for item in waiting_for(desk(world, "second_reviewer")) if item.step == "Check" and "R14" in item.about]


def test_what_is_asked_when_the_deputyship_is_over_is_checked_again(world: World, asking: Any) -> None:
    moved(named(world, "second_reviewer", "reviewer", department=world.authority), -2 * WEEK, -WEEK)
    part = asking(world.person("second_reviewer"))
    assert [item for item in waiting_for(desk(world, "reviewer")) if item.step == "Check"]
    check(world, part, "reviewer")


def desk(world: World, name: str) -> Desk:
    person = world.person(name)
    return Desk(person, world.authority, acting.roles_in(person, world.authority))


def test_there_is_no_chain(world: World) -> None:
    named(world, "approver", "publisher")
    for holder, deputy in (("publisher", "owner_officer"), ("owner_officer", "approver"), ("approver", "owner_officer")):
        with pytest.raises(Invalid):
            named(world, holder, deputy)


def test_who_stands_in_names_no_deputy(world: World) -> None:
    with standing_in(named(world, "approver", "publisher")):
        acting.roles_in(world.person("publisher"), world.owner)
        with pytest.raises(NotAllowed):
            named(world, "publisher", "owner_officer")


def test_a_deputy_works_for_the_same_department(world: World) -> None:
    with pytest.raises(Invalid):
        named(world, "approver", "asker")
    with pytest.raises(Invalid):
        named(world, "approver", "approver")


def test_an_administrator_names_a_deputy_but_never_themselves(world: World) -> None:
    admin = world.person("owner_admin")
    with pytest.raises(NotAllowed):
        named(world, "approver", "owner_admin", acting_user=admin)
    with pytest.raises(NotAllowed):
        named(world, "approver", "publisher", acting_user=world.person("steward"))
    assert named(world, "approver", "publisher", acting_user=admin).named_by == admin


def test_a_deputy_of_an_administrator_gives_neither_of_them_a_role(world: World) -> None:
    with standing_in(named(world, "owner_admin", "publisher")):
        for name in ("publisher", "owner_admin"):
            with pytest.raises(NotYourOwn):
                grant_role(world.person(name), department=world.owner, role=Role.OFFICER, acting_user=world.person("publisher"))
        grant_role(world.person("steward"), department=world.owner, role=Role.OFFICER, acting_user=world.person("publisher"))
    assert PeopleChange.objects.filter(event="role_granted").latest("pk").deputy_of == world.person("owner_admin")


def test_whoever_checks_the_log_stands_in_for_no_officer(world: World) -> None:
    with pytest.raises(RolesApart):
        named(world, "auditor", "reviewer", department=world.authority)
    named(world, "auditor", "authority_admin", department=world.authority)
    with pytest.raises(RolesApart):
        grant_role(world.person("authority_admin"), department=world.authority, role=Role.REVIEWER, acting_user=second_administrator(world))


def second_administrator(world: World) -> Person:
    person = world.person("reviewer")
    grant_role(person, department=world.authority, role=Role.ADMINISTRATOR, acting_user=world.person("authority_admin"))
    return person


@pytest.mark.parametrize(
    ("start", "end"),
    [(timedelta(0), timedelta(0)), (WEEK, timedelta(0)), (-WEEK, WEEK), (timedelta(0), timedelta(days=181))],
    ids=["empty", "backwards", "in the past", "too long"],
)
def test_dates_that_do_not_fit_are_refused(world: World, start: timedelta, end: timedelta) -> None:
    now: datetime = timezone.now()
    with pytest.raises(Invalid):
        named(world, "approver", "publisher", valid_from=now + start, valid_until=now + end)


class TestOverHttp:
    """The choice stands in the session or in a header."""

    def client(self, person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def test_one_chooses_to_stand_in_and_to_act_for_oneself_again(self, world: World) -> None:
        named(world, "owner_admin", "publisher")
        client = self.client(world.person("publisher"))
        holder = world.person("owner_admin").pk
        assert client.get("/en/console/people/invite").status_code == 403
        client.post("/en/accounts/department/", {"department": f"DPF/{holder}"})
        assert client.get("/en/console/people/invite").status_code == 200
        client.post("/en/accounts/department/", {"department": "DPF"})
        assert client.get("/en/console/people/invite").status_code == 403

    def test_a_header_says_it_for_one_call(self, world: World) -> None:
        named(world, "owner_admin", "publisher")
        client, holder = self.client(world.person("publisher")), world.person("owner_admin").pk
        assert len(client.get("/api/v1/people", headers={"Acting-Deputy-Of": str(holder)}).json()["results"]) == 5
        assert len(client.get("/api/v1/people").json()["results"]) == 1

    @pytest.mark.parametrize("said", ["owner_admin", "nobody", "' OR 1=1"])
    def test_who_is_no_deputy_has_no_rights_by_saying_so(self, world: World, said: str) -> None:
        named_id = str(world.people[said].pk) if said in world.people else said
        client = self.client(world.person("publisher"))
        body = {"username": "dpf.new", "department": "DPF", "role": "OFFICER"}
        headers = {"Acting-Deputy-Of": named_id}
        assert client.post("/api/v1/people", body, content_type="application/json", headers=headers).status_code == 403
        assert client.get("/api/v1/me", headers=headers).json()["code"] == "DEPUTY_OVER"

    def test_who_is_no_deputy_does_not_even_have_their_own_rights_in_that_call(self, world: World) -> None:
        client = self.client(world.person("owner_admin"))
        body = {"username": "dpf.new", "department": "DPF", "role": "OFFICER"}
        headers = {"Acting-Deputy-Of": str(world.person("approver").pk)}
        assert client.post("/api/v1/people", body, content_type="application/json", headers=headers).status_code == 403
        assert client.post("/api/v1/people", body, content_type="application/json").status_code == 201

    def test_a_session_that_chose_it_ends_with_the_deputyship_and_goes_on_for_oneself(self, world: World) -> None:
        deputyship = named(world, "owner_admin", "publisher")
        client = self.client(world.person("publisher"))
        client.post("/en/accounts/department/", {"department": f"DPF/{world.person('owner_admin').pk}"})
        end_deputyship(deputyship, acting_user=world.person("owner_admin"))
        assert client.get("/en/console/people/invite").status_code == 403
        assert client.get("/api/v1/me").json()["acting_department"] == "DPF"

    def test_a_session_whose_deputyship_is_over_has_no_rights_at_all_in_that_call(self, world: World) -> None:
        """The session forgets it in the middle of the call: what is asked for afterwards is not one's own either."""
        deputyship = named(world, "owner_admin", "publisher")
        client, losses = self.client(world.person("publisher")), f"/api/v1/agreements/{world.agreement.agreement_id}/losses"
        client.post("/en/accounts/department/", {"department": f"DPF/{world.person('owner_admin').pk}"})
        assert client.get(losses).status_code == 200
        end_deputyship(deputyship, acting_user=world.person("owner_admin"))
        assert [client.get(losses).status_code for _ in range(2)] == [404, 200]

    def test_an_account_at_work_is_one_whatever_it_says_about_standing_in(self, world: World) -> None:
        """Having no rights in a call does not make it a citizen's own account, which could be bound to a person in the registers."""
        client, headers = self.client(world.person("publisher")), {"Acting-Deputy-Of": "nobody"}
        assert client.get("/en/me/who-are-you/counter", headers=headers).status_code == 302
        assert "This is your account at work" in client.get("/en/me/who-are-you", headers=headers).content.decode()
