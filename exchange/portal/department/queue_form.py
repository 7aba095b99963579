"""The form in which an officer answers: made from the asked items and their types, one block for each subject."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.identifiers import kinds
from catalog.models import in_active_language
from catalog.stores import ProviderFailed, Question, Record
from catalog.stores.database_values import reader
from exchange.delivery.officer.answers import subject_items
from exchange.delivery.officer.lifecycle import CannotAnswer

FOUND, NO_RECORD = "FOUND", "NO_RECORD"
MOST_ROWS = 5
MOST_SUBJECTS = 20
_PLACE = re.compile(r"answers\[(\d+)\]\.records\[(\d+)\](?:\.([a-z0-9_]+))?")

REASONS = {
    CannotAnswer.NOT_OUR_REGISTER: gettext_lazy("Our register does not hold this; another department answers for it"),
    CannotAnswer.REGISTER_AWAY: gettext_lazy("The book is away, at the bindery or in the archive"),
    CannotAnswer.REGISTER_DAMAGED: gettext_lazy("The entry cannot be read any more"),
    CannotAnswer.RECORDS_CONTRADICT: gettext_lazy("Our entries contradict each other"),
}


class DeclineForm(forms.Form):
    """Why a question cannot be answered."""

    reason = forms.ChoiceField(label=gettext_lazy("Why can it not be answered?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.choices = [(reason.value, str(text)) for reason, text in REASONS.items()]


class AnswerForm(forms.Form):
    """For each subject whether there is a record, and its items; `rows` records at most."""

    hide_optional = True  # which item a record always has is said by the fault: without a record none is asked for

    def __init__(self, question: Question, *args: Any, rows: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question, self.rows = question, rows
        self.declared: Mapping[str, Any] = {item["name"]: item for item in question.document["items"]}
        for place, (kind, _identifier) in enumerate(question.subjects):
            self.fields[f"s{place}"] = forms.ChoiceField(
                label=_("What does the register say?"),
                widget=forms.RadioSelect,
                choices=[(FOUND, _("There is a record")), (NO_RECORD, _("There is no record"))],
                error_messages={"required": _("Say whether there is a record.")},
            )
            for row in range(rows):
                self.fields.update({f"s{place}_r{row}_{name}": self._field(name) for name in self.typed(kind)})

    def typed(self, kind: str) -> list[str]:
        """The items that the officer writes: all that were asked but the subject's own name."""
        return [name for name in self.question.items if name not in subject_items(self.question, kind)]

    def blocks(self) -> Iterator[dict[str, Any]]:
        """What the page draws: for each subject its number, its question and the fields of each record."""
        for place, (kind, identifier) in enumerate(self.question.subjects):
            records = [[self[f"s{place}_r{row}_{name}"] for name in self.typed(kind)] for row in range(self.rows)]
            yield {"number": place + 1, "identifier": identifier, "found": self[f"s{place}"], "records": records}

    def field_for(self, where: str) -> str | None:
        """The field of a fault's place; None puts it on top."""
        found = _PLACE.fullmatch(where)
        name = f"s{found[1]}_r{found[2]}_{found[3]}" if found and found[3] else ""
        return name if name in self.fields else None

    def answers(self) -> list[list[Record]]:
        """For each subject its records, in the form in which hosted data have them."""
        return [self._records(place, *who) for place, who in enumerate(self.question.subjects)]

    def _records(self, place: int, kind: str, identifier: str) -> list[Record]:
        if self.cleaned_data[f"s{place}"] == NO_RECORD:
            return []
        naming = dict.fromkeys(subject_items(self.question, kind), identifier)
        written = [{name: self._value(place, row, name) for name in self.typed(kind)} for row in range(self.rows)]
        filled = [record for row, record in enumerate(written) if row == 0 or any(value is not None for value in record.values())]
        return [{**naming, **record} for record in filled]

    def _value(self, place: int, row: int, name: str) -> Any:
        value = self.cleaned_data.get(f"s{place}_r{row}_{name}")
        if value in (None, ""):
            return None
        item = self.declared[name]
        if item["type"] == "identifier":
            value = kinds().normalise(item["identifier"], str(value))
        if item["type"] == "boolean":
            value = value == "yes"
        try:
            return reader(item, self.question.document)(value)
        except ProviderFailed:
            return value  # the action names the fault beside the field

    def _field(self, name: str) -> forms.Field:
        item = self.declared[name]
        given: dict[str, Any] = {"label": in_active_language(item["title"]["en"], item["title"]["zh"]), "required": False}
        made = _FIELDS.get(item["type"])
        if made is not None:
            return made(item, given)
        if item["type"] == "code":
            entries = self.question.document["code_lists"][item["code_list"]]
            titles = [(entry["code"], in_active_language(entry["title"]["en"], entry["title"]["zh"])) for entry in entries]
            return forms.ChoiceField(choices=[("", "–"), *titles], **given)
        return forms.CharField(max_length=2_000, **given)


def _integer(item: Mapping[str, Any], given: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(min_value=item.get("minimum"), max_value=item.get("maximum"), **given)


def _decimal(_item: Mapping[str, Any], given: dict[str, Any]) -> forms.Field:
    return forms.DecimalField(max_digits=28, decimal_places=10, **given)


def _boolean(_item: Mapping[str, Any], given: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))], **given)


def _date(_item: Mapping[str, Any], given: dict[str, Any]) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **given)


def _datetime(_item: Mapping[str, Any], given: dict[str, Any]) -> forms.Field:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **given)


_FIELDS = {"integer": _integer, "decimal": _decimal, "boolean": _boolean, "date": _date, "datetime": _datetime}
