"""Citizens ask why they were looked up: the list of a department's officers, and one question with its answer."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import Conflict
from audit.proofs import opened_many
from exchange.accounts.models import Role
from exchange.oversight import actions
from exchange.oversight.models import Question
from exchange.portal.auditor.names import read_names
from exchange.portal.auditor.sentences import sentence
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent

PAGE = "console_question"


class AnswerForm(forms.Form):
    """What the citizen will read."""

    words = forms.CharField(
        label=gettext_lazy("Your answer to the citizen"), widget=forms.Textarea(attrs={"rows": 6}), max_length=actions.MOST_WORDS
    )


def questions_of(desk: Desk) -> Any:
    """Those that this person may see at this desk: officers see their department's, nobody else sees any."""
    codes = [desk.department.code] if Role.OFFICER in desk.roles else []
    return Question.objects.asked_of(codes).select_related("department")


@require_GET
@at_desk
def questions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, what is due first on top; then what was answered lately."""
    waiting = list(questions_of(desk).waiting()[:100])
    ended = list(questions_of(desk).exclude(state="OPEN").order_by("-ended_at")[:20])
    said = _sentences([*waiting, *ended])
    rows = [(row, said.get(row.entry, "")) for row in waiting]
    return show(
        request, desk, "questions", waiting=rows, ended=[(row, said.get(row.entry, "")) for row in ended], today=timezone.localdate()
    )


@require_http_methods(["GET", "POST"])
@at_desk
def one_question(request: HttpRequest, desk: Desk, question_id: uuid.UUID) -> HttpResponse:
    """What was recorded, the department's own reference, the citizen's words, and the answer. Never who asks."""
    found = questions_of(desk).filter(pk=question_id).first()
    if found is None:
        raise Http404
    form = AnswerForm(posted(request))
    try:
        if sent(request, form, lambda data: actions.answer_question(found, answer=data["words"], acting_user=desk.person)):
            return done(request, _("Answered. The citizen reads it now."), "console_questions")
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, str(question_id))
    words, answer = actions.words_of(found)
    context = {"found": found, "words": words, "answer": answer, "sentence": _sentences([found]).get(found.entry, "")}
    return show(request, desk, "question", form=form, today=timezone.localdate(), **context)


def _sentences(rows: list[Question]) -> dict[int, str]:
    """What the log says of the lines that are asked about, in a fixed number of queries."""
    opened = opened_many([row.entry for row in rows])
    routes = {entry: parts["route"] for entry, parts in opened.items() if parts}
    names = read_names(routes.values())
    return {entry: sentence(route, names) for entry, route in routes.items()}


urlpatterns = [
    path("console/questions", questions, name="console_questions"),
    path("console/questions/<uuid:question_id>", one_question, name=PAGE),
]
