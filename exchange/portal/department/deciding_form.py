"""The owner's decision and the authority's check, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.errors import Fault
from audit.proof.acts.shape import MOST_KEPT
from exchange.portal.department.forms import ReturnForm
from exchange.portal.department.reading import ShownPart, Wish
from exchange.sharing import jurisdiction
from exchange.sharing.verdicts import Verdict

GRANT, MASK, REFUSE = "GRANTED", "MASKED", "REFUSED"


@dataclass(frozen=True)
class DecisionRow:
    """One wish with the fields of its decision; the mask's only where it can be masked."""

    wish: Wish
    decision: Any
    ground: Any
    reason: Any
    keeps: tuple[Any, ...]
    is_open: bool


class DecisionForm(forms.Form):
    """Grant, mask or refuse each asked item and fact; similar requests may be answered together."""

    hide_optional = True  # grounds and reasons are needed where something is refused
    note = forms.CharField(label=gettext_lazy("Remark"), required=False, widget=forms.Textarea, max_length=10_000)
    together = forms.MultipleChoiceField(
        label=gettext_lazy("Answer these in the same way"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, shown: ShownPart, similar: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wishes: list[Wish] = [*shown.items, *shown.facts]
        together: Any = self.fields["together"]
        together.choices = [(part.request.number, f"{part.request.number} · {part.request.requester.name}") for part in similar]
        for wish in self.wishes:
            self._add(wish)

    def _add(self, wish: Wish) -> None:
        ways = [(GRANT, _("Grant")), *([(MASK, _("Mask"))] if wish.is_maskable else []), (REFUSE, _("Refuse"))]
        grounds = [("", _("Choose a ground")), *((code, found.title) for code, found in jurisdiction.refusal_grounds().items())]
        title = {"title": wish.title}
        place = wish.place
        self.fields[f"decision.{place}"] = forms.ChoiceField(
            label=_("Decision about “%(title)s”") % title, choices=ways, initial=GRANT, widget=forms.RadioSelect
        )
        self.fields[f"ground.{place}"] = forms.ChoiceField(
            label=_("Ground for refusing “%(title)s”") % title, choices=grounds, required=False
        )
        self.fields[f"reason.{place}"] = forms.CharField(
            label=_("Reason for refusing “%(title)s”") % title, required=False, max_length=2000
        )
        if wish.is_maskable:
            for end, label in (("keep_first", _("Characters to show at the beginning")), ("keep_last", _("Characters to show at the end"))):
                self.fields[f"{end}.{place}"] = forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST_KEPT, initial=0)

    def rows(self) -> Iterator[DecisionRow]:
        """Every wish with its fields, in the order of the description."""
        for wish in self.wishes:
            decision, ground, reason = (self[f"{name}.{wish.place}"] for name in ("decision", "ground", "reason"))
            keeps = tuple(self[f"{end}.{wish.place}"] for end in ("keep_first", "keep_last")) if wish.is_maskable else ()
            is_open = decision.value() != GRANT or any(field.errors for field in (ground, reason, *keeps))
            yield DecisionRow(wish, decision, ground, reason, keeps, is_open)

    def verdicts(self) -> dict[str, Verdict]:
        """Wish → verdict, for every wish; needs a valid form."""
        return {wish.place: self._verdict(wish.place) for wish in self.wishes}

    def _verdict(self, place: str) -> Verdict:
        data = self.cleaned_data
        decision = data[f"decision.{place}"]
        if decision == REFUSE:
            return Verdict(REFUSE, data[f"ground.{place}"], data[f"reason.{place}"])
        if decision == MASK:
            return Verdict(MASK, keep_first=data.get(f"keep_first.{place}"), keep_last=data.get(f"keep_last.{place}"))
        return Verdict()

    def field_for(self, where: str) -> str | None:
        """A fault about a wish stands beside the field that it names: `items.grade.ground` → `ground.items.grade`."""
        place, _dot, end = where.rpartition(".")
        wishes = {wish.place for wish in self.wishes}
        candidates = [f"{end}.{place}", f"decision.{where}", *(f"decision.{wish}" for wish in wishes if where.endswith(wish))]
        return next((name for name in candidates if name in self.fields), None)


class CheckForm(forms.Form):
    """Remarks for the owner, item by item."""

    hide_optional = True
    note = forms.CharField(label=gettext_lazy("Remark"), required=False, widget=forms.Textarea, max_length=10_000)

    def __init__(self, shown: ShownPart, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wishes: list[Wish] = [*shown.items, *shown.facts]
        for wish in self.wishes:
            label = _("What the owner should look at: “%(title)s”") % {"title": wish.title}
            self.fields[f"remark.{wish.place}"] = forms.CharField(label=label, required=False, max_length=2000)

    def rows(self) -> list[tuple[Wish, Any]]:
        """Wish and its remark."""
        return [(wish, self[f"remark.{wish.place}"]) for wish in self.wishes]

    def remarks(self) -> dict[str, str]:
        """What was marked; needs a valid form."""
        said = {wish.place: self.cleaned_data[f"remark.{wish.place}"] for wish in self.wishes}
        return {place: text for place, text in said.items() if text}


class ReturnItemsForm(ReturnForm):
    """One complete list: what is missing at each item, and what is missing in all."""

    hide_optional = True

    def __init__(self, shown: ShownPart, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["missing"].required = False
        self.dataset = shown.part.dataset.code
        self.wishes: list[Wish] = [*shown.items, *shown.facts]
        for wish in self.wishes:
            label = _("What is missing at “%(title)s”") % {"title": wish.title}
            self.fields[f"missing.{wish.place}"] = forms.CharField(label=label, required=False, max_length=2000)

    def rows(self) -> list[tuple[Wish, Any]]:
        """Wish and what is missing at it."""
        return [(wish, self[f"missing.{wish.place}"]) for wish in self.wishes]

    def faults(self) -> list[Fault]:
        """The whole list; needs a valid form."""
        data = self.cleaned_data
        at_items = [(wish, data[f"missing.{wish.place}"]) for wish in self.wishes if data[f"missing.{wish.place}"]]
        named = [Fault(f"{self.dataset}.{wish.place}", "missing", f"{wish.title}: {text}") for wish, text in at_items]
        return [*named, *data["missing"]]

    def clean(self) -> dict[str, Any]:
        """Something is missing, else nothing is returned."""
        data = super().clean() or {}
        if not data.get("missing") and not any(data.get(f"missing.{wish.place}") for wish in self.wishes):
            self.add_error("missing", _("List everything that is missing, each with a sentence."))
        return data
