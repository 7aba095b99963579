"""Requests: the list, one request with its parts, and each step of a part."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict, Invalid
from exchange.portal.department import comparing, listing, reading
from exchange.portal.department.deciding_form import CheckForm, DecisionForm, ReturnItemsForm
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import GroundForm, NoteForm, ReasonForm, posted, sent
from exchange.portal.department.lists import page_of
from exchange.sharing import actions
from exchange.sharing.lifecycle import PartEvent, PartState
from exchange.sharing.models import RequestPart, SharingRequest
from exchange.sharing.sides import require_part_step

PAGE = "console_request"
PartView = Callable[[HttpRequest, Desk, RequestPart], HttpResponse]


@require_GET
@at_desk
def requests(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Requests of the department, and those that reach it."""
    wanted = listing.Wanted.of(request.GET)
    page = page_of(listing.requests_of(desk, wanted), request.GET.get("cursor", ""))
    return show(request, desk, "requests", page=page, filter=listing.StateForm(request.GET))


@require_GET
@at_desk
def one_request(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One request with the parts that the reader may see."""
    found = visible_request(desk, number)
    shown = reading.parts_of(desk, found)
    return show(request, desk, "request", found=found, parts=shown, **reading.request_steps(shown))


@require_POST
@at_desk
def submit(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Hand in; what does not hold is listed on the request's page."""
    found = visible_request(desk, number)
    try:
        actions.submit(found, **desk.acting)
    except Invalid as refused:
        shown = reading.parts_of(desk, found)
        context = {"found": found, "parts": shown, "refused": refused, **reading.request_steps(shown)}
        return show(request, desk, "request", **context)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, number)
    return done(request, _("The request is handed in. The sharing authority checks it next."), PAGE, number)


def part_step(event: PartEvent) -> Callable[[PartView], Callable[..., HttpResponse]]:
    """A page for one step: the part must be visible, the step allowed; what has moved on leads back to the request."""

    def decorate(view: PartView) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "POST"])
        @at_desk
        @wraps(view)
        def inner(request: HttpRequest, desk: Desk, number: str, dataset: str) -> HttpResponse:
            part = visible_part(desk, number, dataset)
            try:
                require_part_step(desk.person, desk.department, part, event)
                return view(request, desk, part)
            except Conflict as conflict:
                return look_again(request, conflict, PAGE, number)

        return inner

    return decorate


@part_step(PartEvent.CHECK)
def check(request: HttpRequest, desk: Desk, part: RequestPart) -> HttpResponse:
    """The authority's formal check."""
    shown = reading.shown_part(desk, part)
    form = CheckForm(shown, posted(request))
    if sent(request, form, lambda data: actions.check(part, note=data["note"], remarks=form.remarks(), **desk.acting)):
        return done(request, _("Checked. The owner decides next, unless its standing offer covers it."), PAGE, part.request.number)
    return show(request, desk, "check", form=form, shown=shown, precedents=comparing.of(part))


@part_step(PartEvent.RETURN)
def send_back(request: HttpRequest, desk: Desk, part: RequestPart) -> HttpResponse:
    """Back to the requester with one complete list."""
    shown = reading.shown_part(desk, part)
    form = ReturnItemsForm(shown, posted(request))
    if sent(request, form, lambda _data: actions.return_part(part, missing=form.faults(), **desk.acting)):
        return done(request, _("Returned. The requester sees your list."), PAGE, part.request.number)
    return show(request, desk, "return", form=form, shown=shown)


@part_step(PartEvent.APPROVE)
def approve(request: HttpRequest, desk: Desk, part: RequestPart) -> HttpResponse:
    """The owner's decision, item by item."""
    shown = reading.shown_part(desk, part)
    found = comparing.of(part)
    form = DecisionForm(shown, found.similar, posted(request))
    if sent(request, form, lambda data: _approve(form, [part, *found.named(data["together"])], desk)):
        return done(request, _approved(part), PAGE, part.request.number)
    return show(request, desk, "approve", form=form, shown=shown, precedents=found)


def _approve(form: DecisionForm, parts: list[RequestPart], desk: Desk) -> None:
    decided = {"verdicts": form.verdicts(), "note": form.cleaned_data["note"], **desk.acting}
    if len(parts) > 1:
        actions.approve_together(parts, **decided)
    else:
        actions.approve(parts[0], **decided)


def _approved(part: RequestPart) -> str:
    if part.state == PartState.APPROVED_ONCE:
        return _("Approved. Because of class 4 a second officer of your department confirms it next.")
    return _("Approved and signed. An officer of the requester signs next.")


@part_step(PartEvent.CONFIRM)
def confirm(request: HttpRequest, desk: Desk, part: RequestPart) -> HttpResponse:
    """The second signature."""
    form = NoteForm(posted(request))
    if sent(request, form, lambda data: actions.confirm(part, note=data["note"], **desk.acting)):
        return done(request, _("Confirmed and signed. An officer of the requester signs next."), PAGE, part.request.number)
    return show(request, desk, "second", form=form, shown=reading.shown_part(desk, part), precedents=comparing.of(part))


@part_step(PartEvent.SEND_BACK)
def undo(request: HttpRequest, desk: Desk, part: RequestPart) -> HttpResponse:
    """Back to the first officer."""
    form = ReasonForm(posted(request))
    if sent(request, form, lambda data: actions.send_back(part, reason=data["reason"], **desk.acting)):
        return done(request, _("Sent back. It waits for a new decision of your department."), PAGE, part.request.number)
    return show(request, desk, "send_back", form=form, shown=reading.shown_part(desk, part))


@require_POST
@at_desk
def say(request: HttpRequest, desk: Desk, number: str, dataset: str) -> HttpResponse:
    """A message to the other parties."""
    part = visible_part(desk, number, dataset)
    try:
        actions.say(part, request.POST.get("text", "")[:10_000], **desk.acting)
    except Invalid as refused:
        shown = reading.parts_of(desk, part.request)
        context = {"found": part.request, "parts": shown, "refused": refused, **reading.request_steps(shown)}
        answer = show(request, desk, "request", **context)
        answer.status_code = 422
        return answer
    return done(request, _("Sent. The other parties read it on this page."), PAGE, number)


@part_step(PartEvent.REFUSE)
def refuse(request: HttpRequest, desk: Desk, part: RequestPart) -> HttpResponse:
    """The owner's refusal."""
    form = GroundForm(posted(request))
    if sent(request, form, lambda data: actions.refuse(part, reason=data["reason"], ground=data["ground"], **desk.acting)):
        return done(request, _("Refused. The requester sees the ground and your reason."), PAGE, part.request.number)
    return show(request, desk, "refuse", form=form, shown=reading.shown_part(desk, part))


@part_step(PartEvent.WITHDRAW)
def withdraw(request: HttpRequest, desk: Desk, part: RequestPart) -> HttpResponse:
    """The requester takes a part back."""
    form = ReasonForm(posted(request))
    if sent(request, form, lambda data: actions.withdraw(part, reason=data["reason"], **desk.acting)):
        return done(request, _("Withdrawn."), PAGE, part.request.number)
    return show(request, desk, "withdraw", form=form, shown=reading.shown_part(desk, part))


def visible_request(desk: Desk, number: str) -> SharingRequest:
    """The request, or 404 when it is not there or not the person's to see."""
    rows = SharingRequest.objects.visible_to(desk.person).select_related("requester", "purpose", "created_by")
    found: SharingRequest = get_object_or_404(rows, number=number)
    return found


def visible_part(desk: Desk, number: str, dataset: str) -> RequestPart:
    """The part, or 404."""
    part: RequestPart | None = reading.part_rows(desk).filter(request__number=number, dataset__code=dataset).first()
    if part is None:
        raise Http404
    return part
