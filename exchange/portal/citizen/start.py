"""The citizen's start page: what waits for them first, then what runs, what was offered, what they hold, and who looked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Licence
from exchange.oversight.access_records import Filters, access_records
from exchange.portal.citizen.cases import lines_of
from exchange.portal.citizen.offers import offers_of
from exchange.portal.citizen.signed_in import as_applicant, show
from exchange.portal.tones import Tone

FEW = 3


@require_GET
@as_applicant
def me(request: HttpRequest, applicant: Applicant) -> HttpResponse:
    """What waits for the person, and everything else that is theirs."""
    cases, offers = lines_of(applicant), offers_of(applicant)
    context = {
        "waiting": [case for case in cases if case.face.tone is Tone.ATTENTION],
        "cases": [case for case in cases if case.face.tone is not Tone.ATTENTION][:FEW],
        "more": len(cases) > FEW,
        "offered": [offer for offer in offers if offer.is_open],
        "offers": offers,
        "looks": access_records(applicant.subject, filters=Filters()).lines[:FEW],
        "licences": Licence.objects.of(applicant.subject).select_related("case__version")[:FEW],
    }
    return show(request, "me", **context)


urlpatterns = [path("me", me, name="me")]
