"""What an office offers by itself: nobody applies, nobody brings a paper; the person says yes, no, or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import Conflict
from exchange.affairs.applicants import Applicant
from exchange.affairs.matters import plan_of
from exchange.affairs.models import Offer
from exchange.affairs.offers import actions
from exchange.affairs.offers.answering import found_in_offer, offer_for
from exchange.affairs.offers.lifecycle import OfferState
from exchange.portal.citizen import words
from exchange.portal.citizen.asked import department_names
from exchange.portal.citizen.signed_in import as_applicant, said, show
from exchange.portal.templatetags.look_text import bilingual
from exchange.portal.tones import Face

_STEPS: dict[str, Callable[..., Any]] = {"accept": actions.accept, "decline": actions.decline, "ask_again": actions.ask_again}


@dataclass(frozen=True)
class Shown:
    """One offer as the person reads it."""

    id: uuid.UUID
    title: str
    summary: str
    face: Face
    state: str
    made_at: datetime
    until_on: date
    is_provisional: bool
    case_number: str
    benefits: tuple[Any, ...]
    office: str
    article: str

    @property
    def is_open(self) -> bool:
        """Whether it waits for the person's word."""
        return self.state == OfferState.OFFERED

    @property
    def edge(self) -> str:
        """The tone of its card's edge."""
        return words.edge_of(self.face)


def offers_of(applicant: Applicant) -> list[Shown]:
    """Everything that was offered to the person, the newest first."""
    rows = Offer.objects.of(applicant.subject).select_related("version", "case").order_by("-made_at")
    offices = department_names()
    return [_shown(offer, offices) for offer in rows]


def _shown(offer: Offer, offices: Mapping[str, str]) -> Shown:
    plan = plan_of(offer.version)
    return Shown(
        id=offer.pk,
        title=bilingual(plan.title),
        summary=bilingual(plan.summary),
        face=words.OFFERS[offer.state],
        state=offer.state,
        made_at=offer.made_at,
        until_on=offer.until_on,
        is_provisional=offer.until_is_provisional,
        case_number=offer.case.number if offer.case else "",
        benefits=tuple(plan.benefits),
        office=offices.get(plan.lead, plan.lead),
        article=bilingual(plan.content.get("legal_basis", {}).get("article")),
    )


@require_GET
@as_applicant
def my_offers(request: HttpRequest, applicant: Applicant) -> HttpResponse:
    """Every offer."""
    return show(request, "offers", offers=offers_of(applicant))


@require_http_methods(["GET", "POST"])
@as_applicant
def my_offer(request: HttpRequest, applicant: Applicant, offer_id: uuid.UUID) -> HttpResponse:
    """One offer, and what the person says to it."""
    offer = offer_for(offer_id, applicant=applicant)
    if request.method == "POST":
        return _answered(request, offer, applicant)
    return show(request, "offer", offer=_shown(offer, department_names()), found=_found(offer, applicant))


def _answered(request: HttpRequest, offer: Offer, applicant: Applicant) -> HttpResponse:
    step = _STEPS.get(request.POST.get("do", ""))
    if step is None:
        return redirect("my_offer", offer_id=offer.pk)
    try:
        step(offer, applicant=applicant)
    except Conflict as conflict:
        messages.error(request, said(conflict))
        return redirect("my_offer", offer_id=offer.pk)
    messages.success(request, _("Noted."))
    offer.refresh_from_db()
    return redirect("my_case", number=offer.case.number) if offer.case else redirect("my_offer", offer_id=offer.pk)


def _found(offer: Offer, applicant: Applicant) -> list[tuple[str, str, str]]:
    """What was found for the offer: the question, the office's word, since when."""
    plan = plan_of(offer.version)
    told = found_in_offer(offer, applicant=applicant)
    needs = ((plan.requirements[code], said) for code, said in told.items() if code in plan.requirements)
    return [(bilingual(need.title), bilingual(need.says.get(said["answer"])), said["as_of"]) for need, said in needs]


urlpatterns = [
    path("me/offers", my_offers, name="my_offers"),
    path("me/offers/<uuid:offer_id>", my_offer, name="my_offer"),
]
