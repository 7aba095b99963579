"""An agreement to take away: as a PDF for people, as ODRL for machines. Both say what was signed, and name its hash."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from audit.proof.canonical import document_hash
from exchange.portal.department import agreement_reading as reading
from exchange.portal.department.agreement_pdf import drawn
from exchange.portal.department.desk import Desk, at_desk
from exchange.sharing.odrl import as_odrl


@require_GET
@at_desk
def pdf(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
    """The text in both languages, who signed, the hash, and a code that leads to the page."""
    found = get_object_or_404(reading.agreement_rows(desk), agreement_id=agreement_id)
    headers = {"Content-Disposition": f'attachment; filename="agreement-{found.agreement_id[:8]}.pdf"'}
    return HttpResponse(drawn(desk, found), content_type="application/pdf", headers=headers)


@require_GET
@at_desk
def odrl(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
    """The same as an ODRL 2.2 Agreement (docs/odrl_profile.md)."""
    found = get_object_or_404(reading.agreement_rows(desk), agreement_id=agreement_id)
    document = as_odrl(found.agreement_id, found.document, text_hash=document_hash(found.document))
    return JsonResponse(document, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False, "indent": 1})
