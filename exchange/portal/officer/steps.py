"""The steps that an officer takes on a case; what has moved on meanwhile leads back to the case."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.errors import Conflict
from exchange.affairs import actions
from exchange.affairs.lifecycle import CaseState
from exchange.affairs.models import Case, Evidence
from exchange.affairs.reading import decision_of, found_of, judgement_of, plan_of
from exchange.affairs.rules import judge
from exchange.portal.citizen.pieces import piece_of
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent
from exchange.portal.officer.cases import TO_ANSWER, case_in_hand
from exchange.portal.officer.forms import AnswerForm, AppealForm, DecisionForm, NoticeForm

StepView = Callable[..., HttpResponse]


def step(*states: CaseState) -> Callable[[StepView], StepView]:
    """A page for one step on a case in hand; 404 in a state in which there is no such step."""

    def decorate(view: StepView) -> StepView:
        def inner(request: HttpRequest, desk: Desk, /, number: str, **place: Any) -> HttpResponse:
            case = case_in_hand(desk, number)
            if case.state not in states:
                raise Http404
            try:
                return view(request, desk, case, **place)
            except Conflict as conflict:
                return look_again(request, conflict, "officer_cases")

        update_wrapper(inner, view)
        page: StepView = require_http_methods(["GET", "POST"])(at_desk(inner))
        return page

    return decorate


@step(CaseState.SUBMITTED)
def decide(request: HttpRequest, desk: Desk, case: Case) -> HttpResponse:
    """Grant or refuse what the rule left to a person."""
    judgement = judge(plan_of(case), found_of(case))
    form = DecisionForm(judgement, posted(request))

    def act(data: dict[str, Any]) -> object:
        chosen = {"outcome": data["outcome"], "reason": data["reason"], "article": data["article"], "benefits": form.chosen()}
        return actions.decide(case, acting_user=desk.person, **chosen)

    if sent(request, form, act):
        return done(request, _("Decided. The citizen is told, with your reason."), "officer_cases")
    return show(request, desk, "../officer/decide", form=form, case=case, judgement=judgement)


@step(CaseState.SUBMITTED)
def notice(request: HttpRequest, desk: Desk, case: Case) -> HttpResponse:
    """One complete list of what is missing."""
    form = NoticeForm(posted(request))
    if sent(request, form, lambda data: actions.send_notice(case, missing=data["missing"], acting_user=desk.person)):
        return done(request, _("Sent. The clock stands until the citizen has answered."), "officer_case", case.number)
    return show(request, desk, "../officer/notice", form=form, case=case)


@step(CaseState.OBJECTED)
def appeal(request: HttpRequest, desk: Desk, case: Case) -> HttpResponse:
    """Another look, by another officer."""
    decision = decision_of(case)
    if decision is None:
        raise Http404
    form = AppealForm(judgement_of(decision), posted(request))

    def act(data: dict[str, Any]) -> object:
        upheld = data["upheld"] == "yes"
        return actions.settle_appeal(
            case, upheld=upheld, reason=data["reason"], acting_user=desk.person, benefits=form.chosen() if upheld else None
        )

    if sent(request, form, act):
        return done(request, _("Settled. The citizen is told, with your reason."), "officer_cases")
    return show(request, desk, "../officer/appeal", form=form, case=case)


@require_POST
@at_desk
def looked_at(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The officer has looked at what a corrected value means for a case that was decided: the decision stays."""
    try:
        actions.mark_looked_at(case_in_hand(desk, number), acting_user=desk.person)
    except Conflict as conflict:
        return look_again(request, conflict, "officer_cases")
    return done(request, _("Marked. The decision stays as it is; the citizen may ask for another look."), "officer_cases")


@step(CaseState.PREVIEW, CaseState.SUBMITTED)
def answer(request: HttpRequest, desk: Desk, case: Case, requirement: str) -> HttpResponse:
    """Answer in place of a register, from what the officer has looked at."""
    row = Evidence.objects.filter(evidence_set=case.evidence_set_id, requirement=requirement, state__in=TO_ANSWER).first()
    piece = piece_of(case, requirement)
    if row is None or piece is None or piece.is_told:
        raise Http404
    form = AnswerForm(posted(request))
    if sent(request, form, lambda data: actions.answer_evidence(row, acting_user=desk.person, **data)):
        place = ("officer_case", case.number) if case.state == CaseState.SUBMITTED else ("officer_cases",)
        return done(request, _("Answered. The citizen sees your answer and what it rests on."), *place)
    return show(request, desk, "../officer/answer", form=form, case=case, piece=piece)
