"""A citizen asks why and is answered in time; the officer reads the words and the call, never who asks."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.errors import HubError, Missing
from audit.models import EntryIndex, Pending
from exchange.accounts import outbox
from exchange.accounts.errors import RoleNeeded, TooManyTries
from exchange.accounts.models import Person
from exchange.affairs import actions as affairs
from exchange.affairs.errors import NotThisOfficer
from exchange.affairs.models import Objection
from exchange.oversight import actions
from exchange.oversight.access_records import AccessKind, access_records
from exchange.oversight.access_records.recount import recount
from exchange.oversight.errors import AlreadyAsked, NobodyToAsk, NoSuchQuestion, QuestionMoved, WordsMissing
from exchange.oversight.lifecycle import QUESTION, QuestionEvent, QuestionState, question_events
from exchange.oversight.models import Question
from tests.oversight.citizens import applicant, browser, citizen, looked_up, subject
from tests.portal.auditor_log import merge
from tests.world import World
from tests.world_data import SUBJECTS


@pytest.fixture
def asker(world: World) -> Person:
    """A citizen with lines in the log."""
    looked_up(world)
    return citizen()


def first_entry() -> int:
    return recount(subject()).entries[0]


def asked(person: Person, words: str = "Why did you look?") -> Question:
    return actions.ask_why(first_entry(), words=words, applicant=applicant(person))


def test_the_question_goes_to_the_department_that_asked_with_a_clock(asker: Person) -> None:
    question = asked(asker)
    assert (question.department_id, question.reference, question.state) == ("CAB", "CASE-7", "OPEN")
    assert question.due_on > timezone.localdate()
    assert not question.due_is_verified
    assert actions.words_of(question) == ("Why did you look?", "")
    assert SUBJECTS[0].encode() not in bytes(question.words) + bytes(question.subject_sealed)


def test_one_question_about_a_line_is_open_at_a_time(asker: Person) -> None:
    question = asked(asker)
    with pytest.raises(AlreadyAsked):
        asked(asker)
    actions.take_back(question, applicant=applicant(asker))
    assert asked(asker).pk != question.pk
    copy = {name: getattr(question, name) for name in ("entry", "department_id", "subject_kind", "subject_sealed", "subject_blind")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.create(**copy, words=b"x", made_at=timezone.now(), due_on=timezone.localdate())


def test_nobody_asks_about_anothers_line_or_with_no_words(asker: Person) -> None:
    other = citizen(5)
    with pytest.raises(Missing):
        actions.ask_why(first_entry(), words="Why?", applicant=applicant(other))
    for words in ("", "   ", "x" * (actions.MOST_WORDS + 1)):
        with pytest.raises(WordsMissing):
            asked(asker, words)
    assert not Question.objects.exists()


def test_a_step_of_ones_own_is_nobodys_to_explain(asker: Person) -> None:
    merge()
    own = next(line for line in access_records(subject()).lines if line.kind is AccessKind.STEP)
    with pytest.raises(NobodyToAsk):
        actions.ask_why(own.entry, words="Why?", applicant=applicant(asker))


@pytest.mark.usefixtures("early_in_an_hour")
def test_questions_are_limited_in_a_day(asker: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_A_DAY", 2)
    for entry in recount(subject()).entries[:2]:
        actions.ask_why(entry, words="Why?", applicant=applicant(asker))
    with pytest.raises(TooManyTries):
        actions.ask_why(recount(subject()).entries[2], words="Why?", applicant=applicant(asker))
    assert Question.objects.count() == 2


def test_the_answer_reaches_the_citizen(world: World, asker: Person) -> None:
    question = actions.answer_question(asked(asker), answer="For your allowance.", acting_user=world.person("asker"))
    assert actions.words_of(question) == ("Why did you look?", "For your allowance.")
    assert [message.template for message, _ in outbox.messages_to(asker)] == ["question_answered"]
    text = browser(asker).get(f"/en/me/access/{first_entry()}").content.decode()
    assert "For your allowance." in text
    with pytest.raises(QuestionMoved):
        actions.answer_question(question, answer="Again.", acting_user=world.person("asker"))


def test_only_an_officer_of_the_department_answers_and_never_their_own(world: World, asker: Person) -> None:
    question = asked(asker)
    for name in ("outsider", "approver", "requester_admin", "reviewer", "auditor"):
        with pytest.raises(RoleNeeded):
            actions.answer_question(question, answer="No.", acting_user=world.person(name))
    question.refresh_from_db()
    assert question.state == "OPEN"
    from exchange.accounts.actions import bind, unbind
    from exchange.accounts.models import Method
    from exchange.accounts.subject import Assurance

    officer = world.person("asker")
    unbind(asker, acting_system="tests")
    bind(officer, subject=subject(), method=Method.DEMO, assurance=Assurance.SUBSTANTIAL, acting_system="tests")
    with pytest.raises(NotThisOfficer):
        actions.answer_question(question, answer="No.", acting_user=officer)


def test_only_its_citizen_takes_a_question_back(asker: Person) -> None:
    question = asked(asker)
    with pytest.raises(NoSuchQuestion):
        actions.take_back(question, applicant=applicant(citizen(6)))
    with pytest.raises(NoSuchQuestion):
        actions.question_for(question.pk, applicant=applicant(Person.objects.get(username="citizen.6")))


def test_each_step_is_an_entry_that_names_the_citizen_to_the_citizen_alone(world: World, asker: Person) -> None:
    merge()
    before = len(access_records(subject()).lines)
    actions.answer_question(asked(asker), answer="For your allowance.", acting_user=world.person("asker"))
    assert Pending.objects.count() == 2
    merge()
    lines = access_records(subject()).lines
    assert [line.route["event"] for line in lines[:2]] == ["why_answered", "why_asked"]
    assert len(lines) == before + 2
    assert EntryIndex.objects.filter(type="question", provider="CAB").count() == 2
    assert "CAB" not in lines[0].sentence
    assert "answered your question" in lines[0].sentence


@pytest.mark.parametrize("state", QuestionState)
@pytest.mark.parametrize("event", QuestionEvent)
def test_every_move_of_a_question_is_that_of_the_table(world: World, asker: Person, state: QuestionState, event: QuestionEvent) -> None:
    question = asked(asker)
    ways = {
        QuestionEvent.ANSWER: lambda: actions.answer_question(question, answer="So.", acting_user=world.person("asker")),
        QuestionEvent.WITHDRAW: lambda: actions.take_back(question, applicant=applicant(asker)),
    }
    if state is not QuestionState.OPEN:
        ways[QuestionEvent.ANSWER if state is QuestionState.ANSWERED else QuestionEvent.WITHDRAW]()
    if event in question_events(state):
        ways[event]()
        assert question.state == QUESTION[event][1]
    else:
        with pytest.raises(QuestionMoved):
            ways[event]()


def test_the_officers_page_shows_words_and_call_and_not_who_asks(world: World, asker: Person) -> None:
    question = asked(asker)
    officer = browser(world.person("asker"))
    assert [item.url for item in officer.get("/en/console").context["waiting"]] == [f"/en/console/questions/{question.pk}"]
    listed = officer.get("/en/console/questions").content.decode()
    text = officer.get(f"/en/console/questions/{question.pk}").content.decode()
    assert "Why did you look?" in text
    assert "CASE-7" in listed
    assert "CASE-7" in text
    for shown in (listed, text):
        assert SUBJECTS[0] not in shown
        assert "citizen.0" not in shown
        assert "Citizen 0" not in shown
    assert officer.post(f"/en/console/questions/{question.pk}", {"words": ""}).status_code == 422
    assert officer.post(f"/en/console/questions/{question.pk}", {"words": "For your allowance."}).status_code == 302
    question.refresh_from_db()
    assert question.state == "ANSWERED"


def test_other_departments_and_roles_do_not_see_the_question(world: World, asker: Person) -> None:
    question = asked(asker)
    for name in ("outsider", "approver", "requester_admin", "auditor", "reviewer"):
        page = browser(world.person(name))
        assert page.get(f"/en/console/questions/{question.pk}").status_code == 404
        assert "CASE-7" not in page.get("/en/console/questions").content.decode()


def test_what_is_wrong_goes_to_the_provider_who_answers(world: World, asker: Person) -> None:
    mine, entry = browser(asker), first_entry()
    assert mine.post(f"/en/me/access/{entry}/wrong", {"words": "It is valid."}).status_code == 302
    objection = Objection.objects.get()
    assert (objection.provider, objection.dataset, objection.entry) == ("DPF", "R14", entry)
    officer = browser(world.person("approver"))
    page = f"/en/console/objections/{objection.pk}"
    text = officer.get(page).content.decode()
    assert "It is valid." in text
    assert SUBJECTS[0] not in text
    assert browser(world.person("asker")).get(page).status_code == 404
    assert officer.post(page, {"upheld": "yes"}).status_code == 422
    assert officer.post(page, {"upheld": "yes", "answer": "We corrected the date."}).status_code == 302
    shown = mine.get(f"/en/me/access/{entry}").content.decode()
    assert "You were right" in shown
    assert "We corrected the date." in shown


def test_the_provider_sees_whose_record_it_is_only_by_a_look_that_the_citizen_reads(world: World, asker: Person) -> None:
    affairs.object_to(entry=first_entry(), provider="DPF", dataset="R14", words="Wrong.", applicant=applicant(asker))
    objection = Objection.objects.get()
    answer = browser(world.person("approver")).post(f"/en/console/objections/{objection.pk}/whose")
    assert SUBJECTS[0] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    merge()
    looked = access_records(subject()).lines[0]
    assert (looked.kind, looked.requester, looked.officer) == (AccessKind.VIEW, "DPF", world.person("approver").username)
    assert "because you said it is wrong" in looked.sentence
    for name in ("asker", "outsider", "auditor"):
        assert browser(world.person(name)).post(f"/en/console/objections/{objection.pk}/whose").status_code == 404


def test_a_look_that_cannot_be_recorded_shows_nothing(world: World, asker: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from exchange.affairs import viewed

    affairs.object_to(entry=first_entry(), provider="DPF", dataset="R14", words="Wrong.", applicant=applicant(asker))

    def fail(*_arguments: object, **_options: object) -> None:
        raise HubError("the log is away")

    monkeypatch.setattr(viewed.trail, "record", fail)
    answer = browser(world.person("approver")).post(f"/en/console/objections/{Objection.objects.get().pk}/whose")
    assert answer.status_code >= 400
    assert SUBJECTS[0] not in answer.content.decode()
