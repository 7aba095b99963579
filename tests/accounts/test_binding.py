"""Who an account belongs to: proved by somebody else, one account and one subject, everything in the log and nothing in clear."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from audit.models import Blob
from audit.proof.canonical import loads
from audit.proof.disclosure import open_disclosure
from audit.proof.envelope import EnvelopeError
from exchange.accounts import outbox
from exchange.accounts.actions import bind, grant_role, open_account, unbind
from exchange.accounts.errors import BoundElsewhere, BoundToAnother, NotAllowed
from exchange.accounts.models import Binding, Message, Method, Person, Role
from exchange.accounts.subject import Assurance, NotBound, Subject, subject_of
from tests.world import World

LUO = Subject("person", "510102198804120265")
CHEN = Subject("person", "510120194305200628")
CODE: dict[str, Any] = {"method": Method.CODE, "assurance": Assurance.SUBSTANTIAL, "acting_system": "tests"}


@pytest.fixture
def account(founded: None) -> Person:
    return open_account("luo", password=None, acting_system="tests")


@pytest.fixture
def other(founded: None) -> Person:
    return open_account("chen", password=None, acting_system="tests")


@pytest.fixture
def clerk(world: World) -> Person:
    person = world.person("asker")
    grant_role(person, department=world.requester, role=Role.CLERK, acting_user=None)
    return person


def test_an_account_is_bound_to_nobody_until_it_is_proved(account: Person) -> None:
    with pytest.raises(NotBound):
        subject_of(account)
    bind(account, subject=LUO, **CODE)
    assert subject_of(Person.objects.get(pk=account.pk)) == LUO
    assert Person.objects.get(pk=account.pk).assurance == "SUBSTANTIAL"


def test_nobody_binds_their_own_account(account: Person) -> None:
    for how in ({"acting_user": account}, {"acting_system": ""}, {"acting_user": account, "acting_system": "x"}):
        with pytest.raises(NotAllowed):
            bind(account, subject=LUO, method=Method.CODE, assurance=Assurance.HIGH, **how)
    assert not Binding.objects.exists()


def test_only_a_clerk_binds_at_a_counter_and_nobody_their_own_account(account: Person, clerk: Person, world: World) -> None:
    proof: dict[str, Any] = {"subject": LUO, "method": Method.COUNTER, "assurance": Assurance.HIGH}
    for person, by in ((account, world.person("outsider")), (account, None), (clerk, clerk)):
        with pytest.raises(NotAllowed):
            bind(person, **proof, acting_user=by, acting_system="" if by else "tests")
    assert bind(account, **proof, acting_user=clerk).bound_by == clerk


def test_an_account_of_one_person_does_not_become_anothers(account: Person) -> None:
    bind(account, subject=LUO, **CODE)
    with pytest.raises(BoundToAnother):
        bind(account, subject=CHEN, **CODE)
    unbind(account, acting_user=account)
    bind(account, subject=CHEN, **CODE)
    assert subject_of(Person.objects.get(pk=account.pk)) == CHEN
    assert Binding.objects.count() == 2


def test_a_proof_as_good_moves_the_binding_and_the_other_account_is_told(account: Person, other: Person) -> None:
    bind(other, subject=LUO, **CODE)
    outbox.send(other, "case_decided", context={"number": "M04-261121-ABCDEFGH"})
    bind(account, subject=LUO, **CODE)
    with pytest.raises(NotBound):
        subject_of(Person.objects.get(pk=other.pk))
    assert subject_of(Person.objects.get(pk=account.pk)) == LUO
    assert [message.template for message in Message.objects.filter(person=other)] == ["binding_moved"]


def test_a_weaker_proof_moves_nothing(account: Person, other: Person, clerk: Person) -> None:
    bind(other, subject=LUO, method=Method.COUNTER, assurance=Assurance.HIGH, acting_user=clerk)
    with pytest.raises(BoundElsewhere):
        bind(account, subject=LUO, **CODE)
    assert subject_of(Person.objects.get(pk=other.pk)) == LUO
    assert Binding.objects.count() == 1


def test_the_same_proof_again_changes_nothing_and_a_stronger_one_raises_the_assurance(account: Person, clerk: Person) -> None:
    first = bind(account, subject=LUO, **CODE)
    assert bind(account, subject=LUO, **CODE).pk == first.pk
    raised = bind(account, subject=LUO, method=Method.COUNTER, assurance=Assurance.HIGH, acting_user=clerk)
    assert bind(account, subject=LUO, **CODE).pk == raised.pk
    assert Person.objects.get(pk=account.pk).assurance == "HIGH"
    assert Binding.objects.filter(ended_at=None).count() == 1


def test_a_stranger_does_not_end_a_binding(account: Person, other: Person) -> None:
    bind(account, subject=LUO, **CODE)
    with pytest.raises(NotAllowed):
        unbind(account, acting_user=other)
    with pytest.raises(NotAllowed):
        unbind(account)
    assert subject_of(Person.objects.get(pk=account.pk)) == LUO


def test_an_identity_copied_from_another_row_does_not_open(account: Person, other: Person) -> None:
    bind(account, subject=LUO, **CODE)
    stolen = {name: getattr(account, name) for name in ("identifier_kind", "identifier_sealed", "assurance")}
    Person.objects.filter(pk=other.pk).update(**stolen, identifier_blind=b"x" * 32)
    with pytest.raises(EnvelopeError):
        subject_of(Person.objects.get(pk=other.pk))


def test_the_database_itself_holds_one_account_of_a_subject(account: Person, other: Person) -> None:
    first = bind(account, subject=LUO, **CODE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Binding.objects.create(
            person=other, kind="person", sealed=b"x", blind=LUO.blind, method="CODE", assurance="HIGH", bound_at=first.bound_at
        )


def test_every_change_is_one_entry_that_names_nobody_in_clear(account: Person) -> None:
    before = Blob.objects.count()
    bind(account, subject=LUO, **CODE)
    unbind(account, acting_user=account)
    entries = [loads(bytes(blob.body))[0] for blob in Blob.objects.order_by("pk")[before:]]
    clear = [[open_disclosure(text) for text in entry["disclosures"]] for entry in entries]
    assert [parts[0][2]["event"] for parts in clear] == ["bound", "unbound"]
    assert {parts[0][2]["type"] for parts in clear} == {"account"}
    assert [len(entry["persons"]) for entry in entries] == [1, 1]
    assert LUO.identifier not in str(clear)
    assert str(account.pk) not in str(clear)


@pytest.mark.django_db(transaction=True)
def test_two_accounts_that_prove_the_same_at_once_leave_one_bound() -> None:
    from audit import ceremony

    ceremony.found_hub()
    people = [open_account(f"luo-{letter}", password=None, acting_system="tests") for letter in "abcd"]
    start, outcomes = threading.Barrier(len(people)), []

    def prove(person: Person) -> None:
        start.wait()
        try:
            bind(person, subject=LUO, **CODE)
            outcomes.append("bound")
        except BoundElsewhere:
            outcomes.append("somebody else was first")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=prove, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == len(people)
    assert "bound" in outcomes
    held = Binding.objects.get(ended_at=None)
    assert [person.pk for person in Person.objects.exclude(identifier_blind=None)] == [held.person_id]
