"""Agreements: the list, one agreement, and each step of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict
from exchange.accounts.models import Role
from exchange.portal.department import agreement_reading as reading
from exchange.portal.department import handing, listing
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import EndingForm, HandInForm, ResumingForm, SignatureForm, posted, sent
from exchange.portal.department.lists import page_of
from exchange.sharing import actions, losses
from exchange.sharing.actions.amending import may_be_replaced
from exchange.sharing.errors import KeyElsewhere
from exchange.sharing.lifecycle import AgreementEvent
from exchange.sharing.models import Agreement, RequestPart
from exchange.sharing.sides import require_agreement_step
from exchange.sharing.signing import HandedIn

PAGE = "console_agreement"
AgreementView = Callable[[HttpRequest, Desk, Agreement], HttpResponse]


@require_GET
@at_desk
def agreements(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Agreements of the department, by side and state."""
    wanted = listing.Wanted.of(request.GET)
    page = page_of(listing.agreements_of(desk, wanted), request.GET.get("cursor", ""))
    rows = [(row, row.state_at(timezone.now()).value) for row in page.rows]
    state = listing.AgreementStateForm(request.GET)
    return show(request, desk, "agreements", page=page, rows=rows, filter=state)


@require_GET
@at_desk
def one_agreement(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
    """The signed text, its signatures, its acts, its use."""
    found = visible_agreement(desk, agreement_id)
    shown = reading.shown_agreement(desk, found)
    context = {"use": reading.use_so_far(found), "steps": reading.history(found), "examples": reading.examples(found)}
    return show(request, desk, "agreement", shown=shown, **context, **reading.deeds(desk, found), **_replaced(desk, found))


@require_POST
@at_desk
def change(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
    """Begin a request that would replace it, filled with its terms."""
    return _begin(request, desk, agreement_id, actions.amend)


@require_POST
@at_desk
def renew(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
    """The same with a new period."""
    return _begin(request, desk, agreement_id, actions.renew)


def _begin(request: HttpRequest, desk: Desk, agreement_id: str, action: Callable[..., RequestPart]) -> HttpResponse:
    found = visible_agreement(desk, agreement_id)
    try:
        part = action(found, **desk.acting)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, agreement_id)
    said = _("This draft holds everything that is agreed now. Change it and hand it in: the agreement works until the new one is signed.")
    if part.state not in {"DRAFT", "RETURNED"}:
        return done(request, _("A request that would replace it is on its way."), "console_request", part.request.number)
    return done(request, said, "console_edit", part.request.number, part.dataset.code)


def agreement_step(event: AgreementEvent) -> Callable[[AgreementView], Callable[..., HttpResponse]]:
    """A page for one step: the agreement must be visible, the step allowed; what has moved on leads back to it."""

    def decorate(view: AgreementView) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "POST"])
        @at_desk
        @wraps(view)
        def inner(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
            found = visible_agreement(desk, agreement_id)
            try:
                require_agreement_step(desk.person, desk.department, found, event)
                return view(request, desk, found)
            except Conflict as conflict:
                return look_again(request, conflict, PAGE, agreement_id)

        return inner

    return decorate


@agreement_step(AgreementEvent.SIGN)
def sign(request: HttpRequest, desk: Desk, agreement: Agreement) -> HttpResponse:
    """The requester's signature; the text is shown first."""
    form = SignatureForm(posted(request))
    said = _("Signed. The agreement is in force: the next call under it is answered.")

    def action(data: dict[str, Any]) -> object:
        return actions.sign_agreement(agreement, signature=data["signature"], **desk.acting)

    return _step(request, desk, agreement, form, action, template="sign", said=said)


@agreement_step(AgreementEvent.PROVIDE_SIGNATURE)
def provide_signature(request: HttpRequest, desk: Desk, agreement: Agreement) -> HttpResponse:
    """The owner's signature, where the owner keeps its key itself."""
    if request.POST.get("step") == "prepare":
        return _prepared_for_owner(request, desk, agreement)
    form = HandInForm(posted(request))
    said = _("Your signature is accepted. An officer of the requester signs next.")

    def action(data: dict[str, Any]) -> object:
        return actions.provide_signature(agreement, signature=data["signature"], **desk.acting)

    return _step(request, desk, agreement, form, action, template="provide_signature", said=said)


@agreement_step(AgreementEvent.SUSPEND)
def suspend(request: HttpRequest, desk: Desk, agreement: Agreement) -> HttpResponse:
    """Stop it until one's own side resumes it."""
    form = EndingForm(posted(request))

    def action(data: dict[str, Any]) -> object:
        return actions.suspend(agreement, reason=data["reason"], ground=data["ground"], handed=_handed(data), **desk.acting)

    return _step(request, desk, agreement, form, action, template="suspend", said=_("Suspended. The next call is refused."))


@agreement_step(AgreementEvent.RESUME)
def resume(request: HttpRequest, desk: Desk, agreement: Agreement) -> HttpResponse:
    """Lift one's own side's suspension."""
    form = ResumingForm(posted(request))

    def action(data: dict[str, Any]) -> object:
        return actions.resume(agreement, reason=data["reason"], handed=_handed(data), **desk.acting)

    return _step(request, desk, agreement, form, action, template="resume", said=_("Your side's suspension is lifted."))


@agreement_step(AgreementEvent.REVOKE)
def revoke(request: HttpRequest, desk: Desk, agreement: Agreement) -> HttpResponse:
    """End it for ever."""
    form = EndingForm(posted(request))

    def action(data: dict[str, Any]) -> object:
        return actions.revoke(agreement, reason=data["reason"], ground=data["ground"], handed=_handed(data), **desk.acting)

    return _step(request, desk, agreement, form, action, template="revoke", said=_("Revoked. The next call is refused, for ever."))


def _prepared_for_owner(request: HttpRequest, desk: Desk, agreement: Agreement) -> HttpResponse:
    command = handing.command(handing.prepared_for_owner(desk, agreement))
    order = json.dumps(agreement.order, ensure_ascii=False)
    shown = reading.shown_agreement(desk, agreement)
    return show(request, desk, "provide_signature", form=HandInForm(), shown=shown, order=order, command=command)


def visible_agreement(desk: Desk, agreement_id: str) -> Agreement:
    """The agreement, or 404 when it is not there or not the person's to see."""
    found: Agreement = get_object_or_404(reading.agreement_rows(desk), agreement_id=agreement_id)
    return found


def _step(
    request: HttpRequest,
    desk: Desk,
    agreement: Agreement,
    form: forms.Form,
    action: Callable[[dict[str, Any]], object],
    **page: str,
) -> HttpResponse:
    """One step by one form; where the department keeps its key, the order waits for it under a number, and can be pasted too."""
    order, command = "", ""
    try:
        if sent(request, form, action):
            return done(request, page["said"], PAGE, agreement.agreement_id)
    except KeyElsewhere as elsewhere:
        if "order" not in elsewhere.data:
            raise
        waiting = handing.prepared_elsewhere(desk, agreement, page["template"], elsewhere, handing.words_of(form.cleaned_data))
        order, command = _ask_for_signature(form, elsewhere), handing.command(waiting)
    shown = reading.shown_agreement(desk, agreement)
    text = order or json.dumps(agreement.order, ensure_ascii=False)
    context = {"order": text, "command": command, **_losses(agreement, page["template"])}
    return show(request, desk, page["template"], form=form, shown=shown, **context)


def _losses(agreement: Agreement, step: str) -> dict[str, Any]:
    """Before something stops: who loses what."""
    return {"losses": losses.losses_of(agreement, timezone.now())} if step in {"suspend", "revoke"} else {}


def _replaced(desk: Desk, agreement: Agreement) -> dict[str, bool]:
    may = agreement.requester_id == desk.department.code and Role.OFFICER in desk.roles and may_be_replaced(agreement)
    return {"may_replace": may}


def _ask_for_signature(form: forms.Form, elsewhere: KeyElsewhere) -> str:
    """Show the order and a field for its signature; the order comes back with it."""
    order = json.dumps(elsewhere.data["order"], ensure_ascii=False)
    form.data = {**form.data.dict(), "order": order}  # type: ignore[attr-defined] # a posted form holds a QueryDict
    form.fields["signature"].widget = forms.Textarea(attrs={"class": "mz-code", "spellcheck": "false"})
    return order


def _handed(data: dict[str, Any]) -> HandedIn | None:
    return HandedIn(data["order"], data["signature"]) if data.get("order") and data.get("signature") else None
