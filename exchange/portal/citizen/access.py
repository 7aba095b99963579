"""`me/access`: who looked me up. Every line is read from the log with the person's own key; whose lines is never asked of the caller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from catalog.models import Department
from exchange.accounts.subject import Subject
from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Case
from exchange.oversight.access_records import AccessRecord, Filters, Group, access_records
from exchange.oversight.access_records.offices import Office, departments_of, offices_of
from exchange.portal.citizen import access_asking, access_line
from exchange.portal.citizen.signed_in import as_applicant, show
from exchange.portal.templatetags.look_parts import Tab

_GROUPS = {
    Group.OFFICES: gettext_lazy("Offices that asked about me"),
    Group.STEPS: gettext_lazy("My own steps"),
    Group.OFFICERS: gettext_lazy("Officers who looked"),
    Group.LISTS: gettext_lazy("Lists with me on them"),
    Group.OWN_RECORDS: gettext_lazy("Offices that looked at their own records"),
}


class FilterForm(forms.Form):
    """Narrow the list."""

    hide_optional = True
    office = forms.ChoiceField(label=gettext_lazy("Office"), required=False)
    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    asked_by = forms.CharField(required=False, widget=forms.HiddenInput)
    refused = forms.BooleanField(label=gettext_lazy("Only what was refused"), required=False)

    def __init__(self, data: Any, codes: Iterable[str]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        names = {row.code: row.name for row in Department.objects.filter(code__in=list(codes))}
        fields["office"].choices = [("", _("All offices")), *sorted(names.items(), key=lambda pair: pair[1])]
        fields["what"].choices = [("", _("Everything")), *((group.value, title) for group, title in _GROUPS.items())]

    def wanted(self) -> Filters:
        """What of it can be understood; the rest narrows nothing."""
        self.is_valid()
        said = self.cleaned_data
        return Filters(
            department=said.get("office", ""),
            asked_by=said.get("asked_by", ""),
            group=said.get("what", ""),
            since=said.get("since"),
            until=said.get("until"),
            refused_only=said.get("refused", False),
        )


@dataclass(frozen=True)
class Day:
    """The lines of one day."""

    day: date
    lines: list[AccessRecord]


@require_GET
@as_applicant
def who_looked(request: HttpRequest, applicant: Applicant) -> HttpResponse:
    """The lines by day, the newest first; or the offices, the most curious first."""
    if request.GET.get("by") == "office":
        return show(request, "access_offices", tabs=_tabs("office"), offices=_offices(applicant.subject))
    form = FilterForm(request.GET, departments_of(applicant.subject))
    page = access_records(applicant.subject, filters=form.wanted(), cursor=request.GET.get("cursor", ""))
    own = own_cases(applicant.subject, page.lines)
    return show(request, "access", tabs=_tabs(""), filter=form, page=page, days=_by_day(page.lines), own_cases=own)


def own_cases(subject: Subject, lines: Iterable[AccessRecord]) -> frozenset[str]:
    """Which references in these lines are applications of the person's own, and so may be opened."""
    numbers = {line.case for line in lines} - {""}
    return frozenset(Case.objects.of(subject).filter(number__in=numbers).values_list("number", flat=True))


def _by_day(lines: Iterable[AccessRecord]) -> list[Day]:
    def day_of(line: AccessRecord) -> date:
        return timezone.localtime(datetime.fromtimestamp(line.at_ms / 1000, tz=UTC)).date()

    return [Day(day, list(found)) for day, found in groupby(lines, day_of)]


def _offices(subject: Subject) -> list[tuple[Office, str]]:
    found = offices_of(subject)
    names = {row.code: row.name for row in Department.objects.filter(code__in=[office.code for office in found])}
    return [(office, names.get(office.code, office.code)) for office in found]


def _tabs(current: str) -> list[Tab]:
    address = reverse("who_looked")
    return [Tab(_("By day"), address, current=current == ""), Tab(_("By office"), f"{address}?by=office", current=current == "office")]


urlpatterns = [
    path("me/access", who_looked, name="who_looked"),
    *access_line.urlpatterns,
    *access_asking.urlpatterns,
]
