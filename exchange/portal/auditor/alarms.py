"""`/audit/alarms`: what the watch over questions and public doors has noticed; the authority lifts a hold here, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from exchange.accounts.models import Person
from exchange.oversight.harvesting.actors import may_lift
from exchange.oversight.harvesting.alarms import lift
from exchange.oversight.models import Alarm
from exchange.portal.auditor.permission import auditors_only
from exchange.portal.auditor.strip import log_strip

PAGE = 50
RULES: Mapping[str, Promise | str] = {
    "VOLUME": gettext_lazy("Far more persons than the volume that was declared"),
    "UNUSUAL": gettext_lazy("Far more persons than this department usually asks about"),
    "BLIND": gettext_lazy("Many persons of whom there is no record: numbers are being guessed"),
    "BREADTH": gettext_lazy("Many different persons under several agreements at once"),
    "GUESSING": gettext_lazy("Many wrong guesses at a public door, from all addresses together"),
}
DOORS: Mapping[str, Promise | str] = {
    "licence": gettext_lazy("Checking a licence"),
    "receipt": gettext_lazy("Checking a receipt or proof slip"),
    "sign_in_code": gettext_lazy("Codes sent to a phone"),
    "invitation_code": gettext_lazy("Codes of invitations"),
    "program_code": gettext_lazy("Codes of programs"),
    "sandbox_key": gettext_lazy("Keys for the sandbox"),
}
# The figures of an alarm in the order in which they are shown.
COUNTED: Mapping[str, Promise | str] = {
    "asked_now": gettext_lazy("Subjects asked about in ten minutes"),
    "persons_now": gettext_lazy("Different persons among them"),
    "unfound_now": gettext_lazy("Of whom there was no record"),
    "agreements": gettext_lazy("Agreements used"),
    "systems": gettext_lazy("Systems that asked"),
    "asked_month": gettext_lazy("Subjects in thirty days"),
    "declared": gettext_lazy("Declared for a month"),
    "asked_today": gettext_lazy("Subjects in 24 hours"),
    "busiest_day": gettext_lazy("Busiest day of the four weeks before"),
    "wrong": gettext_lazy("Wrong guesses"),
    "minutes": gettext_lazy("Within so many minutes"),
}


class LiftForm(forms.Form):
    """Why it may be lifted."""

    reason = forms.CharField(
        label=gettext_lazy("Why it may be lifted"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=gettext_lazy("Whom you asked, and what came of it. The reason stays with the alarm. Name no person."),
        error_messages={"required": gettext_lazy("Say why the alarm may be lifted: who was asked, and what came of it.")},
    )


@require_safe
@auditors_only
def listing(request: HttpRequest) -> HttpResponse:
    """All alarms, the newest first."""
    pages = Paginator(Alarm.objects.select_related("department"), PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "rows": [(alarm, _about(alarm), RULES.get(alarm.rule, alarm.rule)) for alarm in page],
        "page": page,
        "open": Alarm.objects.raised().count(),
        "strip": log_strip(),
    }
    return render(request, "auditor/alarms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@auditors_only
def alarm(request: HttpRequest, number: str) -> HttpResponse:
    """One alarm with what was counted; its lifting, where it is open and the reader is an officer of the authority."""
    found = Alarm.objects.select_related("department", "lifted_by").filter(number=number).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found, LiftForm())
    form = LiftForm(request.POST)
    if not form.is_valid() and may_lift(_person(request)):
        return _page(request, found, form, status=422)
    lift(found, reason=form.cleaned_data.get("reason", ""), acting_user=_person(request))
    messages.success(request, _("The alarm is lifted. Calls are answered again within a second."))
    return redirect("audit_alarm", number=found.number)


def _page(request: HttpRequest, found: Alarm, form: LiftForm, status: int = 200) -> HttpResponse:
    figures = [(label, found.counted.get(name)) for name, label in COUNTED.items() if found.counted.get(name) is not None]
    context: dict[str, Any] = {
        "alarm": found,
        "about": _about(found),
        "rule": RULES.get(found.rule, found.rule),
        "figures": figures,
        "form": form,
        "may_lift": may_lift(_person(request)),
        "strip": log_strip(),
    }
    return render(request, "auditor/alarm.html", context, status=status)


def _about(found: Alarm) -> str:
    """Whom or what an alarm is about, in the reader's words."""
    if found.department is None:
        return str(DOORS.get(found.door, found.door))
    return f"{found.department.name} · {found.system}" if found.system else _("%(name)s, all its systems") % {"name": found.department.name}


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
