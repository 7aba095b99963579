"""What officers do with a question: claim it, look, answer, say that they cannot, or put it back; overdue ones reach the head.

Whom a question is about is opened for the officer who has claimed it and for nobody else, and each look is an entry that the
person reads. Whoever asked never answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from catalog.stores import ProviderFailed, Question, Record, Reply
from exchange.accounts import outbox
from exchange.accounts.acting import acting_as, works_for
from exchange.accounts.hands import names_of
from exchange.accounts.models import Membership, Person, Role
from exchange.delivery.deliver import current_policies
from exchange.delivery.errands import completing, leasing
from exchange.delivery.errands.completing import ErrandOver
from exchange.delivery.errands.opening import Opened, opened
from exchange.delivery.models import Errand, OfficerQuestion
from exchange.delivery.officer.answers import faults_of
from exchange.delivery.officer.errors import AnswerUnfit, NotYourQuestion, QuestionMoved
from exchange.delivery.officer.lifecycle import OFFICER, CannotAnswer, OfficerEvent, OfficerState
from exchange.delivery.subjects import is_personal

MOVED = "officer_question"
OVERDUE_TEXT = "officer_question_overdue"


@dataclass(frozen=True)
class Asked:
    """A question opened for the officer who claimed it: whom it is about, which items, for which purpose and case."""

    question: Question
    purpose: str
    case: str
    reference: str


@transaction.atomic
def claim(question: OfficerQuestion, *, acting_user: Any) -> None:
    """Take a question from the queue. Raises NotYourQuestion, QuestionMoved."""
    _require_did_not_ask(_require_may_answer(question, acting_user), acting_user)
    _move(question, OfficerEvent.CLAIM, acting_user, claimed_by=acting_user, claimed_at=timezone.now())


@transaction.atomic
def release(question: OfficerQuestion, *, acting_user: Any) -> None:
    """Put it back: whoever claimed it may, and an administrator of the department. Raises NotYourQuestion, QuestionMoved."""
    if question.claimed_by_id != acting_user.pk:
        acting_as(acting_user, question.provider_id, Role.ADMINISTRATOR)
    _move(question, OfficerEvent.RELEASE, acting_user, claimed_by=None, claimed_at=None)


@transaction.atomic
def look(question: OfficerQuestion, *, acting_user: Any) -> Asked:
    """Open what is asked, for the officer who claimed it; the look is recorded first. Raises NotYourQuestion, QuestionMoved."""
    found = _require_claimed(question, acting_user)
    asked = _asked(question, found)
    route: dict[str, Any] = {
        "type": "view",
        "event": MOVED,
        "requester": question.provider_id,
        "provider": "",
        "dataset": question.dataset,
        "count": len(asked.question.subjects),
    }
    persons = [
        trail.PersonNamed(kind, identifier, "subject", "", str(acting_user.pk), list(asked.question.items), None)
        for kind, identifier in asked.question.subjects
        if is_personal(kind)
    ]
    trail.record(route, persons=persons)
    return asked


def answer(question: OfficerQuestion, *, answers: Sequence[Sequence[Record]], acting_user: Any) -> str:
    """Answer a claimed question: for each subject, in the order of `look`, its records; none: there is no record.

    Gives the outcome: ANSWERED, or REFUSED where the agreement does not allow it any more (then the answer is dropped).
    Raises NotYourQuestion, QuestionMoved, or AnswerUnfit with every fault. A transaction of its own: not inside another.
    """
    asked = _asked(question, _require_claimed(question, acting_user)).question
    faults = faults_of(asked, answers)
    if faults:
        raise AnswerUnfit(_("Correct what is listed. Nothing has been sent."), faults=faults)
    records = {who: [dict(record) for record in given] for who, given in zip(asked.subjects, answers, strict=True)}
    reply = Reply(records, timezone.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    try:
        return completing.complete(question.errand_id, reply, answered_by=acting_user)
    except ProviderFailed as failed:
        raise AnswerUnfit(
            _("The answer is not what was asked."), faults=[Fault("", str(failed.why), _("Look at the question again"))]
        ) from None
    except ErrandOver:
        raise _moved() from None


def cannot_answer(question: OfficerQuestion, *, reason: CannotAnswer, acting_user: Any) -> None:
    """End a claimed question without an answer: the caller reads PROVIDER_DOWN with this reason. A transaction of its own."""
    _require_claimed(question, acting_user)
    try:
        completing.fail(question.errand_id, reason.value, answered_by=acting_user)
    except ErrandOver:
        raise _moved() from None


def escalate_overdue(today: date) -> int:
    """Tell the administrators of the department about each question whose day has passed, once; how many there were."""
    rows = OfficerQuestion.objects.overdue(today).filter(escalated_at=None)
    return sum(_escalate(question) for question in rows.order_by("pk")[:500])


@transaction.atomic
def _escalate(question: OfficerQuestion) -> bool:
    sources, _unchanged = OFFICER[OfficerEvent.ESCALATE]
    rows = OfficerQuestion.objects.filter(pk=question.pk, state__in=sources, escalated_at=None)
    if not rows.update(escalated_at=timezone.now()):
        return False
    _record(question, OfficerEvent.ESCALATE, "")
    heads = Membership.objects.in_force(timezone.now()).filter(department=question.provider_id, role=Role.ADMINISTRATOR)
    for person in Person.objects.filter(pk__in=heads.values("person"), is_active=True).order_by("pk"):
        outbox.send(person, OVERDUE_TEXT, context={"day": question.due_on.isoformat()})
    return True


def _require_may_answer(question: OfficerQuestion, person: Any) -> Opened:
    acting_as(person, question.provider_id, Role.OFFICER)
    is_both = question.requester_id == question.provider_id
    if not is_both and question.requester_id in works_for(person):
        raise NotYourQuestion(_("Your other department asked this. A colleague who does not work there answers."))
    errand = Errand.objects.filter(pk=question.errand_id).first()
    found = opened(errand) if errand is not None else None
    if found is None:
        raise _moved()
    return found


def _require_did_not_ask(found: Opened, person: Any) -> None:
    """The requester's own reference of its officer is all that says who asked; where it names this person, another one answers."""
    reference = str((found.call.document or {}).get("officer", ""))
    if reference and reference in names_of(person):
        raise NotYourQuestion(_("You asked this yourself. A colleague answers."))


def _require_claimed(question: OfficerQuestion, person: Any) -> Opened:
    found = _require_may_answer(question, person)
    if question.claimed_by_id != person.pk or question.state != OfficerState.CLAIMED:
        raise NotYourQuestion(_("Claim the question first: it is opened for one officer at a time."))
    return found


def _asked(question: OfficerQuestion, found: Opened) -> Asked:
    errand = Errand.objects.get(pk=question.errand_id)
    asked = leasing.question_of(errand, found.call, current_policies())
    if asked is None:
        raise QuestionMoved(_("The agreement does not allow this question any more; nothing is to be answered."))
    said: Mapping[str, Any] = found.call.document
    return Asked(asked, str(said.get("purpose", "")), str(said.get("case", "")), str(said.get("officer", "")))


def _move(question: OfficerQuestion, event: OfficerEvent, person: Any, **changes: Any) -> None:
    """The conditional UPDATE of a row of the lifecycle table, and its entry. Raises QuestionMoved."""
    sources, target = OFFICER[event]
    rows = OfficerQuestion.objects.filter(pk=question.pk, state__in=sources)
    if event is OfficerEvent.RELEASE:
        rows = rows.filter(claimed_by=question.claimed_by_id)
    if not rows.update(state=target, **changes):
        raise _moved()
    question.refresh_from_db()
    _record(question, event, str(person.pk))


def _moved() -> QuestionMoved:
    return QuestionMoved(_("A colleague was quicker, or its time is over. Look at the queue again."))


def _record(question: OfficerQuestion, event: OfficerEvent, acting: str) -> None:
    trail.record(
        {
            "type": "officer",
            "event": event.value,
            "provider": question.provider_id,
            "requester": question.requester_id,
            "dataset": question.dataset,
            "acting": acting,
            "count": 1,
        }
    )
