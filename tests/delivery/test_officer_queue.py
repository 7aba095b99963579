"""Registers that a person answers for: the queue, its clock, who may look and answer, and what the caller gets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.errors import HubError
from audit.models import Pending
from catalog.stores import Reply as StoreReply
from exchange.accounts.actions import grant_role
from exchange.accounts.errors import RoleNeeded
from exchange.accounts.models import Message, Role
from exchange.delivery.errands import completing
from exchange.delivery.models import Errand, OfficerQuestion
from exchange.delivery.officer import actions
from exchange.delivery.officer.errors import AnswerUnfit, NotYourQuestion, QuestionMoved
from exchange.delivery.officer.lifecycle import OFFICER, CannotAnswer, OfficerEvent, OfficerState
from exchange.delivery.officer.opening import answer_due
from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import Agreement
from tests.delivery.errands_world import OFFICER_STORE, SQL_STORE, agreed_about, publish_remote
from tests.delivery.wire_caller import Caller, Reply
from tests.world import World
from tests.world_data import SUBJECTS, UNKNOWN_SUBJECT

RECORD = {"grade": 2, "valid_until": "2031-12-31"}


@pytest.fixture
def caller() -> Caller:
    return Caller("CAB-relief")


@pytest.fixture
def paper(world: World) -> Agreement:
    """An agreement about a register that an officer answers within three working days."""
    return agreed_about(world, publish_remote(world, OFFICER_STORE))


@pytest.fixture
def officer(world: World) -> Any:
    return world.person("owner_officer")


def asked(caller: Caller, agreement: Agreement, subject: str = SUBJECTS[0], **more: Any) -> tuple[OfficerQuestion, Reply]:
    waiting = caller.query(agreement.agreement_id, subject, **more)
    assert waiting.status == 202
    return OfficerQuestion.objects.get(errand__intent=bytes.fromhex(waiting.body["receipt"]["leaf"].removeprefix("sha256:"))), waiting


def collected(caller: Caller, agreement: Agreement, waiting: Reply) -> Reply:
    return caller.collect(agreement.agreement_id, str(waiting.body["receipt"]["leaf"]))


def claimed(question: OfficerQuestion, officer: Any) -> OfficerQuestion:
    actions.claim(question, acting_user=officer)
    return question


def test_a_question_waits_in_the_queue_of_its_department_by_its_clock(world: World, paper: Agreement, caller: Caller) -> None:
    question, _waiting = asked(caller, paper)
    assert (question.state, question.provider_id, question.requester_id, question.dataset) == ("WAITING", "DPF", "CAB", "R15")
    assert question.due_on == answer_due({"store": OFFICER_STORE}, received=timezone.localdate(question.created_at)).on
    assert question.due_on > timezone.localdate(question.created_at) + timedelta(days=2)
    for name, sees in (("owner_officer", True), ("owner_admin", True), ("publisher", False), ("asker", False), ("auditor", False)):
        assert OfficerQuestion.objects.visible_to(world.person(name)).exists() is sees


def test_only_questions_to_officers_enter_the_queue(world: World, caller: Caller) -> None:
    caller.query(agreed_about(world, publish_remote(world, SQL_STORE)).agreement_id, SUBJECTS[0])
    assert Errand.objects.exists()
    assert not OfficerQuestion.objects.exists()


def test_an_officers_answer_reaches_the_system_that_asked(paper: Agreement, caller: Caller, officer: Any) -> None:
    question, waiting = asked(caller, paper)
    looked = actions.look(claimed(question, officer), acting_user=officer)
    assert looked.question.subjects == (("person", SUBJECTS[0]),)
    assert set(looked.question.items) == {"grade", "valid_until"}
    assert (looked.purpose, looked.case) == ("disability_allowance", "C-1")
    assert actions.answer(question, answers=[[RECORD]], acting_user=officer) == "ANSWERED"
    question.refresh_from_db()
    assert (question.state, question.answered_by_id, question.reason) == ("ANSWERED", officer.pk, "")
    answer = collected(caller, paper, waiting)
    assert answer.status == 200
    assert answer.body["answer"]["records"] == [RECORD]
    assert answer.route["acting"] == str(officer.pk)


def test_no_record_is_an_answer_of_its_own(paper: Agreement, caller: Caller, officer: Any) -> None:
    question, waiting = asked(caller, paper, UNKNOWN_SUBJECT)
    actions.answer(claimed(question, officer), answers=[[]], acting_user=officer)
    assert collected(caller, paper, waiting).body["answer"]["state"] == "NO_RECORD"


def test_facts_are_answered_from_the_items_that_they_rest_on(paper: Agreement, caller: Caller, officer: Any) -> None:
    waiting = caller.verify(paper.agreement_id, SUBJECTS[0], {"fact": "valid"})
    question = claimed(OfficerQuestion.objects.get(), officer)
    assert actions.look(question, acting_user=officer).question.items == ("valid_until",)
    actions.answer(question, answers=[[{"valid_until": "2031-12-31"}]], acting_user=officer)
    answer = collected(caller, paper, waiting)
    assert [line["answer"] for line in answer.body["answers"]] == ["YES"]


def test_each_look_is_an_entry_that_names_the_person_and_who_looked(paper: Agreement, caller: Caller, officer: Any) -> None:
    question, _waiting = asked(caller, paper)
    claimed(question, officer)
    before = Pending.objects.count()
    actions.look(question, acting_user=officer)
    actions.look(question, acting_user=officer)
    assert Pending.objects.count() == before + 2


def test_nobody_looks_or_answers_but_the_officer_who_claimed_it(world: World, paper: Agreement, caller: Caller, officer: Any) -> None:
    question, _waiting = asked(caller, paper)
    colleague = world.person("approver")
    with pytest.raises(NotYourQuestion):
        actions.look(question, acting_user=officer)
    claimed(question, officer)
    for person, error in ((colleague, NotYourQuestion), (world.person("publisher"), RoleNeeded), (world.person("asker"), RoleNeeded)):
        with pytest.raises(error):
            actions.look(question, acting_user=person)
        with pytest.raises(error):
            actions.answer(question, answers=[[]], acting_user=person)
        with pytest.raises(error):
            actions.cannot_answer(question, reason=CannotAnswer.REGISTER_AWAY, acting_user=person)
    with pytest.raises(QuestionMoved):
        actions.claim(OfficerQuestion.objects.get(), acting_user=colleague)
    question.refresh_from_db()
    assert (question.state, question.claimed_by_id) == ("CLAIMED", officer.pk)


def test_a_question_is_put_back_by_whoever_claimed_it_or_by_an_administrator(
    world: World, paper: Agreement, caller: Caller, officer: Any
) -> None:
    question, _waiting = asked(caller, paper)
    claimed(question, officer)
    with pytest.raises(RoleNeeded):
        actions.release(question, acting_user=world.person("approver"))
    actions.release(question, acting_user=world.person("owner_admin"))
    assert (question.state, question.claimed_by_id) == ("WAITING", None)
    actions.release(claimed(question, world.person("approver")), acting_user=world.person("approver"))
    with pytest.raises(QuestionMoved):
        actions.release(question, acting_user=world.person("owner_admin"))


def test_whoever_asked_never_answers(world: World, paper: Agreement, caller: Caller, officer: Any) -> None:
    own, _waiting = asked(caller, paper, officer=officer.get_username())
    with pytest.raises(NotYourQuestion):
        actions.claim(own, acting_user=officer)
    own.refresh_from_db()
    assert own.state == "WAITING"
    both = world.person("approver")
    grant_role(both, department=world.requester, role=Role.OFFICER, acting_user=None)
    with pytest.raises(NotYourQuestion):
        actions.claim(own, acting_user=both)


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([], ("answers", "subjects")),
        ([[RECORD], [RECORD]], ("answers", "subjects")),
        ([[{"grade": 2}]], ("answers[0].records[0]", "items")),
        ([[{**RECORD, "diagnosis": "text"}]], ("answers[0].records[0]", "items")),
        ([[{**RECORD, "grade": "2"}]], ("answers[0].records[0].grade", "type")),
        ([[{**RECORD, "grade": None}]], ("answers[0].records[0].grade", "type")),
        ([[RECORD, {**RECORD, "valid_until": "31.12.2031"}]], ("answers[0].records[1].valid_until", "type")),
        ([[RECORD] * 101], ("answers[0]", "too_many")),
    ],
)
def test_an_answer_that_is_not_what_was_asked_is_sent_back_with_every_fault(
    paper: Agreement, caller: Caller, officer: Any, answers: Any, fault: tuple[str, str]
) -> None:
    question, waiting = asked(caller, paper)
    claimed(question, officer)
    with pytest.raises(AnswerUnfit) as unfit:
        actions.answer(question, answers=answers, acting_user=officer)
    assert fault in [(found.where, found.rule) for found in unfit.value.faults]
    assert SUBJECTS[0] not in str([(found.where, str(found.message)) for found in unfit.value.faults])
    assert collected(caller, paper, waiting).body["state"] == "WAITING"


def test_an_officer_who_cannot_answer_says_why_by_a_code(paper: Agreement, caller: Caller, officer: Any) -> None:
    question, waiting = asked(caller, paper)
    actions.cannot_answer(claimed(question, officer), reason=CannotAnswer.REGISTER_DAMAGED, acting_user=officer)
    question.refresh_from_db()
    assert (question.state, question.reason, question.answered_by_id) == ("UNANSWERED", "REGISTER_DAMAGED", officer.pk)
    answer = collected(caller, paper, waiting)
    assert (answer.code, answer.body["reason"]) == ("PROVIDER_DOWN", "REGISTER_DAMAGED")


def test_an_answer_is_dropped_where_the_agreement_was_revoked_meanwhile(
    world: World, paper: Agreement, caller: Caller, officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the officer's last look and the answer: decided again, refused, and nothing of it leaves."""
    question, waiting = asked(caller, paper)
    claimed(question, officer)
    complete = completing.complete

    def revoked_first(errand_id: str, reply: StoreReply, *, answered_by: Any) -> str:
        sharing_actions.revoke(paper, reason="Over.", ground="PURPOSE_ENDED", acting_user=officer, department=world.owner)
        return complete(errand_id, reply, answered_by=answered_by)

    monkeypatch.setattr(completing, "complete", revoked_first)
    assert actions.answer(question, answers=[[RECORD]], acting_user=officer) == "REFUSED"
    question.refresh_from_db()
    assert (question.state, question.reason) == ("UNANSWERED", "REVOKED")
    assert collected(caller, paper, waiting).code == "REVOKED"
    with pytest.raises(HubError):
        actions.look(question, acting_user=officer)


def test_what_nobody_answered_in_time_is_told_to_the_head_once_and_then_given_up(
    world: World, paper: Agreement, caller: Caller, officer: Any
) -> None:
    question, waiting = asked(caller, paper)
    assert actions.escalate_overdue(question.due_on) == 0
    late = question.due_on + timedelta(days=1)
    assert actions.escalate_overdue(late) == 1
    assert actions.escalate_overdue(late) == 0
    told = Message.objects.filter(template=actions.OVERDUE_TEXT)
    assert [message.person_id for message in told] == [world.person("owner_admin").pk]
    claimed(question, officer)
    assert completing.abandon_overdue(Errand.objects.get().due_at + timedelta(minutes=1)) == 1
    question.refresh_from_db()
    assert (question.state, question.reason) == ("UNANSWERED", "ABANDONED")
    assert collected(caller, paper, waiting).code == "ABANDONED"
    with pytest.raises(QuestionMoved):
        actions.answer(claimed_again(question, officer), answers=[[RECORD]], acting_user=officer)


def claimed_again(question: OfficerQuestion, officer: Any) -> OfficerQuestion:
    """As a page would have it that was opened before the time was over."""
    question.state, question.claimed_by_id = "CLAIMED", officer.pk
    return question


def test_the_person_stands_in_no_row_of_the_queue(paper: Agreement, caller: Caller, officer: Any) -> None:
    question, _waiting = asked(caller, paper)
    claimed(question, officer)
    assert SUBJECTS[0] not in str(OfficerQuestion.objects.values_list().get())


@pytest.mark.parametrize("state", list(OfficerState))
@pytest.mark.parametrize("event", list(OfficerEvent))
def test_every_move_from_every_state_is_in_the_table_or_refused(
    paper: Agreement, caller: Caller, officer: Any, state: OfficerState, event: OfficerEvent
) -> None:
    question, _waiting = asked(caller, paper)
    OfficerQuestion.objects.filter(pk=question.pk).update(state=state, claimed_by=officer)
    question.refresh_from_db()
    sources, target = OFFICER[event]
    try:
        {
            OfficerEvent.CLAIM: lambda: actions.claim(question, acting_user=officer),
            OfficerEvent.RELEASE: lambda: actions.release(question, acting_user=officer),
            OfficerEvent.ANSWER: lambda: actions.answer(question, answers=[[RECORD]], acting_user=officer),
            OfficerEvent.END_UNANSWERED: lambda: actions.cannot_answer(question, reason=CannotAnswer.REGISTER_AWAY, acting_user=officer),
            OfficerEvent.ESCALATE: lambda: actions.escalate_overdue(question.due_on + timedelta(days=1)),
        }[event]()
    except (QuestionMoved, NotYourQuestion):
        assert state not in sources or (state, event) in {("WAITING", "answer"), ("WAITING", "end_unanswered")}
        return
    question.refresh_from_db()
    assert question.state == (target if target and state in sources else state)


def test_a_claimed_question_has_an_officer_in_the_database_itself(paper: Agreement, caller: Caller) -> None:
    asked(caller, paper)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficerQuestion.objects.update(state="CLAIMED")
