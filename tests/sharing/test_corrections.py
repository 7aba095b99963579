"""Corrections between departments: only what was received, never in clear, answered in time, and everybody is told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from django.db import connection
from django.utils import timezone

from audit.errors import NotAllowed
from audit.models import Blob, Pending
from audit.proofs import opened_many
from catalog import work
from catalog.actions import publish_revision
from catalog.models import Work
from exchange.accounts.actions import grant_role
from exchange.accounts.models import Role
from exchange.accounts.subject import Subject
from exchange.sharing.corrections import actions, choosing, clock, telling
from exchange.sharing.corrections.received import entry_of
from exchange.sharing.corrections.sealing import spoken
from exchange.sharing.errors import FourEyes, NotAskable, NotReceived, NotThatSide, StateChanged
from exchange.sharing.models import CorrectionNotice, CorrectionRequest, Reminder
from tests.delivery.wire_caller import Caller
from tests.sharing.correcting import PERSON, SECRET, agreement_of_outsider, answered, asked, claim, new_load, new_rows, receive, settled_log
from tests.world import World
from tests.world_data import SUBJECTS, UNKNOWN_SUBJECT


@pytest.fixture
def entry(world: World) -> int:
    """The entry by which the requester received the person's record."""
    return receive(world.agreement)


def test_a_department_says_that_what_it_received_looks_wrong(world: World, entry: int) -> None:
    made = asked(world, entry)
    assert (made.state, made.requester_id, made.provider_id, made.entry) == ("OPEN", "CAB", "DPF", entry)
    assert made.due_on > timezone.localdate() + timedelta(days=9)
    assert not made.due_verified
    assert spoken(made).believed == SECRET


@pytest.mark.parametrize(
    "more",
    [
        {"item": "diagnosis"},
        {"identifier": SUBJECTS[1]},
        {"identifier": "510121"},
        {"entry": 10_000_000},
        {"entry": 0},
    ],
    ids=["an item that was not given", "somebody else", "no identifier", "no entry", "an entry of another kind"],
)
def test_only_what_the_log_shows_as_received_can_be_corrected(world: World, entry: int, more: dict[str, Any]) -> None:
    with pytest.raises(NotReceived) as refused:
        asked(world, more.pop("entry", entry), **more)
    assert SUBJECTS[1] not in str(refused.value)
    assert not CorrectionRequest.objects.exists()


def test_an_entry_of_another_department_shows_nothing(world: World) -> None:
    theirs = receive(agreement_of_outsider(world), "HSG-rental")
    with pytest.raises(NotReceived):
        asked(world, theirs)


def test_an_answer_without_a_record_is_no_value(world: World) -> None:
    nobody = receive(world.agreement, person=UNKNOWN_SUBJECT)
    with pytest.raises(NotReceived):
        asked(world, nobody, identifier=UNKNOWN_SUBJECT)


def test_a_refused_call_brought_nothing(world: World) -> None:
    refused = Caller("CAB-relief").query(world.agreement.agreement_id, PERSON, purpose="OTHER")
    assert refused.status == 403
    settled_log()
    with pytest.raises(NotReceived):
        asked(world, Pending.objects.count() + entry_of(str(refused.body["receipt"]["leaf"])))


def test_a_receipt_names_its_entry(world: World) -> None:
    reply = Caller("CAB-relief").query(world.agreement.agreement_id, PERSON)
    settled_log()
    leaf = reply.body["receipt"]["leaf"]
    number = entry_of(leaf)
    assert entry_of(json.dumps(reply.body)) == entry_of(json.dumps(reply.body["receipt"])) == entry_of(f" {number} ") == number
    for text in ("", "sha256:00", "{}", "{", '{"receipt": 1}', "sha256:" + "zz" * 32, "9" * 30):
        with pytest.raises(NotReceived):
            entry_of(text)


@pytest.mark.parametrize(("name", "department"), [("approver", "owner"), ("requester_admin", "requester"), ("reviewer", "authority")])
def test_only_an_officer_of_the_requester_asks(world: World, entry: int, name: str, department: str) -> None:
    with pytest.raises(NotThatSide):
        actions.ask_correction(world.agreement, claim=claim(entry), acting_user=world.person(name), department=getattr(world, department))


def test_the_same_is_asked_once(world: World, entry: int) -> None:
    asked(world, entry)
    with pytest.raises(StateChanged):
        asked(world, entry)


def test_a_claim_says_what_and_why(world: World, entry: int) -> None:
    with pytest.raises(NotAskable) as refused:
        asked(world, entry, believed=" ", reason="")
    assert [fault.where for fault in refused.value.faults] == ["believed", "reason"]


def test_neither_the_person_nor_the_words_stand_anywhere_in_clear(world: World, entry: int) -> None:
    made = answered(world, asked(world, entry))
    settled_log()
    rows = serializers.serialize("json", [made])
    with connection.cursor() as cursor:
        cursor.execute("SELECT words, answer, subject_sealed FROM sharing_correctionrequest")
        columns = b"".join(bytes(column) for column in cursor.fetchone())
    blobs = b"".join(bytes(body) for body in Blob.objects.values_list("body", flat=True))
    for secret in (PERSON, SECRET, "The file was read again."):
        assert secret not in rows
        assert secret.encode() not in columns
        assert secret.encode() not in blobs
    assert PERSON not in repr(claim(entry))


def test_a_correction_is_an_entry_that_names_the_person(world: World, entry: int) -> None:
    from audit.models import SubjectTrace
    from audit.subjects import blind_of

    made = asked(world, entry)
    settled_log()
    named = SubjectTrace.objects.filter(blind=blind_of("person", PERSON)).order_by("-entry")[0].entry
    route = (opened_many([named])[named] or {})["route"]
    assert (route["type"], route["event"], route["number"]) == ("department_correction", "ask", made.number)


@pytest.mark.parametrize(("verdict", "state"), [("accept", "ACCEPTED"), ("confirm", "CONFIRMED"), ("leave_open", "UNDECIDED")])
def test_the_provider_answers(world: World, entry: int, verdict: str, state: str) -> None:
    made = answered(world, asked(world, entry), verdict)
    assert made.state == state
    assert spoken(made).answer == "The file was read again."
    with pytest.raises(StateChanged):
        answered(world, made, "confirm")


@pytest.mark.parametrize(("name", "department"), [("asker", "requester"), ("reviewer", "authority"), ("publisher", "owner")])
def test_nobody_else_answers(world: World, entry: int, name: str, department: str) -> None:
    made = asked(world, entry)
    with pytest.raises(NotThatSide):
        actions.answer_correction(made, verdict="confirm", words="x", acting_user=world.person(name), department=getattr(world, department))


def test_whoever_asked_does_not_answer(world: World, entry: int) -> None:
    made = asked(world, entry)
    grant_role(world.person("asker"), department=world.owner, role=Role.OFFICER, acting_user=world.person("owner_admin"))
    with pytest.raises(FourEyes):
        answered(world, made, name="asker")


def test_whom_it_is_about_does_not_answer(world: World, entry: int) -> None:
    made, approver = asked(world, entry), world.person("approver")
    approver.identifier_blind = Subject("person", PERSON).blind
    with pytest.raises(FourEyes):
        actions.answer_correction(made, verdict="confirm", words="x", acting_user=approver, department=world.owner)


def test_an_unknown_verdict_or_no_words_are_refused(world: World, entry: int) -> None:
    made = asked(world, entry)
    for verdict, words in (("publish", "x"), ("look_again", "x"), ("accept", "")):
        with pytest.raises(NotAskable):
            actions.answer_correction(made, verdict=verdict, words=words, acting_user=world.person("approver"), department=world.owner)


def test_the_requester_takes_back_what_it_said(world: World, entry: int) -> None:
    made = asked(world, entry)
    with pytest.raises(NotThatSide):
        actions.take_back(made, acting_user=world.person("approver"), department=world.owner)
    actions.take_back(made, acting_user=world.person("signer"), department=world.requester)
    assert made.state == "WITHDRAWN"
    asked(world, entry)


def test_the_next_revision_names_the_correction_and_everybody_is_told(world: World, entry: int) -> None:
    theirs = receive(agreement_of_outsider(world), "HSG-rental")
    receive(world.agreement, person=SUBJECTS[1])  # another person: says nothing about this one
    made = answered(world, asked(world, entry))
    new_rows(world)
    assert _do(work.REVISION_WORK)
    made.refresh_from_db()
    world.conditional.refresh_from_db()
    assert (made.state, made.revision) == ("PUBLISHED", world.conditional.current_revision)
    told = {notice.department_id: notice.entries for notice in CorrectionNotice.objects.all()}
    assert told == {"CAB": [entry], "HSG": [theirs]}


def test_a_file_that_came_in_before_the_answer_holds_no_correction(world: World, entry: int) -> None:
    new_rows(world)
    made = answered(world, asked(world, entry))
    _do(work.REVISION_WORK)
    telling.due_reminders(timezone.localdate())
    made.refresh_from_db()
    assert made.state == "ACCEPTED"


def test_lost_news_and_calls_that_were_not_indexed_yet_are_made_up_for(world: World, entry: int) -> None:
    other = agreement_of_outsider(world)
    made = answered(world, asked(world, entry))
    Caller("HSG-rental").query(other.agreement_id, PERSON)  # not in the index yet
    new_rows(world)
    telling.due_reminders(timezone.localdate())
    made.refresh_from_db()
    assert made.state == "PUBLISHED"
    assert {notice.department_id for notice in made.notices.all()} == {"CAB"}
    settled_log()
    telling.due_reminders(timezone.localdate())
    telling.due_reminders(timezone.localdate())
    assert sorted(notice.department_id for notice in made.notices.all()) == ["CAB", "HSG"]


def test_a_notice_is_for_its_department_alone(world: World, entry: int) -> None:
    receive(agreement_of_outsider(world), "HSG-rental")
    answered(world, asked(world, entry))
    new_rows(world)
    _do(work.REVISION_WORK)
    seen = {name: CorrectionNotice.objects.visible_to(world.person(name)).count() for name in ("asker", "outsider", "approver", "auditor")}
    assert seen == {"asker": 1, "outsider": 1, "approver": 0, "auditor": 0}
    notice = CorrectionNotice.objects.visible_to(world.person("outsider")).get()
    with pytest.raises(NotThatSide):
        actions.mark_seen(notice, acting_user=world.person("asker"), department=world.requester)
    actions.mark_seen(notice, acting_user=world.person("outsider"), department=world.outsider)
    assert not CorrectionNotice.objects.unseen("HSG").exists()


def test_whose_value_it_is_is_shown_to_the_two_sides_and_recorded_first(world: World, entry: int) -> None:
    made = asked(world, entry)
    before = Pending.objects.count()
    assert actions.open_subject(made, acting_user=world.person("approver"), department=world.owner).identifier == PERSON
    assert Pending.objects.count() == before + 1
    for name, department in (("reviewer", world.authority), ("outsider", world.outsider), ("publisher", world.owner)):
        with pytest.raises(NotThatSide):
            actions.open_subject(made, acting_user=world.person(name), department=department)


def test_visible_are_the_corrections_of_ones_own_departments(world: World, entry: int) -> None:
    asked(world, entry)
    seen = {
        name: CorrectionRequest.objects.visible_to(world.person(name)).count()
        for name in ("asker", "approver", "publisher", "reviewer", "auditor", "outsider")
    }
    assert seen == {"asker": 1, "approver": 1, "publisher": 1, "reviewer": 1, "auditor": 1, "outsider": 0}


def test_an_unanswered_correction_reaches_the_heads_and_then_the_authority(world: World, entry: int) -> None:
    made = asked(world, entry)
    day = made.due_on
    for _ in range(30):
        day += timedelta(days=1)
        clock.due_reminders(day)
    assert [(row.kind, row.department_id) for row in Reminder.objects.exclude(kind="CORRECTION_DUE").order_by("pk")] == [
        ("CORRECTION_OVERDUE", "DPF"),
        ("CORRECTION_ESCALATED", "DATA"),
    ]
    answered(world, made, "confirm")
    assert not Reminder.objects.filter(settled_at__isnull=True).exists()


def _do(name: str) -> int:
    """Do the work of this name that waits; how many pieces were done."""
    return sum(work.run(row.pk) for row in Work.objects.filter(name=name, state="WAITING"))


def test_a_file_may_leave_a_correction_for_a_later_one(world: World, entry: int) -> None:
    first, second = answered(world, asked(world, entry)), answered(world, asked(world, entry, item="valid_until"))
    load = new_load(world)
    assert [found.number for found in choosing.accepted_before(load)] == [first.number, second.number]
    with pytest.raises(NotAllowed):
        choosing.choose(load, settled=[first.number], acting_user=world.person("asker"))
    choosing.choose(load, settled=[first.number], acting_user=world.person("publisher"))
    publish_revision(load, acting_user=world.person("publisher"))
    for piece in Work.objects.filter(name="catalog.revision_published", state="WAITING"):
        assert work.run(piece.pk)
    telling.due_reminders(timezone.localdate())  # what makes up for lost news holds it back too
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("PUBLISHED", "ACCEPTED")
    new_rows(world)
    for piece in Work.objects.filter(name="catalog.revision_published", state="WAITING"):
        assert work.run(piece.pk)
    second.refresh_from_db()
    assert second.state == "PUBLISHED"
