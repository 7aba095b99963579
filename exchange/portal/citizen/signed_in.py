"""Who stands before a citizen's page: always whoever signed in, never anybody whom the request names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html, format_html_join

from audit.errors import Conflict, HubError, Invalid
from exchange.accounts.subject import NotBound
from exchange.affairs.applicants import Applicant, applicant_of
from exchange.affairs.models import Case
from exchange.affairs.reading import case_for
from exchange.portal.templatetags.look_text import page_url

View = Callable[..., HttpResponseBase]


def as_applicant(view: View) -> View:
    """A page about the person who signed in. Nobody: to sign-in and back; bound to no register yet: to "who are you" and back."""

    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            applicant = applicant_of(request.user)
        except NotBound:
            back = request.get_full_path() if request.method == "GET" else request.path
            return redirect(f"{page_url('me/who-are-you')}?{urlencode({'next': back})}")
        return view(request, applicant, *args, **kwargs)

    return inner


def own_case(view: View) -> View:
    """A page about one application of the person who signed in; anybody else's is not found. What has moved on is shown again."""

    @as_applicant
    @wraps(view)
    def inner(request: HttpRequest, applicant: Applicant, number: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        case = case_for(number, applicant=applicant)
        try:
            return view(request, applicant, case, *args, **kwargs)
        except Conflict as conflict:
            return back_to(request, case, conflict)

    return inner


def back_to(request: HttpRequest, case: Case, refused: HubError) -> HttpResponse:
    """To the page that shows how the application stands now, with the reason why nothing was done."""
    messages.error(request, said(refused))
    return redirect("my_case", number=case.number)


def said(refused: HubError) -> Any:
    """A refusal as one short text: its title, its detail, and each fault."""
    faults = refused.faults if isinstance(refused, Invalid) else ()
    listed = format_html_join(" ", "{}", ((fault.message,) for fault in faults))
    return format_html("<strong>{}</strong> {} {}", refused.title, "" if faults else refused.detail, listed)


def show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A page; with a form that does not hold the status is 422."""
    form = context.get("form")
    faulty = form is not None and form.is_bound and bool(form.errors)
    return render(request, f"citizen/{template}.html", context, status=422 if faulty else 200)
