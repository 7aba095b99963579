"""The component gallery at `/look`: every component in every state, for authors and for tests; in the demonstration only."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.portal.charts import Bar, Chart
from exchange.portal.templatetags.look_parts import Step, Tab
from exchange.portal.tones import STATES

MOODS = {"citizen": gettext_lazy("Citizen"), "department": gettext_lazy("Department"), "auditor": gettext_lazy("Auditor")}
CALLS = (48, 44, 58, 42, 84, 76, 92, 118, 128, 134, 172, 168, 164, 142, 116, 124, 96, 92, 70, 52, 66, 40, 44, 62)
REFUSED = (3, 2, 4, 46, 2, 0, 3, 5, 0, 0, 6, 0, 0, 5, 0, 4, 2, 3, 7, 0, 0, 3, 2, 1)
RECEIPT = (
    '{"entry":"eyJ2IjoxLCJ0IjoieCIsInRzIjoiMjAyNi0xMS0yMFQyMjo0NloifQ==","issued_ms":1795214793120,"keyid":"hub/answer-1",'
    '"leaf":"sha256:9f2c4d1ab0e7c3585f64b7e41a…","log":"log.mianzheng.example","v":1}'
)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name of the system"), help_text=gettext_lazy("As it stands in your department's list."))
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=[("M04", "M04"), ("M13", "M13")])
    method = forms.ChoiceField(
        label=gettext_lazy("How do you want to ask?"),
        widget=forms.RadioSelect,
        choices=[("VERIFY", gettext_lazy("Yes or no")), ("QUERY", gettext_lazy("The agreed items"))],
    )
    items = forms.MultipleChoiceField(
        label=gettext_lazy("Which items?"), widget=forms.CheckboxSelectMultiple, choices=[("grade", "grade"), ("type", "type")]
    )
    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, required=False)
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    agreed = forms.BooleanField(label=gettext_lazy("I have read the text"))


class FilterForm(forms.Form):
    """The fields of a filter bar."""

    hide_optional = True
    q = forms.CharField(label=gettext_lazy("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False, choices=[("", gettext_lazy("All")), ("PSB", "PSB")])
    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False, choices=[("24h", gettext_lazy("Last 24 hours"))])


def calls_by_hour() -> Chart:
    """Invented figures for the charts."""
    bars = (Bar(f"{hour:02}:00", (CALLS[hour], REFUSED[hour]), f"?hour={hour:02}") for hour in range(24))
    return Chart(_("Calls by hour"), (_("allowed"), _("refused")), tuple(bars))


def timeline() -> list[Step]:
    """Invented steps of a sharing request."""
    return [
        Step(_("Submitted"), "done", "Li Wei · CAB", datetime(2026, 11, 18, 1, 12, tzinfo=UTC)),
        Step(_("Checked by the authority"), "done", "Chen Jing · DATA", datetime(2026, 11, 18, 6, 40, tzinfo=UTC)),
        Step(_("Decision of the provider"), "current", "DPF", None, _("7 of 10 working days left")),
        Step(_("Signature of the requester")),
    ]


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component; `?mood=` citizen, department or auditor."""
    if not getattr(settings, "DEMO", False):
        raise Http404
    if "message" in request.GET:
        messages.success(request, _("The request was submitted."))
    return render(request, "components/gallery.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    mood = request.GET.get("mood", "department")
    return {
        "mood": mood if mood in MOODS else "department",
        "moods": [Tab(str(title), f"?mood={name}", current=name == mood) for name, title in MOODS.items()],
        "form": SampleForm(initial={"method": "VERIFY"}),
        "faulty": SampleForm({"name": "", "method": "VERIFY"}, prefix="faulty"),
        "filter": FilterForm(request.GET),
        "chart": calls_by_hour(),
        "steps": timeline(),
        "states": list(STATES),
        "receipt": RECEIPT,
        "moment": datetime(2026, 11, 20, 6, 2, 11, tzinfo=UTC),
        "department": {"en": "Disabled Persons' Federation", "zh": "市残疾人联合会"},
        "entries": _entries(),
        "tabs": [
            Tab(_("Items"), "?tab=items", current=True, count=7),
            Tab(_("Quality"), "?tab=quality"),
            Tab(_("Agreements"), "?tab=agreements", count=1204),
        ],
    }


def _entries() -> list[dict[str, Any]]:
    rows = (
        ("14:02:11.482", "CAB", "DPF", "disability_certificate", "M04", 1, "ANSWERED", 88412),
        ("14:02:10.007", "HSG", "TAX", "income_and_tax", "M03", 1, "ANSWERED", 88411),
        ("03:14:09.120", "CMB", "PSB", "driver_and_vehicle", "–", 412, "REFUSED", 88409),
        ("03:14:08.900", "HRSS", "MIA", "medical_insurance", "M05", 1, "FAILED", 88408),
    )
    names = ("time", "requester", "provider", "dataset", "purpose", "records", "outcome", "entry")
    return [dict(zip(names, row, strict=True)) for row in rows]


def tick(request: HttpRequest) -> HttpResponse:
    """Answer the gallery's progress bar: done at the third call."""
    if not getattr(settings, "DEMO", False):
        raise Http404
    before = request.GET.get("done", "")
    done = min(int(before) + 30, 100) if before.isdecimal() and len(before) < 4 else 0
    return render(request, "components/tick.html", {"done": done, "again": f"{request.path}?done={done}" if done < 100 else ""})
