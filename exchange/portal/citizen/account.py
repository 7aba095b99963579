"""One's own account: opening it, proving who one is, what it is bound to, and what the hub has told its holder.

Who somebody is never comes from what they say: a code to the registered phone, a sign-in provider or a clerk proves it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict, Invalid
from exchange.accounts import codes, outbox
from exchange.accounts.acting import works_for
from exchange.accounts.actions import open_account, unbind
from exchange.accounts.codes import read_claim
from exchange.accounts.limits import address_of, take
from exchange.accounts.models import Person
from exchange.accounts.subject import NotBound, subject_of
from exchange.affairs.binding import askable_kinds
from exchange.portal.citizen.account_forms import AccountForm, ClaimForm, CodeForm, add_faults
from exchange.portal.citizen.signed_in import said, show
from exchange.portal.providers import sign_in_providers
from exchange.portal.templatetags.look_text import page_url

CODE_IN_SESSION = "binding_code"
BACK_IN_SESSION = "binding_back"
ACCOUNTS_AN_HOUR = 10
LAST_DIGITS = 4


@never_cache
@sensitive_post_parameters("identifier", "name")
@require_http_methods(["GET", "POST"])
def who_are_you(request: HttpRequest) -> HttpResponse:
    """The ways to prove who one is; a stranger is first shown the ways to an account."""
    _keep_way_back(request)
    if not request.user.is_authenticated:
        sign_in = f"{page_url('accounts/login/')}?{urlencode({'next': reverse('bind')})}"
        return show(request, "account_stranger", sign_in=sign_in, providers=sign_in_providers(request))
    if _is_bound(request.user):
        return redirect(_way_back(request))
    works_here = bool(works_for(request.user))
    form = ClaimForm(None if works_here else request.POST or None, kinds_asked=[] if works_here else askable_kinds())
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        return redirect("bind_code")
    return show(request, "account_who", form=form, works_here=works_here, providers=sign_in_providers(request))


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@login_required
def type_code(request: HttpRequest) -> HttpResponse:
    """Six digits. The page says the same whether or not a message is on its way."""
    asked = request.session.get(CODE_IN_SESSION, "")
    if not asked or _is_bound(request.user):
        return redirect("bind")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _confirmed(request, asked, form.cleaned_data["code"])
        except Invalid as refused:
            add_faults(form, refused)
        except Conflict as refused:
            request.session.pop(CODE_IN_SESSION, None)
            messages.error(request, said(refused))
            return redirect("bind")
    return show(request, "account_code", form=form, tries=codes.MOST_TRIES)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """Open an account with a password. It opens nothing until its holder proves who they are."""
    if request.user.is_authenticated:
        return redirect("bind")
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take("account.open", address_of(request), limit=ACCOUNTS_AN_HOUR, window=codes.AN_HOUR)
        data = form.cleaned_data
        try:
            person = open_account(data["username"], password=data["password"], acting_system="sign-up")
        except Invalid as refused:
            add_faults(form, refused)
        else:
            login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("bind")
    return show(request, "account_new", form=form)


@never_cache
@require_GET
@login_required
def my_account(request: HttpRequest) -> HttpResponse:
    """To whom the account belongs and how that was proved, how one signs in, and what the hub has told."""
    person: Person = request.user  # type: ignore[assignment]
    bindings = list(person.bindings.all())
    current = next((binding for binding in bindings if binding.ended_at is None), None)
    context: dict[str, Any] = {
        "current": current,
        "earlier": [binding for binding in bindings if binding.ended_at is not None],
        "last_digits": subject_of(person).identifier[-LAST_DIGITS:] if current else "",
        "told": outbox.messages_to(person),
        "has_password": person.has_usable_password(),
    }
    return show(request, "account", **context)


@require_POST
@login_required
def end_binding(request: HttpRequest) -> HttpResponse:
    """End the binding of one's own account. Applications stay with the person."""
    person: Person = request.user  # type: ignore[assignment]
    unbind(person, acting_user=person)
    request.session.cycle_key()
    messages.success(request, _("This account no longer opens your records. Your applications stay yours."))
    return redirect("my_account")


def _asked(request: HttpRequest, form: ClaimForm) -> bool:
    """Whether a code was asked for; else the form has the faults."""
    data, person = form.cleaned_data, request.user
    try:
        claim = read_claim(data["kind"], data["identifier"], data["name"])
    except Invalid as refused:
        add_faults(form, refused)
        return False
    language = get_language() or settings.LANGUAGE_CODE
    asked = codes.ask_code(person, claim=claim, address=address_of(request), language=language)  # type: ignore[arg-type]
    request.session[CODE_IN_SESSION] = str(asked.pk)
    return True


def _confirmed(request: HttpRequest, asked: str, code: str) -> HttpResponse:
    codes.confirm(request.user, request_id=asked, code=code)  # type: ignore[arg-type]
    request.session.pop(CODE_IN_SESSION, None)
    request.session.cycle_key()  # whoever knew the session from before does not become this person
    messages.success(request, _("Thank you. This account is yours, and it opens your own records."))
    return redirect(_way_back(request))


def _is_bound(person: Any) -> bool:
    try:
        subject_of(person)
    except NotBound:
        return False
    return True


def _keep_way_back(request: HttpRequest) -> None:
    target = request.GET.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        request.session[BACK_IN_SESSION] = target


def _way_back(request: HttpRequest) -> str:
    return str(request.session.pop(BACK_IN_SESSION, "")) or "my_account"


urlpatterns = [
    path("me/account", my_account, name="my_account"),
    path("me/account/end", end_binding, name="my_account_end"),
    path("me/who-are-you", who_are_you, name="bind"),
    path("me/who-are-you/account", new_account, name="bind_account"),
    path("me/who-are-you/code", type_code, name="bind_code"),
]
