"""The form that asks for a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.models import Department
from exchange.delivery.models import Webhook
from exchange.delivery.webhooks.actions import Receiver
from exchange.delivery.webhooks.lifecycle import WebhookState
from exchange.sharing.models import Agreement


def followable(department: Department) -> Any:
    """Agreements in force whose changes the department follows, and that have no webhook yet."""
    taken = Webhook.objects.exclude(state=WebhookState.ENDED).values("agreement")
    found = Agreement.objects.filter(requester=department, state="IN_FORCE").exclude(agreement_id__in=taken).select_related("dataset")
    names = [agreement.pk for agreement in found if "CHANGES" in agreement.document["methods"]]
    return Agreement.objects.filter(pk__in=names).select_related("dataset")


class _AgreementField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        """Dataset and the beginning of the agreement's id."""
        return f"{obj.dataset.code} {obj.dataset.title} · {obj.agreement_id[:8]}…"


class WebhookForm(forms.Form):
    """Which agreement, and where the hub shall call."""

    agreement = _AgreementField(
        label=_("Agreement"), queryset=Agreement.objects.none(), help_text=_("One in force, with the method CHANGES.")
    )
    url = forms.CharField(
        label=_("Address of your receiver"),
        max_length=500,
        help_text=_("https://host/path. The hub posts a signed message there; it never holds a row."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    networks = forms.CharField(
        label=_("Networks of your receiver"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=2_000,
        help_text=_("One a line, like 10.20.0.0/16. The hub calls no address outside them."),
    )
    ports = forms.CharField(label=_("Ports"), initial="443", max_length=100, help_text=_("With commas between."))

    def __init__(self, department: Department, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agreement"]
        field.queryset = followable(department)

    def clean_networks(self) -> tuple[str, ...]:
        """One network a line."""
        return tuple(line.strip() for line in self.cleaned_data["networks"].splitlines() if line.strip())

    def clean_ports(self) -> tuple[int, ...]:
        """Whole numbers with commas between."""
        parts = [part.strip() for part in self.cleaned_data["ports"].replace("，", ",").split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) <= 5 for part in parts):
            raise forms.ValidationError(_("Write the ports as whole numbers, with commas between."))
        return tuple(int(part) for part in parts)

    def receiver(self) -> Receiver:
        """Where the hub shall call."""
        return Receiver(self.cleaned_data["url"].strip(), self.cleaned_data["networks"], self.cleaned_data["ports"])
