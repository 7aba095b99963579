"""The filter bar of the log's search, and what it asks of the index."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.portal.auditor.names import Names
from exchange.portal.tones import face_of

MOMENT = "%Y-%m-%dT%H:%M"
KINDS = {
    "exchange": gettext_lazy("Answered calls"),
    "export": gettext_lazy("Lists that were given"),
    "changes": gettext_lazy("Pages of changes that were given"),
    "delivery": gettext_lazy("Steps of exports"),
    "refusal": gettext_lazy("Refused calls"),
    "intent": gettext_lazy("Questions to remote registers"),
    "outcome": gettext_lazy("What came of questions to remote registers"),
    "act": gettext_lazy("Acts of authority"),
    "request": gettext_lazy("Requests"),
    "agreement": gettext_lazy("Steps of agreements"),
    "clock": gettext_lazy("Clocks of requests"),
    "department_correction": gettext_lazy("Corrections that departments asked for"),
    "dispute": gettext_lazy("Disputes between departments"),
    "load": gettext_lazy("Loads of data"),
    "officer": gettext_lazy("Questions that officers answer"),
    "dataset": gettext_lazy("Datasets on and off"),
    "people": gettext_lazy("People and roles"),
    "account": gettext_lazy("Accounts of citizens"),
    "purpose": gettext_lazy("Purposes"),
    "matter": gettext_lazy("Versions of services"),
    "case": gettext_lazy("Steps of applications"),
    "view": gettext_lazy("Looks of officers"),
    "webhook": gettext_lazy("Steps of webhooks"),
    "correction": gettext_lazy("Corrections that citizens asked for"),
    "question": gettext_lazy("Questions of citizens"),
    "tally": gettext_lazy("Hourly counts"),
    "verification": gettext_lazy("Verifications"),
    "unreadable": gettext_lazy("Unreadable entries"),
}
OUTCOMES = ("ANSWERED", "REFUSED", "FAILED", "WAITING", "ABANDONED")
# value before the department's code -> heading of its group
SIDES = {
    "department": gettext_lazy("Either side"),
    "requester": gettext_lazy("Who asked"),
    "provider": gettext_lazy("Who was asked"),
}


class SearchForm(forms.Form):
    """What an auditor may search by."""

    hide_optional = True
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)
    dataset = forms.ChoiceField(label=gettext_lazy("Dataset"), required=False)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), required=False)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    since = forms.DateTimeField(label=gettext_lazy("From"), required=False)
    until = forms.DateTimeField(label=gettext_lazy("Until"), required=False)
    reason = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    agreement = forms.CharField(required=False, max_length=71, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, names: Names) -> None:
        """Offer what the catalogue knows, and the kinds and outcomes of the log."""
        super().__init__(data)
        self._choices("department", _by_side(names))
        self._choices("dataset", names.datasets)
        self._choices("purpose", names.purposes)
        self._choices("outcome", {code: str(face_of(code).word) for code in OUTCOMES})
        self._choices("type", KINDS)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)

    def wanted(self) -> dict[str, str]:
        """The filters as `audit.search` takes them; a field that is not understood filters nothing and says so."""
        self.is_valid()
        found = {name: str(value) for name, value in self.cleaned_data.items() if value and name not in ("since", "until", "department")}
        side, _separator, code = str(self.cleaned_data.get("department") or "").partition(":")
        if code:
            found[side] = code
        for name, lookup in (("since", "from_ms"), ("until", "until_ms")):
            moment = self.cleaned_data.get(name)
            if moment is not None:
                found[lookup] = str(max(0, milliseconds(moment)))
        return found

    def _choices(self, name: str, choices: Any) -> None:
        field: Any = self.fields[name]
        field.choices = [("", _("All")), *choices.items()]


def _by_side(names: Names) -> dict[Any, Any]:
    """All departments under each heading; the value says which side is meant."""
    return {heading: [(f"{side}:{code}", title) for code, title in names.departments.items()] for side, heading in SIDES.items()}


def milliseconds(moment: datetime) -> int:
    """A time in ms since 1970."""
    return int(moment.timestamp() * 1000)


def local_text(time_ms: int) -> str:
    """A time as the fields From and Until write it: to the minute, on the local clock."""
    return timezone.localtime(datetime.fromtimestamp(time_ms / 1000, tz=timezone.get_current_timezone())).strftime(MOMENT)
