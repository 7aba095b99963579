"""`/…/accounts/programs/`: which programs act for me, and allowing or refusing one that asks."""

from __future__ import annotations

import time
import uuid
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from exchange.accounts.acting import works_for
from exchange.accounts.errors import CodeOver, Missing, NotAllowed
from exchange.accounts.limits import address_of
from exchange.accounts.models import Person, Program, ProgramAsking
from exchange.accounts.programs import actions
from exchange.accounts.programs.scopes import WORDS
from exchange.accounts.programs.tokens import address_hash

FRESH_S = 300
"""How long ago a second step may have been, before something is allowed to act in one's name."""


class AllowForm(forms.Form):
    """What of all that a program asks for it may do."""

    scopes = forms.MultipleChoiceField(label=gettext_lazy("It may"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, asking: ProgramAsking, data: QueryDict | None) -> None:
        super().__init__(data, initial={"scopes": asking.scopes})
        field: Any = self.fields["scopes"]
        field.choices = [(scope.value, words) for scope, words in WORDS.items() if scope.value in asking.scopes]


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def programs(request: HttpRequest) -> HttpResponse:
    """The programs that act for me; with a code, what the program that shows it asks for, to be allowed or refused."""
    person = _person(request)
    typed = request.POST.get("user_code", "") if request.method == "POST" else request.GET.get("user_code", "")
    if not typed:
        return _show(request, person)
    try:
        asking = actions.look_up(typed, acting_user=person)
    except CodeOver as over:
        return _show(request, person, typed=typed, problem=str(over.detail), status=422)
    if not is_fresh(request):
        return redirect(_reauthenticate(person, f"{reverse('account_programs')}?{urlencode({'user_code': typed})}"))
    form = AllowForm(asking, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (answered := _answered(request, asking, form, person)):
        return answered
    is_elsewhere = bytes(asking.address_hash) != address_hash(address_of(request))
    return _show(request, person, typed=typed, asking=asking, form=form, is_elsewhere=is_elsewhere, status=422 if form.errors else 200)


@require_POST
@login_required
def end_program(request: HttpRequest, program_id: uuid.UUID) -> HttpResponse:
    """End the access of one of my programs."""
    person = _person(request)
    program = Program.objects.filter(pk=program_id, person=person).first()
    if program is None:
        raise Missing(_("There is no such program, or it is not yours."))
    actions.end(program, acting_user=person)
    messages.success(request, _("The program's access has ended. What it sends from now on is refused."))
    return redirect("account_programs")


def is_fresh(request: HttpRequest) -> bool:
    """Whether the caller showed just now that it is them: by the second step where they have one, else by whatever they sign in with."""
    person = _person(request)
    newest = [record for record in get_authentication_records(request, person) if time.time() - record["at"] < FRESH_S]
    if is_mfa_enabled(person):
        return any(record["method"] == "mfa" for record in newest)
    return bool(newest) or not person.has_usable_password()


def _reauthenticate(person: Person, back: str) -> str:
    """The address where the person shows it once more, and then comes back."""
    name = "account_reauthenticate"
    if is_mfa_enabled(person):
        has_app = is_mfa_enabled(person, types=[Authenticator.Type.TOTP])
        name = "mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn"
    return f"{reverse(name)}?{urlencode({'next': back})}"


def _answered(request: HttpRequest, asking: ProgramAsking, form: AllowForm, person: Person) -> HttpResponse | None:
    """What follows a yes or a no; None where the form has faults."""
    if request.POST.get("do") == "refuse":
        actions.refuse(asking, acting_user=person)
        messages.success(request, _("Refused. The program gets nothing."))
        return redirect("account_programs")
    if not form.is_valid():
        return None
    actions.allow(asking, scopes=tuple(form.cleaned_data["scopes"]), acting_user=person)
    messages.success(request, _("Allowed. The program goes on by itself; you may close this page."))
    return redirect("account_programs")


def _show(request: HttpRequest, person: Person, *, status: int = 200, **context: Any) -> HttpResponse:
    found = [(program, [words for scope, words in WORDS.items() if scope in program.scopes]) for program in actions.programs_of(person)]
    return render(request, "account/programs.html", {"programs": found, **context}, status=status)


def _person(request: HttpRequest) -> Person:
    """The caller, who works for a department. Raises NotAllowed."""
    if not works_for(request.user):
        raise NotAllowed(_("Programs act for people who have a role in a department."))
    return request.user  # type: ignore[return-value]
