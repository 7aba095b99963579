"""Asking, step by step: what for, then each dataset, then what will come back. Every step is saved when it is left."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import Conflict
from catalog.models import Dataset
from exchange.accounts.models import Role
from exchange.portal.department import about_form, reading
from exchange.portal.department.about_form import AboutForm, BeginForm
from exchange.portal.department.asking_form import AskingForm
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.foreseeing import shown_foreseen
from exchange.portal.department.forms import posted, sent
from exchange.portal.department.guide import Place, guide_steps, next_place
from exchange.portal.department.prefilled import first_terms
from exchange.portal.department.requests import PAGE, part_step, visible_request
from exchange.sharing import actions
from exchange.sharing.errors import NotThatSide
from exchange.sharing.lifecycle import PartEvent
from exchange.sharing.models import RequestPart, SharingRequest
from exchange.sharing.sides import require_part_step


@require_http_methods(["GET", "POST"])
@at_desk
def new_request(request: HttpRequest, desk: Desk) -> HttpResponse:
    """First step: the project, its purpose, and the datasets; a service matter in the address fills it in."""
    desk.require(Role.OFFICER)
    datasets = [_dataset(desk, code).code for code in request.GET.getlist("dataset")]
    form = BeginForm(desk, posted(request), initial=about_form.initial(desk, request.GET.dict(), datasets))
    made: list[SharingRequest] = []
    if sent(request, form, lambda _data: made.append(_draft(form, desk))):
        return _go_on(request, desk, made[0], Place())
    return show(request, desk, "ask_begin", form=form, presets=about_form.presets(), guide=guide_steps(None, Place()))


@require_http_methods(["GET", "POST"])
@at_desk
def about(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The first step again: the words of the whole request."""
    found = _unsent(desk, number)
    form = AboutForm(posted(request), initial=about_form.of_request(found))
    try:
        if sent(request, form, lambda _data: actions.edit_request(found, words=form.words(), edition=_edition(request), **desk.acting)):
            return _go_on(request, desk, found, Place())
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, number)
    return show(request, desk, "ask_about", form=form, found=found, guide=guide_steps(found, Place()))


@part_step(PartEvent.EDIT)
def edit(request: HttpRequest, desk: Desk, part: RequestPart) -> HttpResponse:
    """One dataset: what is asked of it. “Save and go on” holds it against the rules first."""
    dataset = _dataset(desk, part.dataset.code)
    form = AskingForm(part, dataset, posted(request))
    if sent(request, form, lambda _data: actions.edit_part(part, terms=form.terms(), edition=_edition(request), **desk.acting)):
        if request.POST.get("step") == "next":
            return _go_on(request, desk, part.request, Place(dataset.code))
        return done(request, _("Saved as a draft. Nobody is asked before you hand it in."), PAGE, part.request.number)
    context = {"form": form, "dataset": dataset, "shown": reading.shown_part(desk, part)}
    return show(request, desk, "ask", **context, guide=guide_steps(part.request, Place(dataset.code)))


@require_GET
@at_desk
def before_sending(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The last step: the whole request, and for each part what will come back and why."""
    found = _unsent(desk, number)
    shown = reading.parts_of(desk, found)
    context = {"found": found, "parts": shown, "foreseen": shown_foreseen(found), **reading.request_steps(shown)}
    return show(request, desk, "ask_send", **context, guide=guide_steps(found, Place(is_last=True)))


def _dataset(desk: Desk, code: str) -> Dataset:
    dataset: Dataset = get_object_or_404(Dataset.objects.visible_to(desk.person).with_details(), code=code)
    return dataset


def _unsent(desk: Desk, number: str) -> SharingRequest:
    """A request that this person may still change. Raises NotThatSide, StateChanged."""
    found = visible_request(desk, number)
    parts = [part for part in found.parts.select_related("dataset", "request") if part.state in {"DRAFT", "RETURNED"}]
    if not parts:
        raise NotThatSide(_("Nothing of this request is left to hand in."), step="edit")
    for part in parts:
        require_part_step(desk.person, desk.department, part, PartEvent.EDIT)
    return found


def _edition(request: HttpRequest) -> int:
    """The edition that the form was made from; 0, which fits none, where the field was tampered with."""
    text = request.POST.get("edition", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _draft(form: BeginForm, desk: Desk) -> SharingRequest:
    words = form.words()
    datasets = form.cleaned_data["datasets"].with_details()
    return actions.draft_request(words, parts=first_terms(words.purpose.code, datasets, desk.department), **desk.acting)


def _go_on(request: HttpRequest, desk: Desk, found: SharingRequest, place: Place) -> HttpResponse:
    """On to the next dataset that is not sent yet, or to the last step."""
    to = next_place(found, place)
    name, arguments = ("console_edit", [found.number, to.dataset]) if to.dataset else ("console_before_sending", [found.number])
    answer: HttpResponse = redirect(reverse(name, args=arguments))
    return answer
