"""The visit at a clerk's desk, step by step; the last one wipes everything."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.errors import Conflict
from exchange.affairs import actions
from exchange.affairs.counter import visits
from exchange.affairs.counter.lifecycle import VisitState
from exchange.affairs.errors import AnswerIncomplete
from exchange.affairs.gathering import gather_now
from exchange.affairs.lifecycle import CaseState
from exchange.affairs.models import Case, CounterVisit
from exchange.portal.counter.desk import at_counter
from exchange.portal.counter.questions import answers_of, questions_of
from exchange.portal.department.desk import Desk

_BUSY = frozenset({CaseState.STARTED, CaseState.GATHERING})


@require_GET
@at_counter
def present(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The step at which the visit stands."""
    visit = visits.current_visit(desk.person)
    if visit is None:
        return redirect("counter")
    visits.touch(visit)
    return render(request, "counter/visit.html", {"desk": desk, **_told(visit)})


@require_GET
@at_counter
def tick(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The changing part of the page alone; when the step is over the browser is told to read the page again."""
    visit = visits.current_visit(desk.person)
    told = _told(visit) if visit else {}
    if visit is None or not told["is_waiting"]:
        return HttpResponse(headers={"HX-Redirect": reverse("counter_visit")})
    return render(request, "counter/waiting.html", {"desk": desk, **told})


@require_GET
@at_counter
def slip(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the citizen signs where there is no second screen."""
    visit = visits.current_visit(desk.person)
    if visit is None:
        return redirect("counter")
    context = {
        "desk": desk,
        "visit": visit,
        "questions": questions_of(visit.matter),
        "last_four": _last_four(visit),
        "today": timezone.localdate(),
    }
    return render(request, "counter/slip.html", context)


@require_POST
@at_counter
def confirmed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The clerk holds the signed slip."""
    return _step(request, desk, _confirm_by_slip)


@require_POST
@at_counter
def hand_in(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The citizen says what is right and what is wrong; then it is handed in."""
    return _step(request, desk, _hand_in)


@require_GET
@at_counter
def paper(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The slip that the citizen takes home."""
    visit = visits.current_visit(desk.person)
    if visit is None or visit.case is None:
        return redirect("counter")
    return render(request, "counter/paper.html", {"desk": desk, "visit": visit, "case": visit.case, **_outcome(request, visit.case)})


@require_POST
@at_counter
def next_person(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Wipe the desk: the browser too forgets what it kept of these pages."""
    visit = visits.current_visit(desk.person)
    if visit is not None:
        visits.end_visit(visit)
    answer = redirect("counter")
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _step(request: HttpRequest, desk: Desk, step: Any) -> HttpResponse:
    visit = visits.current_visit(desk.person)
    if visit is None:
        return redirect("counter")
    try:
        step(request, visit)
    except (Conflict, AnswerIncomplete) as refused:
        messages.error(request, str(refused.detail))
        for fault in getattr(refused, "faults", ()):
            messages.error(request, str(fault.message))
    return redirect("counter_visit")


def _confirm_by_slip(request: HttpRequest, visit: CounterVisit) -> None:
    begin(visits.confirm_visit(visit, how=CounterVisit.Confirmed.SLIP))


def begin(visit: CounterVisit) -> None:
    """Ask the offices as soon as the citizen has said yes."""
    gather_now(visits.begin_case(visit, language=str(get_language())))


def _hand_in(request: HttpRequest, visit: CounterVisit) -> None:
    case = visit.case
    if case is None:
        raise AnswerIncomplete(_("Nobody has been asked yet."))
    applicant = visits.applicant_at(visit)
    seen = set(request.POST.getlist("shown"))  # what came after the page was read out is read out first
    shown = [question.code for question in answers_of(case) if question.may_dispute and question.code in seen]
    wrong = {code: request.POST.get(f"words.{code}", "").strip() for code in shown if request.POST.get(f"answer.{code}") == "DISPUTED"}
    answers = {code: "DISPUTED" if code in wrong else "ACCEPTED" for code in shown}
    if answers:
        actions.answer_preview(case, answers=answers, words=wrong, applicant=applicant)
    actions.submit(Case.objects.get(pk=case.pk), applicant=applicant)


def _told(visit: CounterVisit) -> dict[str, Any]:
    case = visit.case
    told: dict[str, Any] = {
        "visit": visit,
        "case": case,
        "last_four": _last_four(visit),
        "is_waiting": visit.state == VisitState.WAITING or (case is not None and case.state in _BUSY),
        "step": _step_name(visit, case),
        "questions": answers_of(case) if case is not None and case.state != CaseState.STARTED else questions_of(visit.matter),
    }
    return told


def _step_name(visit: CounterVisit, case: Case | None) -> str:
    if visit.state == VisitState.WAITING:
        return "confirm"
    if case is None or case.state in _BUSY:
        return "asking"
    if case.state == CaseState.PREVIEW:
        return "preview"
    return "decided" if case.outcome else "officer"


def _last_four(visit: CounterVisit) -> str:
    return visits.subject_at(visit).identifier[-4:]


def _outcome(request: HttpRequest, case: Case) -> dict[str, Any]:
    from exchange.portal.counter.results import result_of

    return {"result": result_of(request, case)}
