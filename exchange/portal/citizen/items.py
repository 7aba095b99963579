"""One question of an application, on a page of its own: this is wrong, do not hand over, another way to answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from audit.errors import Invalid
from exchange.affairs import actions
from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Case
from exchange.affairs.reading import plan_of
from exchange.portal.citizen import words
from exchange.portal.citizen.acting import WordsForm
from exchange.portal.citizen.pieces import Piece, piece_of
from exchange.portal.citizen.signed_in import own_case, said, show
from exchange.portal.templatetags.look_text import bilingual

Act = Callable[[Case, Piece, dict[str, Any], Applicant], Any]


class NothingToFill(forms.Form):
    """A step that a press of the button completes."""


class PromiseForm(forms.Form):
    """A promise is ticked, never pressed by accident."""

    promised = forms.BooleanField(
        label=gettext_lazy("I promise this is true"), error_messages={"required": gettext_lazy("Tick the box if you promise it.")}
    )


class PaperForm(forms.Form):
    """A photo or a scan of a paper."""

    file = forms.FileField(
        label=gettext_lazy("Photo or scan of the paper"),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
        error_messages={
            "required": gettext_lazy("Choose a photo or a file first."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )


class ToldForm(forms.Form):
    """What only the person can say: the members that the matter's file names."""

    def __init__(self, *args: Any, members: dict[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, member in members.items():
            self.fields[name] = forms.RegexField(
                regex=f"^(?:{member.get('pattern', '.+')})$",
                label=bilingual(member["title"]),
                max_length=member.get("longest"),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
                error_messages={"required": _("Fill this in."), "invalid": _("This does not look right. Check each character.")},
            )


@require_http_methods(["GET", "POST"])
@own_case
def item(request: HttpRequest, applicant: Applicant, case: Case, requirement: str) -> HttpResponse:
    """One question; `do` names what the person wants to do about it (words.WAYS)."""
    piece = piece_of(case, requirement)
    if piece is None:
        raise Http404
    do = request.POST.get("do") or request.GET.get("do", "")
    way = words.WAYS.get(do) if do in _ACTS else None
    form = _form(request, case, piece, do) if way else None
    if form is not None and form.is_bound and form.is_valid() and _done(request, form, case, piece, do, applicant):
        return redirect("my_case", number=case.number)
    context = {"case": case, "piece": piece, "way": way, "form": form, "promise": _promise(case, piece)}
    return show(request, "item", **context)


def _form(request: HttpRequest, case: Case, piece: Piece, do: str) -> forms.Form:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    if do == "provide":
        return ToldForm(*sent, members=dict(plan_of(case).requirements[piece.code].answer_form))
    forms_by_way: dict[str, type[forms.Form]] = {"dispute": WordsForm, "wrong": WordsForm, "upload": PaperForm, "commitment": PromiseForm}
    return forms_by_way.get(do, NothingToFill)(*sent)


def _done(request: HttpRequest, form: forms.Form, case: Case, piece: Piece, do: str, applicant: Applicant) -> bool:
    """Take the step; whether it was taken. What does not hold stands in the form."""
    try:
        _ACTS[do](case, piece, form.cleaned_data, applicant)
    except Invalid as refused:
        form.add_error(None, said(refused))
        return False
    messages.success(request, words.DONE[do])
    return True


def _promise(case: Case, piece: Piece) -> str:
    """The sentence that the person would promise; the question itself where the matter has none."""
    return bilingual(plan_of(case).requirements[piece.code].commitment) or piece.title


def _answer(answer: str) -> Act:
    def act(case: Case, piece: Piece, data: dict[str, Any], applicant: Applicant) -> None:
        said_of_it = {piece.code: data["words"]} if "words" in data else {}
        actions.answer_preview(case, answers={piece.code: answer}, words=said_of_it, applicant=applicant)

    return act


def _fall_back(how: str) -> Act:
    def act(case: Case, piece: Piece, data: dict[str, Any], applicant: Applicant) -> None:
        actions.fall_back(case, requirement=piece.code, how=how, applicant=applicant)

    return act


def _upload(case: Case, piece: Piece, data: dict[str, Any], applicant: Applicant) -> None:
    actions.upload(case, requirement=piece.code, file=data["file"], applicant=applicant)


def _provide(case: Case, piece: Piece, data: dict[str, Any], applicant: Applicant) -> None:
    actions.provide(case, requirement=piece.code, value=data, applicant=applicant)


def _object(case: Case, piece: Piece, data: dict[str, Any], applicant: Applicant) -> None:
    actions.object_to(
        evidence=piece.evidence, entry=None, provider=piece.provider, dataset=piece.dataset, words=data["words"], applicant=applicant
    )


_ACTS: dict[str, Act] = {
    "dispute": _answer("DISPUTED"),
    "decline": _answer("DECLINED"),
    "accept": _answer("ACCEPTED"),
    "retry": _fall_back("retry"),
    "officer": _fall_back("officer"),
    "commitment": _fall_back("commitment"),
    "upload": _upload,
    "provide": _provide,
    "wrong": _object,
}

urlpatterns = [path("me/cases/<slug:number>/items/<slug:requirement>", item, name="my_case_item")]
