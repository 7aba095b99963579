"""The pages about people: the list, one person, deputies, the end of service, the quarterly confirmation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exchange.accounts import acting
from exchange.accounts.actions import grant_role, name_deputy
from exchange.accounts.models import Deputyship, Membership, Person, Role
from tests.world import World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LONG_AGO = datetime(2025, 1, 2, 4, 0, tzinfo=UTC)
PASSWORD = "a-long-and-rare-password"


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.person(name), backend=BACKEND)
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


def day(days: int) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%Y-%m-%d}"


def test_the_list_has_one_row_a_person_with_roles_and_last_month(world: World) -> None:
    grant_role(world.person("publisher"), department=world.owner, role=Role.OFFICER, acting_user=world.person("owner_admin"))
    Person.objects.filter(pk=world.person("publisher").pk).update(last_login=datetime(2026, 10, 20, tzinfo=UTC))
    shown = page(signed_in(world, "owner_admin").get("/en/console/people"))
    assert shown.count(">dpf.publisher<") == 1
    assert "2026-10" in shown
    assert "cab.asker" not in shown


def test_whoever_administers_nobody_sees_only_themselves(world: World) -> None:
    shown = page(signed_in(world, "publisher").get("/en/console/people"))
    assert "dpf.publisher" in shown
    assert "dpf.approver" not in shown
    assert signed_in(world, "publisher").get(f"/en/console/people/{world.person('approver').pk}").status_code == 404
    assert signed_in(world, "publisher").get(f"/en/console/people/{world.person('publisher').pk}").status_code == 200


def test_a_printed_code_is_shown_once_and_opens(world: World) -> None:
    administrator = signed_in(world, "owner_admin")
    form = {"username": "dpf.new", "roles": ["OFFICER", "PUBLISHER"], "way": "PRINTED", "valid_until": day(10)}
    shown = page(administrator.post("/en/console/people/invite", form, follow=True))
    found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", shown)
    assert found is not None
    assert found[0] not in page(administrator.get("/en/console/people"))
    answer = Client().post("/en/accounts/invitation/", {"code": found[0]}, follow=True)
    assert "dpf.new" in page(answer)
    assert acting.roles_in(Person.objects.get(username="dpf.new"), world.owner) == {Role.OFFICER, Role.PUBLISHER}


def test_after_the_password_comes_the_second_step(world: World) -> None:
    from exchange.accounts.invitations import invitation_path

    person = world.person("approver")
    client = Client()
    answer = client.post(invitation_path(person), {"password": PASSWORD, "again": PASSWORD})
    answer = client.post(answer["Location"], {"login": "dpf.approver", "password": PASSWORD, "next": "/en/accounts/2fa/"})
    assert answer["Location"] == "/en/accounts/2fa/"


def test_an_invitation_is_sent_again_and_withdrawn_on_the_persons_page(world: World) -> None:
    administrator = signed_in(world, "owner_admin")
    administrator.post("/en/console/people/invite", {"username": "dpf.new", "roles": ["OFFICER"], "way": "LINK"})
    person = Person.objects.get(username="dpf.new")
    assert "Withdraw the invitation" in page(administrator.get(f"/en/console/people/{person.pk}"))
    shown = page(administrator.post(f"/en/console/people/{person.pk}/invite", {"way": "PRINTED"}, follow=True))
    assert re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", shown)
    assert administrator.post(f"/en/console/people/{person.pk}/withdraw").status_code == 302
    assert not Person.objects.get(pk=person.pk).is_active
    again = page(administrator.post(f"/en/console/people/{person.pk}/withdraw", follow=True))
    assert "Ask an administrator" in again or "no invitation" in again


def test_one_names_a_deputy_for_oneself_and_the_deputy_acts_and_stops(world: World) -> None:
    holder, deputy = world.person("approver"), world.person("publisher")
    form = {"deputy": deputy.pk, "valid_from": day(0), "valid_until": day(3)}
    assert signed_in(world, "approver").post(f"/en/console/people/{holder.pk}/deputy", form).status_code == 302
    client = signed_in(world, "publisher")
    assert f"DPF/{holder.pk}" in page(client.get("/en/console"))
    client.post("/en/accounts/department/", {"department": f"DPF/{holder.pk}"})
    assert "You act as deputy of" in page(client.get("/en/console/people"))
    client.post("/en/accounts/department/", {"department": "DPF"})
    assert "You act as deputy of" not in page(client.get("/en/console/people"))


def test_a_deputy_with_wrong_dates_is_told_beside_the_field(world: World) -> None:
    holder = world.person("approver")
    form = {"deputy": world.person("publisher").pk, "valid_from": day(3), "valid_until": day(0)}
    answer = signed_in(world, "approver").post(f"/en/console/people/{holder.pk}/deputy", form)
    assert answer.status_code == 422
    assert "It ends before it begins." in page(answer)


def test_a_deputyship_is_ended_on_the_page_by_those_whom_it_concerns(world: World) -> None:
    now = timezone.now()
    span = {"valid_from": now, "valid_until": now + timedelta(days=3)}
    who = {"deputy": world.person("publisher"), "department": world.owner, "acting_user": world.person("approver")}
    made = name_deputy(world.person("approver"), **who, **span)
    path = f"/en/console/people/deputies/{made.pk}/end"
    assert signed_in(world, "steward").post(path).status_code == 404
    assert signed_in(world, "publisher").post(path).status_code == 302
    assert not Deputyship.objects.in_force(timezone.now()).exists()


def test_the_end_of_service_is_shown_before_and_done_once(world: World) -> None:
    administrator, person = signed_in(world, "owner_admin"), world.person("steward")
    path = f"/en/console/people/{person.pk}/leave"
    shown = page(administrator.get(path))
    assert "Steward: R14" in shown
    assert administrator.post(path, {"sent": "yes"}).status_code == 302
    assert not Person.objects.get(pk=person.pk).is_active
    assert administrator.post(path, {"sent": "yes"}).status_code == 403
    assert "This account is closed" in page(administrator.get(f"/en/console/people/{person.pk}"))


def test_only_an_administrator_of_the_department_ends_service(world: World) -> None:
    path = f"/en/console/people/{world.person('steward').pk}/leave"
    assert signed_in(world, "approver").post(path, {"sent": "yes"}).status_code == 403
    assert signed_in(world, "requester_admin").post(path, {"sent": "yes"}).status_code == 404
    own = f"/en/console/people/{world.person('owner_admin').pk}/leave"
    assert signed_in(world, "owner_admin").post(own, {"sent": "yes"}).status_code == 403


def test_keys_of_somebody_who_left_are_marked(world: World) -> None:
    from catalog import actions as catalog_actions

    admin, steward = world.person("owner_admin"), world.person("steward")
    grant_role(steward, department=world.owner, role=Role.ADMINISTRATOR, acting_user=admin)
    names = {"en": "Register", "zh": "登记"}
    catalog_actions.register_system(world.owner, code="DPF-register", name=names, key_name="system-2", acting_user=steward)
    client = signed_in(world, "owner_admin")
    assert "Replace this key" not in page(client.get("/en/console/keys"))
    assert "DPF-register/system-2" in page(client.get(f"/en/console/people/{steward.pk}/leave"))
    client.post(f"/en/console/people/{steward.pk}/leave", {"sent": "yes"})
    assert page(client.get("/en/console/keys")).count("Replace this key<") == 1


def test_roles_are_confirmed_line_by_line(world: World) -> None:
    Membership.objects.update(valid_from=LONG_AGO)
    client = signed_in(world, "owner_admin")
    assert "Roles to confirm" in page(client.get("/en/console/people"))
    approver, publisher, own = (world.person(name).memberships.get() for name in ("approver", "publisher", "owner_admin"))
    shown = page(client.get("/en/console/people/confirm"))
    assert (f'"role_{approver.pk}"' in shown, f'"role_{own.pk}"' in shown) == (True, False)
    form = {f"role_{approver.pk}": "keep", f"role_{publisher.pk}": "end", f"role_{own.pk}": "keep"}
    assert client.post("/en/console/people/confirm", form).status_code == 302
    approver.refresh_from_db()
    own.refresh_from_db()
    assert approver.confirmed_by == world.person("owner_admin")
    assert (own.confirmed_at, acting.roles_in(world.person("publisher"), world.owner)) == (None, frozenset())
    shown = page(client.get("/en/console/people/confirm"))
    assert f'"role_{approver.pk}"' not in shown


def test_the_authority_confirms_administrators_of_every_department(world: World) -> None:
    Membership.objects.update(valid_from=LONG_AGO)
    own, theirs = world.person("authority_admin").memberships.get(), world.person("owner_admin").memberships.get()
    shown = page(signed_in(world, "authority_admin").get("/en/console/people/confirm"))
    assert (f'"role_{theirs.pk}"' in shown, f'"role_{own.pk}"' in shown) == (True, False)


@pytest.mark.parametrize("name", ["owner_admin", "authority_admin"])
def test_the_list_of_what_is_due_is_what_may_be_confirmed(world: World, name: str) -> None:
    """List == filter(check): every line is confirmed without a refusal, and every line left out would be refused or is another's."""
    from exchange.accounts.actions.confirming import may_confirm
    from exchange.portal.department.desk import Desk
    from exchange.portal.department.people_reading import due_roles

    Membership.objects.update(valid_from=LONG_AGO)
    person = world.person(name)
    department = world.owner if name == "owner_admin" else world.authority
    listed = {row.pk for row in due_roles(Desk(person, department, acting.roles_in(person, department)))}
    may = {row.pk for row in Membership.objects.select_related("person", "department") if may_confirm(row, person)}
    assert listed <= may
    if name == "owner_admin":
        assert listed == may


def test_the_history_says_who_did_what(world: World) -> None:
    grant_role(world.person("publisher"), department=world.owner, role=Role.OFFICER, acting_user=world.person("owner_admin"))
    shown = page(signed_in(world, "owner_admin").get(f"/en/console/people/{world.person('publisher').pk}"))
    assert "Role given" in shown
    assert "Officer: asks, approves, signs" in shown.split("History", 1)[1]
    assert "Owner Admin" in shown.split("History", 1)[1]
