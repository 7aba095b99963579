"""Pages about one's own account that allauth does not have: accepting an invitation, choosing a department, a lost password."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from exchange.accounts.acting import choose_acting_department
from exchange.accounts.actions import set_first_password
from exchange.accounts.errors import Invalid, NotAllowed
from exchange.accounts.invitations import invited_person


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


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, person_id: uuid.UUID, token: str) -> HttpResponse:
    """Choose the first password, then sign in with it."""
    person = invited_person(person_id, token)
    if person is None:
        return render(request, "account/invitation_over.html", status=410)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_first_password(person, password=form.cleaned_data["password"])
        except Invalid as refused:
            for fault in refused.faults:
                form.add_error("password", str(fault.message))
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect(settings.LOGIN_URL)
    return render(request, "account/invitation.html", {"form": form, "person": person})


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
