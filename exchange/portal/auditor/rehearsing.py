"""Break a byte, in the demonstration only: choose what to break on a copy, and watch it being named."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from audit.models import VerificationRun
from audit.rehearsal import Broken
from audit.rehearsal_run import usual_place
from exchange.portal.auditor.checking import REHEARSE, begin
from exchange.portal.auditor.permission import auditors_only
from exchange.portal.auditor.strip import log_strip


class BreakForm(forms.Form):
    """What to break, and where."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What shall be broken?"),
        widget=forms.RadioSelect,
        initial=Broken.ENTRY.value,
        choices=[
            (Broken.ENTRY.value, gettext_lazy("An entry: its bytes in the log")),
            (Broken.ACT.value, gettext_lazy("An act: a signed document that allows something")),
            (Broken.DISCLOSURE.value, gettext_lazy("A disclosure: what is told beside an entry")),
        ],
    )
    number = forms.IntegerField(
        label=gettext_lazy("Number"),
        required=False,
        min_value=0,
        max_value=2**53,
        help_text=gettext_lazy("Number of the entry or of the act. Leave it empty to break one in the middle."),
    )


@require_safe
@auditors_only
def overview(request: HttpRequest) -> HttpResponse:
    """The choice."""
    _require_demonstration()
    return _page(request, BreakForm())


@require_POST
@auditors_only
def start(request: HttpRequest) -> HttpResponse:
    """Begin a rehearsal, or go to the one that is under way."""
    _require_demonstration()
    form = BreakForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    kind, number = Broken(form.cleaned_data["kind"]), form.cleaned_data["number"]
    place = {"kind": kind.value, "number": usual_place(kind).number if number is None else number}
    return redirect("audit_run", begin(VerificationRun.REHEARSAL, REHEARSE, request.user, place).pk)


def _page(request: HttpRequest, form: BreakForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "strip": log_strip()}
    return render(request, "auditor/break.html", context, status=status)


def _require_demonstration() -> None:
    """Outside a demonstration this page does not exist."""
    if not settings.DEMO:
        raise Http404
