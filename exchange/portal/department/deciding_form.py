"""The owner's decision item by item: granted unless the officer takes the tick away and writes why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.portal.department.reading import ShownPart, Wish


class DecisionForm(forms.Form):
    """A tick and a reason for each asked item and fact."""

    hide_optional = True  # a reason is needed where a tick is taken away
    note = forms.CharField(label=gettext_lazy("Remark"), required=False, widget=forms.Textarea, max_length=10_000)

    def __init__(self, shown: ShownPart, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wishes: list[Wish] = [*shown.items, *shown.facts]
        for wish in self.wishes:
            self.fields[f"grant.{wish.name}"] = forms.BooleanField(label=wish.title, required=False, initial=True)
            reason = _("Reason for refusing “%(title)s”") % {"title": wish.title}
            self.fields[f"reason.{wish.name}"] = forms.CharField(label=reason, required=False, max_length=2000)

    def rows(self) -> list[tuple[Wish, Any, Any]]:
        """Wish, tick and reason, in the order of the description."""
        return [(wish, self[f"grant.{wish.name}"], self[f"reason.{wish.name}"]) for wish in self.wishes]

    def refused(self) -> dict[str, str]:
        """Name → reason of what is refused; needs a valid form."""
        data = self.cleaned_data
        return {wish.name: data[f"reason.{wish.name}"] for wish in self.wishes if not data[f"grant.{wish.name}"]}

    def field_for(self, where: str) -> str | None:
        """A fault about a wish stands beside its reason."""
        name = f"reason.{where.rpartition('.')[2]}"
        return name if name in self.fields else None
