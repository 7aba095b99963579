"""One's own applications: the list, and for each one page that shows the present step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from exchange.affairs.applicants import Applicant
from exchange.affairs.lifecycle import CaseState
from exchange.affairs.models import Case
from exchange.affairs.reading import clock_of, plan_of
from exchange.portal.citizen import words
from exchange.portal.citizen.asked import department_name, questions_of
from exchange.portal.citizen.decisions import ruling_of
from exchange.portal.citizen.licences import payments_of
from exchange.portal.citizen.pieces import Piece, pieces_of
from exchange.portal.citizen.signed_in import as_applicant, own_case, show
from exchange.portal.citizen.still_missing import notice_of
from exchange.portal.citizen.timeline import timeline_of
from exchange.portal.tones import Face

MOST = 100
_DECIDED = frozenset({CaseState.DECIDED, CaseState.OBJECTED, CaseState.REVIEWED, CaseState.CLOSED})
_TEMPLATES = {
    CaseState.STARTED: "case_started",
    CaseState.GATHERING: "case_gathering",
    CaseState.PREVIEW: "case_preview",
    CaseState.SUBMITTED: "case_submitted",
    CaseState.WITHDRAWN: "case_withdrawn",
}


@dataclass(frozen=True)
class Line:
    """One application in a list."""

    number: str
    title: str
    face: Face
    started_at: Any

    @property
    def edge(self) -> str:
        """The tone of its card's edge."""
        return words.edge_of(self.face)


def lines_of(applicant: Applicant) -> list[Line]:
    """The person's applications, the newest first."""
    rows = Case.objects.of(applicant.subject).select_related("version", "notice")[:MOST]
    return [Line(case.number, case.version.title, face_of(case), case.started_at) for case in rows]


def face_of(case: Case) -> Face:
    """Icon and word of an application: its outcome once it is decided, else its state."""
    notice = getattr(case, "notice", None)
    if case.state == CaseState.SUBMITTED and notice is not None and notice.answered_at is None:
        return words.MISSING
    return words.OUTCOMES[case.outcome] if case.state in _DECIDED and case.outcome else words.CASE[case.state]


@require_GET
@as_applicant
def my_cases(request: HttpRequest, applicant: Applicant) -> HttpResponse:
    """Everything that the person applied for."""
    return show(request, "cases", cases=lines_of(applicant))


@require_GET
@own_case
def my_case(request: HttpRequest, applicant: Applicant, case: Case) -> HttpResponse:
    """One application: what it waits for, what was found, what was decided."""
    context = case_context(case)
    if case.state == CaseState.STARTED:
        context["questions_asked"] = [question for question in questions_of(plan_of(case)) if not question.is_told]
    return show(request, _TEMPLATES.get(CaseState(case.state), "case_decided"), **context)


@require_GET
@own_case
def progress(request: HttpRequest, applicant: Applicant, case: Case) -> HttpResponse:
    """What htmx puts in the place of the questions while they are asked; whatever else has come reloads the page itself.

    A page that is shown already says how many answers it `waits` for: it is left alone until there are fewer.
    """
    context = case_context(case)
    if case.state == CaseState.GATHERING:
        return show(request, "questions", **context)
    if request.GET.get("waits") == str(len(context["waiting"])) and case.state == CaseState.PREVIEW:
        return HttpResponse(status=204)
    return HttpResponse(headers={"HX-Refresh": "true"})


def case_context(case: Case) -> dict[str, Any]:
    """What every page of an application shows."""
    notice = notice_of(case)
    pieces = pieces_of(case, asks_for_more=bool(notice and notice.is_open))
    decided = case.state in _DECIDED
    licences = list(case.licences.all()) if decided else []
    return {
        "case": case,
        "face": face_of(case),
        "clock": clock_of(case),
        "pauses": _open_pauses(case),
        "timeline": timeline_of(case),
        "notice": notice,
        "ruling": ruling_of(case) if decided else None,
        "appeal": getattr(case, "appeal", None) if decided else None,
        "lead": department_name(case.version.matter.lead_id),
        "licences": licences,
        "payments": [payment for licence in licences for payment in payments_of(licence)],
        "may_withdraw": case.state not in _DECIDED and case.state != CaseState.WITHDRAWN,
        **counted(pieces),
    }


def counted(pieces: list[Piece]) -> dict[str, Any]:
    """The pieces, sorted by what they need; a headline counts only what has happened."""
    asked = [piece for piece in pieces if not piece.is_told]
    return {
        "pieces": pieces,
        "asked": asked,
        "told": [piece for piece in pieces if piece.is_told],
        "found": [piece for piece in asked if piece.is_given],
        "stuck": [piece for piece in asked if not piece.is_given and not piece.is_waiting],
        "waiting": [piece for piece in asked if piece.is_waiting],
        "open": sum(not piece.is_given for piece in asked),
    }


def _open_pauses(case: Case) -> list[Any]:
    found = dict.fromkeys(pause.reason for pause in case.pauses.all() if pause.until is None)
    return [words.PAUSES.get(reason, reason) for reason in found]


urlpatterns = [
    path("me/cases", my_cases, name="my_cases"),
    path("me/cases/<slug:number>", my_case, name="my_case"),
    path("me/cases/<slug:number>/progress", progress, name="my_case_progress"),
]
