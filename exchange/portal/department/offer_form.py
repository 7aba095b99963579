"""The form with which an owner writes an offer, or the authority an emergency: what may be opened is ticked."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.proof.acts.masks import MASKABLE
from audit.proof.acts.scope import OWNER_CHECK
from audit.proof.acts.shape import MOST_KEPT
from catalog.models import Dataset, Department, Purpose
from exchange.portal.department import filter_fields, parameter_fields, words
from exchange.sharing.offers.text import METHODS, OfferTerms

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_FIRST, _LAST = "keep_first", "keep_last"
NUMBERS = ("per_day", "per_minute", "fact_answers", "fact_days")


class OfferForm(forms.Form):
    """Conditions that an owner signs in advance."""

    title_en = forms.CharField(label=gettext_lazy("Title, English"), required=False, max_length=200)
    title_zh = forms.CharField(label=gettext_lazy("Title, Chinese"), required=False, max_length=200)
    requesters = forms.MultipleChoiceField(
        label=gettext_lazy("Departments that it names"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each is written into the signed text. A department that comes later is not in it."),
    )
    purposes = forms.MultipleChoiceField(label=gettext_lazy("For these purposes"), widget=forms.CheckboxSelectMultiple)
    methods = forms.MultipleChoiceField(label=gettext_lazy("Ways of asking"), widget=forms.CheckboxSelectMultiple)
    items = forms.MultipleChoiceField(label=gettext_lazy("Items"), widget=forms.CheckboxSelectMultiple, required=False)
    facts = forms.MultipleChoiceField(label=gettext_lazy("Facts"), widget=forms.CheckboxSelectMultiple, required=False)
    law_en = forms.CharField(label=gettext_lazy("Law, English"), max_length=500)
    law_zh = forms.CharField(label=gettext_lazy("Law, Chinese"), max_length=500)
    article = forms.CharField(label=gettext_lazy("Article"), max_length=200)
    not_after = forms.DateField(label=gettext_lazy("Last day"), widget=DAY)
    per_day = forms.IntegerField(label=gettext_lazy("Subjects a day"), min_value=1, max_value=100_000_000, initial=10_000)
    per_minute = forms.IntegerField(label=gettext_lazy("Subjects a minute"), min_value=1, max_value=1_000_000, initial=600)
    fact_answers = forms.IntegerField(
        label=gettext_lazy("Answers of one fact about the same subject"), min_value=1, max_value=1_000_000, initial=3
    )
    fact_days = forms.IntegerField(label=gettext_lazy("within this many days"), min_value=1, max_value=3660, initial=30)
    retention_days = forms.IntegerField(
        label=gettext_lazy("Answers may be kept for so many days"),
        required=False,
        min_value=0,
        max_value=36_600,
        help_text=gettext_lazy("With a number, a department joins by one signature, without a request. Empty: each asks by a request."),
    )

    def __init__(self, dataset: Dataset, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dataset = dataset
        self.document: dict[str, Any] = dataset.current_version.content if dataset.current_version else {"items": [], "facts": []}
        self.row_filter: dict[str, Any] | None = None
        self.rows = [row for row in dataset.current_version.items.all() if row.may_be_asked] if dataset.current_version else []
        self._choose()
        for fact in self.document["facts"]:
            parameter_fields.add(self, fact, self.document, {})
        self._add_masks()
        filter_fields.add(self, [(row.name, row.title) for row in self.rows], None, self.document)

    def _choose(self) -> None:
        fields: dict[str, Any] = self.fields
        others = Department.objects.exclude(code=self.dataset.provider_id)
        fields["requesters"].choices = [(row.code, f"{row.code} · {row.name}") for row in others]
        purposes = Purpose.objects.exclude(code=OWNER_CHECK)
        fields["purposes"].choices = [(row.code, f"{row.title} ({row.code})") for row in purposes]
        offered = [method for method in self.document.get("methods") or METHODS if method in METHODS]
        fields["methods"].choices = [(method, words.method_word(method)) for method in offered]
        fields["items"].choices = [(row.name, self._item_words(row)) for row in self.rows]
        fields["facts"].choices = [(row["name"], words.title_of(row, row["name"])) for row in self.document["facts"]]

    def _item_words(self, item: Any) -> str:
        return _("%(title)s (%(name)s), sensitivity %(class)s") % {"title": item.title, "name": item.name, "class": item.sensitivity}

    def _add_masks(self) -> None:
        titles = ((_FIRST, _("%(title)s: characters to show at the beginning")), (_LAST, _("%(title)s: characters to show at the end")))
        for row in self.rows:
            for end, label in titles if row.type in MASKABLE else ():
                self.fields[f"{end}.{row.name}"] = forms.IntegerField(
                    label=label % {"title": row.title}, required=False, min_value=0, max_value=MOST_KEPT
                )

    def parameters(self) -> list[tuple[str, list[Any]]]:
        """The fields of the facts' parameters, under the title of their fact."""
        found = [
            (words.title_of(fact, fact["name"]), [self[name] for name in self.fields if name.startswith(f"facts.{fact['name']}.")])
            for fact in self.document["facts"]
        ]
        return [(title, fields) for title, fields in found if fields]

    def mask_fields(self) -> list[Any]:
        """For each item that can be masked: how much of it is shown."""
        return [self[name] for name in self.fields if name.startswith((f"{_FIRST}.", f"{_LAST}."))]

    def filter_rows(self) -> list[tuple[Any, Any, Any]]:
        """The fields of each rule about rows: item, rule, values."""
        return filter_fields.bound(self)

    def has_narrowed(self) -> bool:
        """Whether masks or rules about rows were filled in, so that the page shows them open."""
        named = [*self.mask_fields(), *(item for item, _rule, _values in self.filter_rows())]
        return any(field.value() not in (None, "") or field.errors for field in named) or any(
            self[name].errors for name in filter_fields.names()
        )

    def clean(self) -> dict[str, Any]:
        """A rule about rows has values that fit its item."""
        data = super().clean() or {}
        self.row_filter = filter_fields.read(self, data, None)
        return data

    def _masks(self, data: dict[str, Any]) -> dict[str, dict[str, int]]:
        """Item → mask, for every item of which a number says how much is shown."""
        kept = {row.name: (data.get(f"{_FIRST}.{row.name}"), data.get(f"{_LAST}.{row.name}")) for row in self.rows}
        return {name: {_FIRST: first or 0, _LAST: last or 0} for name, (first, last) in kept.items() if (first, last) != (None, None)}

    def terms(self) -> OfferTerms:
        """What is offered; needs a valid form."""
        data = self.cleaned_data
        title = {"en": data["title_en"], "zh": data["title_zh"]}
        declared = {fact["name"]: fact for fact in self.document["facts"]}
        return OfferTerms(
            requesters=data["requesters"],
            purposes=data["purposes"],
            methods=data["methods"],
            items=data["items"],
            row_filter=self.row_filter,
            masks=self._masks(data),
            facts={name: parameter_fields.values(declared[name], data) for name in data["facts"]},
            legal_basis=[{"text": {"en": data["law_en"], "zh": data["law_zh"]}, "article": data["article"]}],
            not_after=timezone.make_aware(datetime.combine(data["not_after"] + timedelta(days=1), time())) - timedelta(seconds=1),
            retention_days=data["retention_days"],
            title={language: text for language, text in title.items() if text},
            **{name: data[name] for name in NUMBERS},
        )

    def field_for(self, where: str) -> str | None:
        """Where a fault of the rules belongs: `R14.facts.age.n` → the field of that parameter."""
        place = where.removeprefix(f"{self.dataset.code}.")
        near = {"legal_basis": "article", "reason": "reason_en", "row_filter": "filter_item"}
        candidates = (place, f"{place}.min", near.get(place, place), place.partition(".")[0])
        return next((name for name in candidates if name in self.fields), None)


class EmergencyForm(OfferForm):
    """What the authority opens in an emergency, and why it cannot wait for the owner's signature."""

    reason_en = forms.CharField(label=gettext_lazy("What has happened, English"), widget=forms.Textarea, max_length=4000)
    reason_zh = forms.CharField(label=gettext_lazy("What has happened, Chinese"), widget=forms.Textarea, max_length=4000)
    retention_days = forms.IntegerField(label=gettext_lazy("Answers may be kept for so many days"), min_value=0, max_value=30, initial=7)
    field_order = ("title_en", "title_zh", "reason_en", "reason_zh")

    def reason(self) -> dict[str, str]:
        """In both languages; needs a valid form."""
        return {"en": self.cleaned_data["reason_en"], "zh": self.cleaned_data["reason_zh"]}


class JoinForm(forms.Form):
    """With which systems, for which purpose."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), widget=forms.RadioSelect)
    systems = forms.MultipleChoiceField(
        label=gettext_lazy("Systems that will ask"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only these may call; each signs with its own key."),
    )

    def __init__(self, purposes: list[tuple[str, str]], systems: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["purpose"].choices, fields["systems"].choices = purposes, systems
        if len(purposes) == 1:
            fields["purpose"].initial = purposes[0][0]


class ReviewForm(forms.Form):
    """What the public reads after an emergency."""

    finding = forms.CharField(label=gettext_lazy("What was used, and whether it was needed"), widget=forms.Textarea, max_length=10_000)
    follows = forms.CharField(label=gettext_lazy("What follows"), widget=forms.Textarea, max_length=10_000)
