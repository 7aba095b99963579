"""The citizen's own screen at a counter: what will be asked, of whom, and the citizen's yes or no.

Its address is random and belongs to one desk; nobody signs in there. It shows the last four characters of the number,
never the whole, and never an answer.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.errors import Conflict
from exchange.affairs.counter import visits
from exchange.affairs.counter.lifecycle import VisitState
from exchange.affairs.models import CounterDesk, CounterVisit
from exchange.portal.counter.questions import questions_of
from exchange.portal.counter.visit import begin


@require_GET
def screen(request: HttpRequest, screen: str) -> HttpResponse:
    """What the desk shows now; read again every few seconds, by htmx or by the browser itself."""
    visit = _visit(screen)
    is_waiting = visit is not None and visit.state == VisitState.WAITING
    context = {
        "screen": screen,
        "visit": visit,
        "is_waiting": is_waiting,
        "last_four": visits.subject_at(visit).identifier[-4:] if visit is not None and is_waiting else "",
        "questions": questions_of(visit.matter) if visit is not None and is_waiting else [],
    }
    template = "counter/screen_part.html" if request.headers.get("HX-Request") else "counter/screen.html"
    return render(request, template, context)


@require_POST
def answer(request: HttpRequest, screen: str) -> HttpResponse:
    """The citizen's yes, for the visit that the citizen saw; or the citizen's no, which ends it."""
    visit = _visit(screen)
    if visit is not None and str(visit.pk) == request.POST.get("visit") and visit.state == VisitState.WAITING:
        try:
            if request.POST.get("answer") == "yes":
                begin(visits.confirm_visit(visit, how=CounterVisit.Confirmed.SCREEN))
            else:
                visits.end_visit(visit)
        except Conflict:
            pass  # pressed twice, or wiped meanwhile: the screen shows how it stands
    return redirect("counter_screen", screen)


def _visit(screen: str) -> CounterVisit | None:
    try:
        return visits.visit_on_screen(screen)
    except CounterDesk.DoesNotExist:
        raise Http404 from None
