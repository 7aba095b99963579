"""From the counter to the citizen's own account: a printed code, and the page where the citizen types it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from audit.errors import Conflict, Invalid
from exchange.accounts.acting import works_for
from exchange.accounts.limits import address_of
from exchange.affairs.counter import codes, visits
from exchange.portal.citizen.account_forms import add_faults
from exchange.portal.citizen.signed_in import said
from exchange.portal.counter.desk import at_counter
from exchange.portal.department.desk import Desk


class SlipForm(forms.Form):
    """The code as it is printed."""

    code = forms.CharField(
        label=gettext_lazy("Code on the slip"), max_length=32, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )


@never_cache
@require_POST
@at_counter
def give(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Print a code for the citizen; it is shown this once."""
    visit = visits.current_visit(desk.person)
    if visit is None:
        return redirect("counter")
    try:
        code = codes.give_code(visit)
    except Conflict as conflict:
        messages.error(request, str(conflict.detail))
        return redirect("counter_visit")
    return render(request, "counter/account_code.html", {"desk": desk, "code": code, "days": codes.GOOD_FOR.days})


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@login_required
def use(request: HttpRequest) -> HttpResponse:
    """The citizen types the code into their own account; an account at work is never bound."""
    if works_for(request.user):
        return redirect("bind")
    form = SlipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _bound(request, form.cleaned_data["code"])
        except Invalid as refused:
            add_faults(form, refused)
        except Conflict as refused:
            messages.error(request, said(refused))
            return redirect("bind")
    return render(request, "citizen/account_counter.html", {"form": form}, status=422 if form.is_bound else 200)


def _bound(request: HttpRequest, code: str) -> HttpResponse:
    person: Any = request.user
    codes.use_code(person, code=code, address=address_of(request))
    request.session.cycle_key()
    messages.success(request, _("This account now opens your own records."))
    return redirect("me")
