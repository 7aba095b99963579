"""Pages about one's own account that allauth does not have: accepting an invitation, choosing a department, a lost password."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from exchange.accounts import doors
from exchange.accounts.acting import choose_acting_department
from exchange.accounts.actions import set_first_password
from exchange.accounts.errors import Invalid, NotAllowed
from exchange.accounts.invitations import find_by_code, find_invitation, invited_person, path_of, state_of
from exchange.accounts.limits import address_of, take

TRIES = 10
TRIES_WINDOW = timedelta(minutes=10)


class PasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    again = forms.CharField(label=gettext_lazy("The same again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two are not the same."))
        return data


class CodeForm(forms.Form):
    """The code of an invitation."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, person_id: uuid.UUID, token: str) -> HttpResponse:
    """Choose the first password, then sign in with it."""
    found = find_invitation(person_id, token)
    state = state_of(found, now=timezone.now()) if found else None
    person = invited_person(person_id, token)
    if found is None or person is None:
        return render(request, "account/invitation_over.html", {"state": state, "by_code": False}, status=410)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_first_password(person, password=form.cleaned_data["password"])
        except Invalid as refused:
            for fault in refused.faults:
                form.add_error("password", str(fault.message))
        else:
            messages.success(
                request, _("Your password is set. Sign in with it; then add a second step, so that a password alone opens nothing.")
            )
            return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': reverse('mfa_index')})}")
    return render(request, "account/invitation.html", {"form": form, "person": person})


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def invitation_code(request: HttpRequest) -> HttpResponse:
    """Type a printed or mailed code; a right one leads to the same page as a link. Guessing is slowed down."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take("invitation code", address_of(request), limit=TRIES, window=TRIES_WINDOW)
        doors.enter("invitation_code", address_of(request))
        found = find_by_code(form.cleaned_data["code"])
        if found is not None:
            return redirect(path_of(found))
        doors.missed("invitation_code", address_of(request))
        form.add_error("code", _("No invitation has this code. Look at it again, or ask whoever invited you for a new one."))
    return render(request, "account/invitation_code.html", {"form": form}, status=422 if form.errors else 200)


def lost_password(request: HttpRequest) -> HttpResponse:
    """Nothing is mailed: say who can help."""
    return render(request, "account/lost_password.html")


@require_POST
def choose_department(request: HttpRequest) -> HttpResponse:
    """Act for another of one's departments from now on, or in somebody's place (`CODE/id of the person`)."""
    code, _slash, holder = request.POST.get("department", "").partition("/")
    try:
        choose_acting_department(request, code, deputy_of=uuid.UUID(holder) if holder else None)
    except ValueError as error:
        raise NotAllowed(_("You do not stand in for this person now.")) from error
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(target if is_ours else settings.LOGIN_REDIRECT_URL)
