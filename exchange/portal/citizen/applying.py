"""Begin an application: one press, then the page that shows its first step."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exchange.affairs import actions
from exchange.affairs.applicants import Applicant
from exchange.affairs.matters import matter_by_slug
from exchange.affairs.models import Case
from exchange.portal.citizen.signed_in import as_applicant


@require_http_methods(["GET", "POST"])
@as_applicant
def apply(request: HttpRequest, applicant: Applicant, slug: str) -> HttpResponse:
    """Begin, or go on with what was begun: two running applications for one service help nobody.

    GET is where sign-in and "who are you" lead back to: the service's page, whose button begins.
    """
    matter = matter_by_slug(slug)
    if request.method != "POST":
        return redirect("service", slug=matter.slug)
    running = Case.objects.of(applicant.subject).undecided().filter(version__matter=matter).first()
    if running is not None:
        messages.info(request, _("You had begun this already. Here you go on."))
        return redirect("my_case", number=running.number)
    case = actions.start_case(matter, applicant=applicant, language=get_language() or "en")
    return redirect("my_case", number=case.number)


urlpatterns = [path("apply/<slug:slug>", apply, name="apply")]
