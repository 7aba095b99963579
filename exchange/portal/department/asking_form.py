"""The form of one part of a request: what may be named is ticked, what may not is shown with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import acts
from catalog.description.trees import items_of
from catalog.models import DataItem, Dataset, Department, System
from exchange.portal.department import filter_fields, parameter_fields, words
from exchange.sharing.actions import PartTerms
from exchange.sharing.askable import Wanted, askable_faults
from exchange.sharing.least import Proposal, beyond_faults, the_least
from exchange.sharing.models import RequestPart

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
METHODS = ("VERIFY", "QUERY", "BATCH")  # what the data path executes today; a description may name its own
NUMBERS = {
    "monthly_subjects": 1_000_000_000,
    "per_day": 100_000_000,
    "per_minute": 1_000_000,
    "fact_answers": 1_000_000,
    "fact_days": 3660,
    "per_officer_day": 100_000_000,
    "per_subject": 1_000_000,
    "per_subject_days": 3660,
    "retention_days": 36_600,
}


@dataclass(frozen=True)
class Line:
    """One item or fact of the form: its tick, its parameters' fields, and why it cannot be asked for (empty: it can)."""

    name: str
    title: str
    bound: Any
    is_ticked: bool
    closed: str = ""
    sensitivity: int | None = None
    sharing: str = ""
    fields: tuple[Any, ...] = ()
    why: Any = None
    is_proposed: bool = False


class AskingForm(forms.Form):
    """What is asked of one dataset; values that cannot be are refused by the same rules as in the API."""

    hide_optional = True  # reasons and volume are needed to go on, and may wait in a draft
    row_filter: dict[str, Any] | None = None
    methods = forms.MultipleChoiceField(label=gettext_lazy("Ways of asking"), widget=forms.CheckboxSelectMultiple, required=False)
    systems = forms.MultipleChoiceField(
        label=gettext_lazy("Systems that will ask"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Only these may call; each signs with its own key."),
    )
    monthly_subjects = forms.IntegerField(
        label=gettext_lazy("About how many subjects a month"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("The owner sees it beside the quota."),
    )
    per_day = forms.IntegerField(label=gettext_lazy("Subjects a day"), min_value=1, initial=10_000)
    per_minute = forms.IntegerField(label=gettext_lazy("Subjects a minute"), min_value=1, initial=600)
    fact_answers = forms.IntegerField(
        label=gettext_lazy("Answers of one fact about the same subject"),
        min_value=1,
        initial=3,
        help_text=gettext_lazy("Keeps values from being guessed by asking again and again."),
    )
    fact_days = forms.IntegerField(label=gettext_lazy("within this many days"), min_value=1, initial=30)
    per_officer_day = forms.IntegerField(
        label=gettext_lazy("Subjects a day by one officer"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Left empty: no such limit. All automatic calls of one system count as one officer."),
    )
    per_subject = forms.IntegerField(
        label=gettext_lazy("Questions about the same subject"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Left empty: no such limit."),
    )
    per_subject_days = forms.IntegerField(label=gettext_lazy("in so many days"), required=False, min_value=1)
    period_from = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=DAY, help_text=gettext_lazy("Left empty: from the signature on.")
    )
    period_until = forms.DateField(label=gettext_lazy("Until and including"), widget=DAY)
    retention_days = forms.IntegerField(label=gettext_lazy("Days that answers may be kept"), min_value=0, initial=30)

    def __init__(self, part: RequestPart, dataset: Dataset, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(part))
        super().__init__(*args, **kwargs)
        requester = part.request.requester
        self.dataset, self.requester, self.part = dataset, requester.code, part
        self.least: Proposal | None = the_least(part.request.purpose_id, acts.standing()).get(dataset.code)
        self.document: dict[str, Any] = dataset.current_version.content if dataset.current_version else {"items": [], "facts": []}
        self.items = list(dataset.current_version.items.all()) if dataset.current_version else []
        self._offer_choices(requester)
        filter_fields.add(self, [(item.name, item.title) for item in self.items], part.row_filter, self.document)
        self._add_wishes()
        for name, most in NUMBERS.items():
            field: Any = self.fields[name]
            field.max_value = most
            field.validators.append(MaxValueValidator(most))

    def _offer_choices(self, requester: Department) -> None:
        fields: dict[str, Any] = self.fields
        offered = self.document.get("methods") or METHODS
        fields["methods"].choices = [(method, words.method_word(method)) for method in offered]
        fields["systems"].choices = [(row.code, f"{row.code} · {row.name}") for row in System.objects.filter(department=requester)]

    def _add_wishes(self) -> None:
        wished = {row.name: row.justification for row in self.part.items.all()}
        for item in self.items:
            name = f"items.{item.name}"
            self.fields[name] = forms.BooleanField(label=item.title, required=False, disabled=not item.may_be_asked)
            self.initial[name] = item.name in wished and item.may_be_asked
            self._add_why(name, item.title, wished.get(item.name, ""))
        asked = {row.name: row.parameters for row in self.part.facts.all()}
        reasons = {row.name: row.justification for row in self.part.facts.all()}
        closed = self._closed_facts()
        for fact in self.document["facts"]:
            name = f"facts.{fact['name']}"
            self.fields[name] = forms.BooleanField(
                label=words.title_of(fact, fact["name"]), required=False, disabled=fact["name"] in closed
            )
            self.initial[name] = fact["name"] in asked and fact["name"] not in closed
            parameter_fields.add(self, fact, self.document, asked.get(fact["name"], {}))
            self._add_why(name, words.title_of(fact, fact["name"]), reasons.get(fact["name"], ""))

    def _add_why(self, wish: str, title: str, known: str) -> None:
        """What goes beyond the least has to be justified; what is proposed needs no reason."""
        if not self._is_proposed(wish):
            label = _("Why “%(title)s” is needed") % {"title": title}
            self.fields[f"why.{wish}"] = forms.CharField(label=label, required=False, max_length=2000)
            self.initial[f"why.{wish}"] = known

    def _is_proposed(self, wish: str) -> bool:
        return self.least is not None and wish in self.least.wishes

    def _line(self, wish: str, title: str, **more: Any) -> Line:
        bound, why = self[wish], self[f"why.{wish}"] if f"why.{wish}" in self.fields else None
        return Line(wish.split(".", 1)[1], title, bound, bool(bound.value()), why=why, is_proposed=self._is_proposed(wish), **more)

    def _closed_facts(self) -> frozenset[str]:
        closed = {item.name for item in self.items if not item.may_be_asked}
        read = {fact["name"]: {item for _operator, item in items_of(fact["expression"])} for fact in self.document["facts"]}
        return frozenset(name for name, items in read.items() if items & closed)

    def item_lines(self) -> Iterator[Line]:
        """Every item of the dataset, those that cannot be asked for too."""
        for item in self.items:
            kind: dict[str, Any] = {"sensitivity": item.sensitivity, "sharing": item.sharing_attribute}
            yield self._line(f"items.{item.name}", item.title, closed=_closed_item(item), **kind)

    def fact_lines(self) -> Iterator[Line]:
        """Every fact with the fields of its parameters."""
        closed = self._closed_facts()
        for fact in self.document["facts"]:
            name = fact["name"]
            reason = _("It rests on an item that is not shared.") if name in closed else ""
            fields = tuple(self[field] for field in self.fields if field.startswith(f"facts.{name}."))
            yield self._line(f"facts.{name}", words.title_of(fact, name), closed=reason, fields=fields)

    @property
    def has_own_limits(self) -> bool:
        """Whether rows or quota need looking at: they are wrong, or not the usual ones."""
        names = [name for name in NUMBERS if name.startswith(("per_", "fact_"))]
        is_changed = any(name in self.errors or str(self[name].value() or "") != str(self.fields[name].initial or "") for name in names)
        is_filtered = filter_fields.KEEP in self.fields or any(item.value() for item, _rule, _values in self.filter_rows)
        return is_changed or is_filtered or any(name in self.errors for name in filter_fields.names())

    @property
    def filter_rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of the rules about rows."""
        return filter_fields.bound(self)

    @property
    def kept_filter(self) -> Any:
        """The tick that keeps a filter which the fields cannot show; None where there is none."""
        return self[filter_fields.KEEP] if filter_fields.KEEP in self.fields else None

    def terms(self) -> PartTerms:
        """What the part asks for; needs a valid form."""
        data = self.cleaned_data
        return PartTerms(
            items=[item.name for item in self.items if data[f"items.{item.name}"]],
            facts=self._facts(data),
            methods=data["methods"],
            systems=data["systems"],
            row_filter=self.row_filter,
            period_from=_morning(data["period_from"]),
            period_until=_morning(data["period_until"] + timedelta(days=1)),
            supersedes=self.part.supersedes,
            justifications={name.removeprefix("why."): data[name] for name in self.fields if name.startswith("why.") and data.get(name)},
            **{name: data[name] for name in NUMBERS},
        )

    def clean(self) -> dict[str, Any]:
        """The period runs forward, a filter has values; for the next step every fault of the rules too, at once."""
        data = super().clean() or {}
        begin, end = data.get("period_from"), data.get("period_until")
        if begin and end and end < begin:
            self.add_error("period_until", _("The period ends before it begins."))
        self.row_filter = filter_fields.read(self, data, self.part.row_filter)
        if (
            bool(data.get("per_subject")) != bool(data.get("per_subject_days"))
            and not {"per_subject", "per_subject_days"} & self.errors.keys()
        ):
            self.add_error("per_subject_days", _("Give the number of questions and the days, or neither."))
        if self.data.get("step") == "next":
            if not data.get("methods"):
                self.add_error("methods", _("Choose at least one way of asking."))
            if not data.get("monthly_subjects") and "monthly_subjects" not in self.errors:
                self.add_error("monthly_subjects", _("Say about how many subjects will be asked for in a month."))
            self._add_rule_faults(data)
        return data

    def _add_rule_faults(self, data: dict[str, Any]) -> None:
        """What the action would refuse, beside what the form refuses; a field with a fault already gets no second one."""
        request = self.part.request
        wanted = Wanted(
            dataset=self.dataset.code,
            requester=self.requester,
            purpose=request.purpose_id,
            systems=tuple(data.get("systems", ())),
            methods=tuple(data.get("methods", ())),
            items=tuple(item.name for item in self.items if data.get(f"items.{item.name}")),
            facts=self._facts(data),
            legal_basis=tuple(request.legal_basis),
            supersedes=self.part.supersedes,
        )
        for fault in askable_faults(wanted, acts.standing()):
            field = self.field_for(fault.where)
            if field not in self.errors:
                self.add_error(field, str(fault.message))
        self._add_reasons_missing(wanted, data)

    def _add_reasons_missing(self, wanted: Wanted, data: dict[str, Any]) -> None:
        justified = {wish: str(data.get(f"why.{wish}") or "") for wish in wanted.wishes}
        for fault in beyond_faults(self.dataset.code, wanted.wishes, justified, self.least):
            self.add_error(f"why.{fault.where.removeprefix(f'{self.dataset.code}.')}", str(fault.message))

    def _facts(self, data: dict[str, Any]) -> dict[str, dict[str, Any]]:
        declared = self.document["facts"]
        return {fact["name"]: parameter_fields.values(fact, data) for fact in declared if data.get(f"facts.{fact['name']}")}

    def field_for(self, where: str) -> str | None:
        """Where a fault of the rules belongs: `R14.facts.age.n` → the field of that parameter."""
        place = where.removeprefix(f"{self.dataset.code}.")
        near = {"period": "period_until", "row_filter": "filter_item"}
        head = place.partition(".")[0]
        candidates = (place, f"{place}.min", place.rpartition(".")[0], near.get(head, head))
        return next((name for name in candidates if name in self.fields), None)


def _closed_item(item: DataItem) -> str:
    if item.sharing_attribute == "NOT_SHARED":
        return _("Not shared: no request may name it.")
    return _("Its owner has restricted it for now.") if item.restricted else ""


def _morning(day: date | None) -> datetime | None:
    """Midnight at the beginning of a day, here."""
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def _initial(part: RequestPart) -> dict[str, Any]:
    return {
        "methods": part.methods,
        "systems": part.systems,
        "period_from": timezone.localdate(part.period_from),
        "period_until": timezone.localdate(part.period_until - timedelta(seconds=1)),
        **{name: getattr(part, name) for name in NUMBERS},
    }
