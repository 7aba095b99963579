"""Standing offers, frameworks and emergencies: the list, one offer, writing, signing, ending, joining, reviewing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit import acts
from audit.errors import Conflict
from catalog.models import Dataset, Purpose, System
from exchange.accounts.acting import is_steward
from exchange.accounts.models import Role
from exchange.portal.department import handing
from exchange.portal.department import offer_reading as reading
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import EndingForm, ResumingForm, SignatureForm, posted, sent
from exchange.portal.department.lists import page_of
from exchange.portal.department.offer_form import EmergencyForm, JoinForm, OfferForm, ReviewForm
from exchange.sharing import actions
from exchange.sharing.errors import KeyElsewhere
from exchange.sharing.lifecycle import OfferEvent
from exchange.sharing.models import Agreement, EmergencyReview, StandingOffer
from exchange.sharing.offers import drafting, joining, reviewing, signing
from exchange.sharing.offers.sides import require_offer_step

PAGE = "console_standing_offer"
OfferView = Callable[[HttpRequest, Desk, StandingOffer], HttpResponse]


@require_GET
@at_desk
def offers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Offers of the department, those that name it, and emergencies about its data."""
    page = page_of(reading.offer_rows(desk), request.GET.get("cursor", ""))
    now = timezone.now()
    rows = [(row, row.state_at(now).value) for row in page.rows]
    own = [row for row in Dataset.objects.published().filter(provider=desk.department) if _may_write(desk, row)]
    return show(request, desk, "standing_offers", page=page, rows=rows, own=own, may_declare=_may_declare(desk))


@require_GET
@at_desk
def one_offer(request: HttpRequest, desk: Desk, offer_id: str) -> HttpResponse:
    """The text, who may take it up and who has, what it owes."""
    found = visible_offer(desk, offer_id)
    return show(request, desk, "standing_offer", shown=reading.shown_offer(desk, found), **reading.review_of(desk, found))


@require_http_methods(["GET", "POST"])
@at_desk
def new_offer(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write an offer about one own dataset; a colleague signs it."""
    desk.require(Role.OFFICER, Role.PUBLISHER)
    dataset = get_object_or_404(Dataset.objects.published().filter(provider=desk.department), code=request.GET.get("dataset", ""))
    if not _may_write(desk, dataset):
        desk.require(Role.OFFICER)
    form = OfferForm(dataset, posted(request))
    made: list[StandingOffer] = []
    if sent(request, form, lambda _data: made.append(drafting.draft_offer(form.terms(), dataset=dataset, **desk.acting))):
        return done(request, _("Written down. A colleague reads and signs it; nothing is open before."), PAGE, made[0].offer_id)
    return show(request, desk, "standing_offer_new", form=form, dataset=dataset)


@require_http_methods(["GET", "POST"])
@at_desk
def new_emergency(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Declare an emergency about one dataset; a second reviewer signs it."""
    if not _may_declare(desk):
        desk.require(Role.REVIEWER)
    rows = Dataset.objects.published().exclude(sharing_attribute="NOT_SHARED").order_by("code")
    if not request.GET.get("dataset"):
        return show(request, desk, "emergency_choose", datasets=rows)
    dataset = get_object_or_404(rows, code=request.GET["dataset"])
    form = EmergencyForm(dataset, posted(request))
    made: list[StandingOffer] = []

    def action(_data: dict[str, Any]) -> StandingOffer:
        offer = drafting.draft_emergency(form.terms(), reason=form.reason(), dataset=dataset, **desk.acting)
        made.append(offer)
        return offer

    if sent(request, form, action):
        return done(request, _("Written down. A second reviewer reads and signs it; nothing is open before."), PAGE, made[0].offer_id)
    return show(request, desk, "standing_offer_new", form=form, dataset=dataset, is_emergency=True)


def offer_step(event: OfferEvent) -> Callable[[OfferView], Callable[..., HttpResponse]]:
    """A page for one step: the offer must be visible, the step allowed; what has moved on leads back to it."""

    def decorate(view: OfferView) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "POST"])
        @at_desk
        @wraps(view)
        def inner(request: HttpRequest, desk: Desk, offer_id: str) -> HttpResponse:
            found = visible_offer(desk, offer_id)
            try:
                require_offer_step(desk.person, desk.department, found, event)
                return view(request, desk, found)
            except Conflict as conflict:
                return look_again(request, conflict, PAGE, offer_id)

        return inner

    return decorate


@offer_step(OfferEvent.SIGN)
def sign(request: HttpRequest, desk: Desk, offer: StandingOffer) -> HttpResponse:
    """The second person's signature; the text is shown first."""

    def action(data: dict[str, Any]) -> object:
        return signing.sign_offer(offer, signature=data["signature"], **desk.acting)

    said = _("Signed. It is in force: what stays inside it needs no further signature of the owner.")
    return _step(request, desk, offer, SignatureForm(posted(request)), action, step="sign_offer", said=said)


@offer_step(OfferEvent.WITHDRAW)
def withdraw(request: HttpRequest, desk: Desk, offer: StandingOffer) -> HttpResponse:
    """Put a draft away."""

    def action(_data: dict[str, Any]) -> object:
        return drafting.withdraw_offer(offer, **desk.acting)

    return _step(request, desk, offer, forms.Form(posted(request)), action, step="withdraw_offer", said=_("Put away."))


@offer_step(OfferEvent.SUSPEND)
def suspend(request: HttpRequest, desk: Desk, offer: StandingOffer) -> HttpResponse:
    """Let nobody take it up until one's own side resumes it."""

    def action(data: dict[str, Any]) -> object:
        return signing.suspend_offer(offer, reason=data["reason"], ground=data["ground"], **desk.acting)

    return _step(request, desk, offer, EndingForm(posted(request)), action, step="suspend_offer", said=_("Suspended: nobody can join now."))


@offer_step(OfferEvent.RESUME)
def resume(request: HttpRequest, desk: Desk, offer: StandingOffer) -> HttpResponse:
    """Lift one's own side's suspension."""

    def action(data: dict[str, Any]) -> object:
        return signing.resume_offer(offer, reason=data["reason"], **desk.acting)

    form = ResumingForm(posted(request))
    return _step(request, desk, offer, form, action, step="resume_offer", said=_("Your side's suspension is lifted."))


@offer_step(OfferEvent.REVOKE)
def revoke(request: HttpRequest, desk: Desk, offer: StandingOffer) -> HttpResponse:
    """End it for ever."""

    def action(data: dict[str, Any]) -> object:
        return signing.revoke_offer(offer, reason=data["reason"], ground=data["ground"], **desk.acting)

    return _step(
        request, desk, offer, EndingForm(posted(request)), action, step="revoke_offer", said=_("Revoked: nobody can take it up again.")
    )


@require_http_methods(["GET", "POST"])
@at_desk
def join(request: HttpRequest, desk: Desk, offer_id: str) -> HttpResponse:
    """The whole text and one signature: the agreement is in force, or waits for the signature of the department's own machine."""
    offer = visible_offer(desk, offer_id)
    form = _join_form(request, desk, offer)
    made: list[Agreement] = []

    def action(data: dict[str, Any]) -> object:
        agreement = joining.join(offer, systems=data["systems"], purpose=data["purpose"], **desk.acting)
        made.append(agreement)
        return agreement

    try:
        joining.require_joinable(offer, acts.standing(), **desk.acting)
        if sent(request, form, action):
            return _signed_at_once(request, desk, made[0])
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, offer_id)
    return show(request, desk, "standing_offer_join", form=form, shown=reading.shown_offer(desk, offer))


@require_http_methods(["GET", "POST"])
@at_desk
def review(request: HttpRequest, desk: Desk, offer_id: str) -> HttpResponse:
    """Close an emergency in public."""
    offer = visible_offer(desk, offer_id)
    desk.require(Role.REVIEWER)
    found = get_object_or_404(EmergencyReview.objects.select_related("offer"), offer=offer)
    form = ReviewForm(posted(request))
    try:
        if sent(request, form, lambda data: reviewing.write_review(found, **data, **desk.acting)):
            return done(request, _("Published. Everybody reads it under Transparency."), PAGE, offer_id)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, offer_id)
    return show(request, desk, "emergency_review", form=form, shown=reading.shown_offer(desk, offer), **reading.review_of(desk, offer))


def visible_offer(desk: Desk, offer_id: str) -> StandingOffer:
    """The offer, or 404 when it is not there or not the person's to see."""
    found: StandingOffer = get_object_or_404(reading.offer_rows(desk), offer_id=offer_id)
    return found


def _step(
    request: HttpRequest,
    desk: Desk,
    offer: StandingOffer,
    form: forms.Form,
    action: Callable[[dict[str, Any]], object],
    **page: str,
) -> HttpResponse:
    """One step by one form; where the key is elsewhere, the step waits under a number for `hub sign`."""
    command = ""
    try:
        if sent(request, form, action):
            return done(request, page["said"], PAGE, offer.offer_id)
    except KeyElsewhere as elsewhere:
        if "order" not in elsewhere.data:
            raise
        order = handing.prepared_elsewhere(desk, offer, page["step"], elsewhere, handing.words_of(form.cleaned_data))
        command = handing.command(order)
    shown = reading.shown_offer(desk, offer)
    joined = signing.joined_under(offer).exclude(act_seq=None).count()
    return show(request, desk, page["step"], form=form, shown=shown, command=command, joined=joined)


def _signed_at_once(request: HttpRequest, desk: Desk, agreement: Agreement) -> HttpResponse:
    try:
        actions.sign_agreement(agreement, **desk.acting)
    except KeyElsewhere:
        return redirect(reverse("console_sign", args=[agreement.agreement_id]))
    return done(request, _("Joined and signed. The agreement is in force."), "console_agreement", agreement.agreement_id)


def _join_form(request: HttpRequest, desk: Desk, offer: StandingOffer) -> JoinForm:
    titles = {row.code: row.title for row in Purpose.objects.filter(code__in=offer.document["purposes"])}
    purposes = [(code, f"{titles.get(code, code)} ({code})") for code in offer.document["purposes"]]
    systems = [(row.code, f"{row.code} · {row.name}") for row in System.objects.filter(department=desk.department)]
    return JoinForm(purposes, systems, posted(request))


def _may_write(desk: Desk, dataset: Dataset) -> bool:
    return Role.OFFICER in desk.roles or is_steward(desk.person, dataset)


def _may_declare(desk: Desk) -> bool:
    return desk.department.code == settings.AUTHORITY_DEPARTMENT and Role.REVIEWER in desk.roles


_OFFER = "console/standing-offers/<str:offer_id>"

urlpatterns = [
    path("console/standing-offers", offers, name="console_standing_offers"),
    path("console/standing-offers/new", new_offer, name="console_standing_offer_new"),
    path("console/standing-offers/emergency", new_emergency, name="console_emergency_new"),
    path(_OFFER, one_offer, name=PAGE),
    path(f"{_OFFER}/sign", sign, name="console_standing_offer_sign"),
    path(f"{_OFFER}/withdraw", withdraw, name="console_standing_offer_withdraw"),
    path(f"{_OFFER}/suspend", suspend, name="console_standing_offer_suspend"),
    path(f"{_OFFER}/resume", resume, name="console_standing_offer_resume"),
    path(f"{_OFFER}/revoke", revoke, name="console_standing_offer_revoke"),
    path(f"{_OFFER}/join", join, name="console_standing_offer_join"),
    path(f"{_OFFER}/review", review, name="console_emergency_review"),
]
