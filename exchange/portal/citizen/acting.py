"""The steps of an application: ask the offices, hand in, take back, answer what is missing, let a person look."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from audit.errors import Invalid
from exchange.affairs import actions
from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Case
from exchange.portal.citizen.cases import case_context
from exchange.portal.citizen.pieces import pieces_of
from exchange.portal.citizen.signed_in import back_to, own_case, show

LONGEST_WORDS = 2000


class WordsForm(forms.Form):
    """What a person has to say, in their own words."""

    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea,
        error_messages={
            "required": gettext_lazy("Write a few words first."),
            "max_length": gettext_lazy("Write at most 2,000 characters."),
        },
    )


@require_POST
@own_case
def ask(request: HttpRequest, applicant: Applicant, case: Case) -> HttpResponse:
    """ "Ask these offices for me": the explicit request, on which everything that follows rests."""
    actions.ask_offices(case, applicant=applicant)
    return redirect("my_case", number=case.number)


@require_POST
@own_case
def submit(request: HttpRequest, applicant: Applicant, case: Case) -> HttpResponse:
    """Accept what was shown and not doubted, and hand in. What came after the page was shown is looked at first."""
    unanswered = {piece.code for piece in pieces_of(case) if piece.is_unanswered}
    if not unanswered <= set(request.POST.getlist("shown")):
        messages.info(request, _("Something new was found. Look at it, then hand in."))
        return redirect("my_case", number=case.number)
    try:
        if unanswered:
            actions.answer_preview(case, answers=dict.fromkeys(unanswered, "ACCEPTED"), words={}, applicant=applicant)
        actions.submit(case, applicant=applicant)
    except Invalid as refused:
        return back_to(request, case, refused)
    return redirect("my_case", number=case.number)


@require_http_methods(["GET", "POST"])
@own_case
def withdraw(request: HttpRequest, applicant: Applicant, case: Case) -> HttpResponse:
    """Take the application back; a page asks first, so that it works without scripts."""
    context = case_context(case)
    if request.method != "POST":
        return show(request, "withdraw", **context) if context["may_withdraw"] else redirect("my_case", number=case.number)
    actions.withdraw(case, applicant=applicant)
    messages.success(request, _("You took it back. Nothing more is asked."))
    return redirect("my_case", number=case.number)


@require_http_methods(["GET", "POST"])
@own_case
def appeal(request: HttpRequest, applicant: Applicant, case: Case) -> HttpResponse:
    """ "Let a person look": another look at the decision, with a clock."""
    form = WordsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.appeal(case, words=form.cleaned_data["words"], applicant=applicant)
        messages.success(request, _("A person looks at it again. Below you read by when."))
        return redirect("my_case", number=case.number)
    return show(request, "appeal", form=form, **case_context(case))


@require_POST
@own_case
def answer_missing(request: HttpRequest, applicant: Applicant, case: Case) -> HttpResponse:
    """Say that everything that was missing has been answered: the clock goes on."""
    try:
        actions.answer_notice(case, applicant=applicant)
    except Invalid as refused:
        return back_to(request, case, refused)
    messages.success(request, _("Handed in. Your deadline runs again."))
    return redirect("my_case", number=case.number)


urlpatterns = [
    path("me/cases/<slug:number>/ask", ask, name="my_case_ask"),
    path("me/cases/<slug:number>/submit", submit, name="my_case_submit"),
    path("me/cases/<slug:number>/withdraw", withdraw, name="my_case_withdraw"),
    path("me/cases/<slug:number>/appeal", appeal, name="my_case_appeal"),
    path("me/cases/<slug:number>/answer", answer_missing, name="my_case_answer"),
]
