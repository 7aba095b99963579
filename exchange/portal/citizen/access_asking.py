"""What a person can do about a line: ask the office why, say that it is wrong, and read the answers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict, Invalid
from exchange.affairs import sealing
from exchange.affairs.actions import object_to
from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Objection
from exchange.affairs.reading import objection_words
from exchange.oversight import actions
from exchange.oversight.access_records import AccessKind, AccessRecord, access_record
from exchange.oversight.models import Question
from exchange.portal.citizen.signed_in import as_applicant, said, show

_MOST = 50
_HOLDS_DATA = (
    AccessKind.QUESTION,
    AccessKind.QUESTIONS,
    AccessKind.DATA,
    AccessKind.GROUP_QUESTION,
    AccessKind.GROUP_QUESTIONS,
    AccessKind.GROUP_DATA,
    AccessKind.LIST,
    AccessKind.OWN_ROWS,
)


class WordsForm(forms.Form):
    """A few sentences."""

    words = forms.CharField(
        label=gettext_lazy("In your own words"), widget=forms.Textarea(attrs={"rows": 5}), max_length=actions.MOST_WORDS
    )


@dataclass(frozen=True)
class Asked:
    """One question with its words and, once there is one, its answer."""

    question: Question
    words: str
    answer: str


@dataclass(frozen=True)
class Objected:
    """One objection with its words and, once there is one, its answer."""

    objection: Objection
    words: str
    answer: str


@require_http_methods(["GET", "POST"])
@as_applicant
def access_why(request: HttpRequest, applicant: Applicant, entry: int) -> HttpResponse:
    """Ask the office behind a line why it looked."""
    line = access_record(applicant.subject, entry)
    department = actions.department_behind(line)
    form = WordsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.ask_why(entry, words=form.cleaned_data["words"], applicant=applicant)
        except (Conflict, Invalid) as refused:
            messages.error(request, said(refused))
        else:
            messages.success(request, _("Your question is on its way. You find the answer here."))
        return redirect("access_line", entry=entry)
    due = actions.time_to_answer()
    return show(request, "access_why", line=line, department=department, form=form, due=due)


@require_http_methods(["GET", "POST"])
@as_applicant
def access_wrong(request: HttpRequest, applicant: Applicant, entry: int) -> HttpResponse:
    """Say that what an office holds is wrong."""
    line = access_record(applicant.subject, entry)
    form = WordsForm(request.POST if request.method == "POST" else None)
    if not may_object(line):
        messages.error(request, _("Nothing was told here that could be wrong."))
        return redirect("access_line", entry=entry)
    if form.is_valid():
        _object(request, line, form.cleaned_data["words"], applicant)
        return redirect("access_line", entry=entry)
    return show(request, "access_wrong", line=line, form=form)


@require_GET
@as_applicant
def my_questions(request: HttpRequest, applicant: Applicant) -> HttpResponse:
    """Everything that the person asked or said is wrong, with the answers."""
    rows = Question.objects.of(applicant.subject)
    return show(request, "my_questions", questions=_asked(rows, applicant), objections=_objected(_objections(applicant), applicant))


@require_POST
@as_applicant
def question_back(request: HttpRequest, applicant: Applicant, question_id: uuid.UUID) -> HttpResponse:
    """Take a question back."""
    question = actions.question_for(question_id, applicant=applicant)
    try:
        actions.take_back(question, applicant=applicant)
        messages.success(request, _("You took your question back."))
    except Conflict as conflict:
        messages.error(request, said(conflict))
    return redirect("my_questions")


def asked_before(applicant: Applicant, line: AccessRecord) -> dict[str, Any]:
    """What the person has already done about a line, and what may still be done."""
    questions = _asked(Question.objects.of(applicant.subject).filter(entry=line.entry), applicant)
    is_open = any(asked.question.state == "OPEN" for asked in questions)
    return {
        "questions": questions,
        "objections": _objected(_objections(applicant).filter(entry=line.entry), applicant),
        "may_ask": line.is_answerable and not is_open,
        "may_object": may_object(line),
    }


def may_object(line: AccessRecord) -> bool:
    """Whether an office told something here, which may be wrong."""
    return line.kind in _HOLDS_DATA and bool(line.provider) and bool(line.dataset)


def _object(request: HttpRequest, line: AccessRecord, words: str, applicant: Applicant) -> None:
    try:
        object_to(entry=line.entry, provider=line.provider, dataset=line.dataset, words=words, applicant=applicant)
        messages.success(request, _("The office must look at it. You find the answer here."))
    except (Conflict, Invalid) as refused:
        messages.error(request, said(refused))


def _objections(applicant: Applicant) -> Any:
    return Objection.objects.filter(subject_blind=applicant.subject.blind)


def _objected(rows: Any, applicant: Applicant) -> list[Objected]:
    found = list(rows[:_MOST])
    key = sealing.key_of(applicant.subject) if found else b""
    return [Objected(row, *objection_words(row, key=key)) for row in found]


def _asked(rows: Any, applicant: Applicant) -> list[Asked]:
    found = list(rows.select_related("department")[:_MOST])
    key = sealing.key_of(applicant.subject) if found else b""
    return [Asked(row, *actions.words_of(row, key=key)) for row in found]


urlpatterns = [
    path("me/access/<int:entry>/why", access_why, name="access_why"),
    path("me/access/<int:entry>/wrong", access_wrong, name="access_wrong"),
    path("me/questions", my_questions, name="my_questions"),
    path("me/questions/<uuid:question_id>/take-back", question_back, name="question_back"),
]
