"""Asking: a new request for one dataset, and mending a draft or a returned part."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.models import Dataset
from exchange.accounts.models import Role
from exchange.portal.department import reading
from exchange.portal.department.asking_form import AskingForm
from exchange.portal.department.desk import Desk, at_desk, done, show
from exchange.portal.department.forms import posted, sent
from exchange.portal.department.requests import PAGE, part_step
from exchange.sharing import actions
from exchange.sharing.lifecycle import PartEvent
from exchange.sharing.models import RequestPart, SharingRequest


@require_http_methods(["GET", "POST"])
@at_desk
def new_request(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for a dataset; with the button “hand in” the request is drafted and handed in, or neither."""
    desk.require(Role.OFFICER)
    dataset = _dataset(desk, request.GET.get("dataset", ""))
    form = AskingForm(dataset, desk.department, posted(request))
    made: list[SharingRequest] = []
    if sent(request, form, lambda _data: made.append(_draft(form, desk, hand_in=_hands_in(request)))):
        return done(request, _said(request), PAGE, made[0].number)
    return show(request, desk, "ask", form=form, dataset=dataset)


@part_step(PartEvent.EDIT)
def edit(request: HttpRequest, desk: Desk, part: RequestPart) -> HttpResponse:
    """Mend a draft or a returned part."""
    dataset = _dataset(desk, part.dataset.code)
    form = AskingForm(dataset, part.request.requester, posted(request), part=part)
    if sent(request, form, lambda _data: _edit(form, part, desk, edition=_edition(request), hand_in=_hands_in(request))):
        return done(request, _said(request), PAGE, part.request.number)
    return show(request, desk, "ask", form=form, dataset=dataset, shown=reading.shown_part(desk, part))


def _dataset(desk: Desk, code: str) -> Dataset:
    dataset: Dataset = get_object_or_404(Dataset.objects.visible_to(desk.person).with_details(), code=code)
    return dataset


def _edition(request: HttpRequest) -> int:
    """The edition that the form was made from; 0, which fits none, where the field was tampered with."""
    text = request.POST.get("edition", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _hands_in(request: HttpRequest) -> bool:
    return request.POST.get("step") == "submit"


def _said(request: HttpRequest) -> str:
    if _hands_in(request):
        return _("The request is handed in. The sharing authority checks it next.")
    return _("Saved as a draft. Nobody is asked before you hand it in.")


@transaction.atomic
def _draft(form: AskingForm, desk: Desk, *, hand_in: bool) -> SharingRequest:
    request = actions.draft_request(form.words(), parts={form.dataset: form.terms()}, **desk.acting)
    if hand_in:
        actions.submit(request, **desk.acting)
    return request


@transaction.atomic
def _edit(form: AskingForm, part: RequestPart, desk: Desk, *, edition: int, hand_in: bool) -> None:
    """Words and terms in one step; the words are left alone where only the part has changed."""
    request, words = part.request, form.words()
    if (words.purpose.code, words.reason) != (request.purpose_id, request.reason):
        actions.edit_request(request, words=words, edition=edition, **desk.acting)
        edition = request.edition
    actions.edit_part(part, terms=form.terms(), edition=edition, **desk.acting)
    if hand_in:
        actions.submit(request, **desk.acting)
