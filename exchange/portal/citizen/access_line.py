"""`me/access/<entry>`: one line with its proof slip, and everything about the person in one file to take away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from audit.errors import HubError
from audit.proof.canonical import dumps
from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Case
from exchange.oversight.access_records import access_record
from exchange.oversight.access_records.legal_ground import legal_ground
from exchange.oversight.slips import make_slip, take_away
from exchange.portal.citizen.access_asking import asked_before
from exchange.portal.citizen.signed_in import as_applicant, show


@require_GET
@as_applicant
def access_line(request: HttpRequest, applicant: Applicant, entry: int) -> HttpResponse:
    """What was asked, by whom, of whom, for what, on what ground; its slip; and what the person can do about it."""
    line = access_record(applicant.subject, entry)
    is_own = Case.objects.of(applicant.subject).filter(number=line.case).exists()
    asked = asked_before(applicant, line)
    context = {
        "line": line,
        "is_own_case": is_own,
        "slip_fault": _slip_fault(applicant, entry),
        "verify_url": reverse("verify"),
        "grounds": legal_ground(line),
    }
    return show(request, "access_line", **context, **asked)


@require_GET
@as_applicant
def access_slip(request: HttpRequest, applicant: Applicant, entry: int) -> HttpResponse:
    """The proof slip as a file."""
    document = make_slip(applicant.subject, entry)
    return HttpResponse(dumps(document) + b"\n", content_type="application/json", headers=_as_file(f"{_('proof-slip')}-{entry}.json"))


@require_GET
@as_applicant
def access_take_away(request: HttpRequest, applicant: Applicant) -> HttpResponseBase:
    """Every line with its slip in one file."""
    name = f"{_('who-looked-me-up')}-{timezone.localdate():%Y-%m-%d}.json"
    return StreamingHttpResponse(take_away(applicant.subject), content_type="application/json", headers=_as_file(name))


def _slip_fault(applicant: Applicant, entry: int) -> str:
    """Why there is no slip now; empty where there is one, which has been made to know it."""
    try:
        make_slip(applicant.subject, entry)
    except HubError as error:
        return str(error.detail)
    return ""


def _as_file(name: str) -> dict[str, str]:
    from django.utils.http import content_disposition_header

    return {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}


urlpatterns = [
    path("me/access/take-away", access_take_away, name="access_take_away"),
    path("me/access/<int:entry>", access_line, name="access_line"),
    path("me/access/<int:entry>/slip", access_slip, name="access_slip"),
]
