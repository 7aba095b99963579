"""Questions to registers that a person answers for: the queue, one question opened for the officer who claimed it, the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict
from catalog.models import Dataset, Purpose, in_active_language
from exchange.accounts.models import Role
from exchange.delivery.models import OfficerQuestion
from exchange.delivery.officer import actions
from exchange.delivery.officer.actions import Asked
from exchange.delivery.officer.lifecycle import CannotAnswer, OfficerState
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent
from exchange.portal.department.queue_form import MOST_ROWS, MOST_SUBJECTS, AnswerForm, DeclineForm

LIST, PAGE = "console_queue", "console_queue_question"
_LATELY = 20


def questions_of(desk: Desk) -> Any:
    """Those of this desk's department, for its officers and administrators; nobody else sees any."""
    rows = OfficerQuestion.objects.visible_to(desk.person).filter(provider=desk.department)
    return rows.select_related("requester", "claimed_by")


@require_GET
@at_desk
def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, what is due first on top, mine before others'; then what ended lately."""
    waiting = list(questions_of(desk).open().by_due()[:100])
    ended = list(questions_of(desk).ended().order_by("-ended_at")[:_LATELY])
    titles = titles_of([*waiting, *ended])
    mine = [row for row in waiting if row.claimed_by_id == desk.person.pk]
    queued = [row for row in waiting if row.claimed_by_id != desk.person.pk]
    context = {"mine": mine, "queued": queued, "ended": ended, "titles": titles, "today": timezone.localdate()}
    return show(request, desk, "queue", **context, may_claim=Role.OFFICER in desk.roles)


@require_http_methods(["GET", "POST"])
@at_desk
def one_question(request: HttpRequest, desk: Desk, question_id: str) -> HttpResponse:
    """One question: for whoever claimed it whom and what it is about, and the form; every look is written down."""
    found = _question(desk, question_id)
    context: dict[str, Any] = {"found": found, "title": titles_of([found]).get(found.dataset, found.dataset), "today": timezone.localdate()}
    is_mine = found.state == OfficerState.CLAIMED and found.claimed_by_id == desk.person.pk
    if not is_mine:
        if request.method == "POST":
            actions.look(found, acting_user=desk.person)  # says why not
        return show(request, desk, "queue_question", **context, may_release=_may_release(desk, found))
    try:
        return _open(request, desk, found, context)
    except Conflict as conflict:
        return look_again(request, conflict, LIST)


def _open(request: HttpRequest, desk: Desk, found: OfficerQuestion, context: Mapping[str, Any]) -> HttpResponse:
    asked = actions.look(found, acting_user=desk.person)
    context = {**context, **_words(asked), "may_release": True, "decline": DeclineForm()}
    if len(asked.question.subjects) > MOST_SUBJECTS:
        return show(request, desk, "queue_question", **context, is_too_long=True)
    rows = _rows(request)
    form, outcome = AnswerForm(asked.question, posted(request), rows=rows), list[str]()

    def answered(_data: object) -> None:
        outcome.append(actions.answer(found, answers=form.answers(), acting_user=desk.person))

    if sent(request, form, answered):
        return done(request, _said(outcome[0]), LIST)
    return show(request, desk, "queue_question", **context, form=form, rows=rows, more_rows=rows + 1 if rows < MOST_ROWS else 0)


@require_POST
@at_desk
def claim(request: HttpRequest, desk: Desk, question_id: str) -> HttpResponse:
    """Take a question; it is opened on the next page."""
    return _step(request, question_id, lambda: actions.claim(_question(desk, question_id), acting_user=desk.person))


@require_POST
@at_desk
def release(request: HttpRequest, desk: Desk, question_id: str) -> HttpResponse:
    """Put a question back."""
    return _step(request, question_id, lambda: actions.release(_question(desk, question_id), acting_user=desk.person), lead_to=LIST)


@require_POST
@at_desk
def decline(request: HttpRequest, desk: Desk, question_id: str) -> HttpResponse:
    """End a question without an answer, for a coded reason."""
    found, form = _question(desk, question_id), DeclineForm(request.POST)
    if not form.is_valid():
        actions.look(found, acting_user=desk.person)
        title = titles_of([found]).get(found.dataset, found.dataset)
        return show(request, desk, "queue_decline", found=found, title=title, form=form)
    reason = CannotAnswer(form.cleaned_data["reason"])
    return _step(request, question_id, lambda: actions.cannot_answer(found, reason=reason, acting_user=desk.person), lead_to=LIST)


def titles_of(rows: list[OfficerQuestion]) -> dict[str, str]:
    """Titles of the datasets, in one query."""
    return {dataset.code: dataset.title for dataset in Dataset.objects.filter(code__in={row.dataset for row in rows})}


def _step(request: HttpRequest, question_id: str, step: Callable[[], None], *, lead_to: str = "") -> HttpResponse:
    try:
        step()
    except Conflict as conflict:
        return look_again(request, conflict, LIST)
    return done(request, _("Done."), lead_to) if lead_to else done(request, _("It is yours. Nobody else opens it now."), PAGE, question_id)


def _question(desk: Desk, question_id: str) -> OfficerQuestion:
    found: OfficerQuestion | None = questions_of(desk).filter(pk=question_id).first()
    if found is None:
        raise Http404
    return found


def _may_release(desk: Desk, found: OfficerQuestion) -> bool:
    return found.state == OfficerState.CLAIMED and Role.ADMINISTRATOR in desk.roles


def _rows(request: HttpRequest) -> int:
    given = request.POST.get("rows") or request.GET.get("rows") or "1"
    return min(max(int(given), 1), MOST_ROWS) if given.isdecimal() and len(given) < 3 else 1


def _words(asked: Asked) -> dict[str, Any]:
    """The question in words: for which purpose and case, and which items."""
    declared = {item["name"]: item["title"] for item in asked.question.document["items"]}
    purpose = Purpose.objects.filter(code=asked.purpose).first()
    return {
        "asked": asked,
        "purpose": purpose.title if purpose else asked.purpose,
        "items": [in_active_language(declared[name]["en"], declared[name]["zh"]) for name in asked.question.items],
    }


def _said(outcome: str) -> str:
    if outcome == "ANSWERED":
        return _("Answered. The system that asked collects it now.")
    return _("The agreement does not allow this any more. Your answer was dropped, and the refusal recorded.")


urlpatterns = [
    path("console/queue", queue, name=LIST),
    path("console/queue/<str:question_id>", one_question, name=PAGE),
    path("console/queue/<str:question_id>/claim", claim, name="console_queue_claim"),
    path("console/queue/<str:question_id>/release", release, name="console_queue_release"),
    path("console/queue/<str:question_id>/decline", decline, name="console_queue_decline"),
]
