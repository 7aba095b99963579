"""A citizen asks why, and the department answers. Each step is one transaction and one entry that names the citizen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from catalog.clocks import Due, due
from catalog.models import Department
from exchange.accounts import limits, outbox
from exchange.accounts.acting import acting_as
from exchange.accounts.models import Person, Role
from exchange.accounts.subject import Subject, opened
from exchange.affairs import sealing
from exchange.affairs.actions.four_eyes import is_bound
from exchange.affairs.applicants import Applicant
from exchange.affairs.errors import NotThisOfficer
from exchange.delivery.subjects import is_personal
from exchange.oversight.access_records import AccessRecord, access_record
from exchange.oversight.errors import AlreadyAsked, NobodyToAsk, NoSuchQuestion, QuestionMoved, WordsMissing
from exchange.oversight.lifecycle import QUESTION, QuestionEvent
from exchange.oversight.models import Question
from exchange.sharing import jurisdiction

RULE = "citizen_question"
MOST_WORDS = 2_000
MOST_A_DAY = 20
_DAY = timedelta(days=1)


def ask_why(entry: int, *, words: str, applicant: Applicant) -> Question:
    """Ask the department behind one line why it looked the applicant up; it has the working days of the rule to answer.

    Raises Missing (no line of the applicant's), NobodyToAsk, AlreadyAsked, WordsMissing, TooManyTries.
    """
    said = _words(words)
    line = access_record(applicant.subject, entry)
    department = department_behind(line)
    if _is_open(applicant.subject, entry):
        raise AlreadyAsked(_("Your question about this line is open. The office will answer it."))
    limits.take("oversight.ask_why", applicant.subject.blind.hex(), limit=MOST_A_DAY, window=_DAY)
    trail.subject_keys([applicant.subject.who])
    try:
        with transaction.atomic():
            question = _write(line, department, said, applicant)
            _record("why_asked", question, applicant.subject)
    except IntegrityError as error:  # the same question was sent twice in one moment
        raise AlreadyAsked(_("Your question about this line is open. The office will answer it.")) from error
    return question


def answer_question(question: Question, *, answer: str, acting_user: Person) -> Question:
    """Answer for the department; the citizen is told. Raises RoleNeeded, NotThisOfficer, WordsMissing, QuestionMoved."""
    acting_as(acting_user, question.department_id, Role.OFFICER)
    if is_bound(acting_user, question.subject_blind):
        raise NotThisOfficer(_("This is your own question: a colleague must answer it."))
    said, subject = _words(answer), subject_of_question(question)
    sealed = sealing.seal(subject, said, context=f"answer:{question.pk}")
    with transaction.atomic():
        _move(question, QuestionEvent.ANSWER, answer=sealed, answered_by=acting_user)
        _record("why_answered", question, subject, officer=acting_user.username or str(acting_user.pk))
        if question.person is not None:
            with translation.override(question.language):
                outbox.send(question.person, "question_answered", language=question.language)
    return question


def take_back(question: Question, *, applicant: Applicant) -> Question:
    """The citizen withdraws the question. Raises NoSuchQuestion for somebody else's, QuestionMoved."""
    if bytes(question.subject_blind) != applicant.subject.blind:
        raise NoSuchQuestion(_("You have no such question."))
    with transaction.atomic():
        _move(question, QuestionEvent.WITHDRAW)
        _record("why_taken_back", question, applicant.subject)
    return question


def department_behind(line: AccessRecord) -> Department:
    """Who has to say why: the department that asked, looked or decided. Raises NobodyToAsk."""
    found = Department.objects.filter(code=line.requester).first() if line.is_answerable else None
    if found is None:
        raise NobodyToAsk(_("This step was your own, or the system's."), faults=[])
    return found


def question_for(pk: Any, *, applicant: Applicant) -> Question:
    """One of the applicant's own questions. Raises NoSuchQuestion also for somebody else's."""
    found = Question.objects.of(applicant.subject).filter(pk=pk).first()
    if found is None:
        raise NoSuchQuestion(_("You have no such question."))
    return found


def subject_of_question(question: Question) -> Subject:
    """Who asked; for sealing and for the log, never for an officer's eyes."""
    return opened(question.subject_kind, question.subject_sealed, blind=question.subject_blind)


def words_of(question: Question, *, key: bytes = b"") -> tuple[str, str]:
    """What was asked, and what was answered (empty while nothing was); `key` is the person's, where several are opened at once."""
    subject = subject_of_question(question)
    key = key or sealing.key_of(subject)
    asked = str(sealing.unseal(subject, question.words, context=f"question:{question.pk}", key=key))
    if question.answer is None:
        return asked, ""
    return asked, str(sealing.unseal(subject, question.answer, context=f"answer:{question.pk}", key=key))


def time_to_answer() -> Due:
    """By when a question that is asked today has to be answered."""
    return due(jurisdiction.time_limit(RULE), received=timezone.localdate(), calendar=jurisdiction.calendar())


def _write(line: AccessRecord, department: Department, words: str, applicant: Applicant) -> Question:
    subject, limit = applicant.subject, time_to_answer()
    sealed, blind = subject.sealed()
    question = Question(
        entry=line.entry,
        department=department,
        reference=line.case[:128],
        person_id=applicant.person,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        subject_kind=subject.kind,
        subject_sealed=sealed,
        subject_blind=blind,
        made_at=timezone.now(),
        due_on=limit.on,
        due_is_provisional=limit.is_provisional,
        due_is_verified=limit.is_verified,
    )
    question.words = sealing.seal(subject, words, context=f"question:{question.pk}")
    question.save(force_insert=True)
    return question


def _move(question: Question, event: QuestionEvent, **changes: Any) -> None:
    sources, target = QUESTION[event]
    moved = Question.objects.filter(pk=question.pk, state__in=sources).update(state=target, ended_at=timezone.now(), **changes)
    if not moved:
        raise QuestionMoved(_("It was answered or taken back meanwhile. Look again."))
    question.refresh_from_db()


def _record(event: str, question: Question, subject: Subject, *, officer: str = "automatic") -> None:
    """The entry names the line that was asked about by its number, and the citizen to the citizen alone."""
    route: dict[str, Any] = {
        "type": "question",
        "event": event,
        "requester": "",
        "provider": question.department_id,
        "about": question.entry,
        "question": str(question.pk),
        "count": 1,
    }
    named = trail.PersonNamed(subject.kind, subject.identifier, "subject", question.reference, officer, [event], None)
    trail.record(route, persons=(named,) if is_personal(subject.kind) else ())


def _is_open(subject: Subject, entry: int) -> bool:
    return Question.objects.of(subject).waiting().filter(entry=entry).exists()


def _words(text: str) -> str:
    said = text.strip()
    if not said:
        raise WordsMissing(_("Words are missing."), faults=[Fault("words", "required", _("Write one sentence at least."))])
    if len(said) > MOST_WORDS:
        too_long = _("Write at most {number} characters.").format(number=MOST_WORDS)
        raise WordsMissing(too_long, faults=[Fault("words", "length", too_long)])
    return said
