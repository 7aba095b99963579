"""`/v/…`: anybody checks a licence without sign-in. Nothing about who looked is kept, and no address leads on from here.

An address holds the licence's id, so it must stand in no log: the hub's own log masks it (exchange/privacy.py), and
docs/howto/verify_a_licence.md says what the web server before the hub must be told.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from exchange.accounts import doors
from exchange.accounts.limits import address_of
from exchange.affairs.licences import checking
from exchange.affairs.licences.checking import Standing
from exchange.portal.licence_words import FACES, rows_of
from exchange.portal.templatetags.look_text import LANGUAGES

_LONGEST = 40_000
_MOST_LISTS = 1_000_000
View = Callable[..., HttpResponse]


class PresentationForm(forms.Form):
    """What the holder gave: a text, or the address behind their second QR code."""

    presentation = forms.CharField(
        label=_("What the holder showed you"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"class": "mz-code", "spellcheck": "false", "autocomplete": "off", "data-shown": ""}),
        help_text=_("Paste the text of their details. We look at it and forget it."),
        error_messages={"required": _("Paste what the holder showed you.")},
    )


def leaves_no_trace(view: View) -> View:
    """In the reader's own language; stored nowhere, listed nowhere, and no further address learns this one.

    `strict-origin`, not `no-referrer`: with the latter browsers send no origin with a form, and it would be refused.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.asks_language = True  # type: ignore[attr-defined]
        chosen = request.GET.get("language", "")
        with translation.override(chosen if chosen in LANGUAGES else translation.get_language()):
            response = view(request, *args, **kwargs)
            response["Content-Language"] = translation.get_language() or "en"
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return inner


@leaves_no_trace
@require_safe
def check_licence(request: HttpRequest, licence_id: str) -> HttpResponse:
    """Where a licence stands. An id that nobody has is an answer like any other, with the same status, until it is guessing."""
    checked = checking.check(licence_id)
    if checked.standing is Standing.UNKNOWN:
        doors.missed("licence", address_of(request))
    return render(request, "public/licence.html", {"checked": checked, "face": FACES[checked.standing]})


@leaves_no_trace
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def check_details(request: HttpRequest) -> HttpResponse:
    """A box for what a holder shows: only what they chose to show is read back."""
    form = PresentationForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "standings": Standing}
    if form.is_valid():
        shown = checking.check_shown(form.cleaned_data["presentation"])
        context |= {"form": PresentationForm(), "shown": shown, "face": FACES[shown.standing], "rows": rows_of(shown)}
    return render(request, "public/licence_details.html", context, status=422 if form.is_bound and form.errors else 200)


@require_safe
def status_list(_request: HttpRequest, list_number: int) -> HttpResponse:
    """A whole list of statuses (draft-ietf-oauth-status-list section 8): who fetches it looks up one place at home."""
    if not 0 < list_number < _MOST_LISTS:
        raise Http404
    response = HttpResponse(checking.signed_list(list_number), content_type="application/statuslist+jwt")
    response["Cache-Control"] = f"public, max-age={checking.LIST_TTL}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


urlpatterns = [
    path("v", check_details, name="licence_details"),
    path("v/status/<int:list_number>", status_list, name="status_list"),
    path("v/<str:licence_id>", check_licence, name="check_licence"),
]
