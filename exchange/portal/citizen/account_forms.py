"""What somebody types to open an account, to say who they are, and to prove it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.errors import Invalid
from catalog.identifiers import kinds
from exchange.accounts.codes import CODE_DIGITS, LONGEST_NAME
from exchange.portal.templatetags.look_text import bilingual


class ClaimForm(forms.Form):
    """Kind and number of one's card, and the name on it. One kind only: it is not asked for."""

    kind = forms.ChoiceField(label=gettext_lazy("Which card do you have?"))
    identifier = forms.CharField(
        label=gettext_lazy("Number on your card"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name on your card"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    def __init__(self, data: Any, *, kinds_asked: list[str]) -> None:
        """Offer the kinds by which the registers can be asked."""
        super().__init__(data)
        titles = {entry["kind"]: bilingual(entry["title"]) for entry in kinds().data}
        field: Any = self.fields["kind"]
        field.choices = [(kind, titles.get(kind, kind)) for kind in kinds_asked]
        if len(kinds_asked) == 1:
            field.widget, field.required, field.initial = forms.HiddenInput(), False, kinds_asked[0]
        self.only_kind = kinds_asked[0] if len(kinds_asked) == 1 else ""

    def clean_kind(self) -> str:
        """The one kind where there is no choice."""
        return self.only_kind or str(self.cleaned_data["kind"])


class CodeForm(forms.Form):
    """The six digits of the message."""

    code = forms.CharField(
        label=gettext_lazy("Code from the message"),
        max_length=CODE_DIGITS * 2,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "mz-code-digits"}),
    )


class AccountForm(forms.Form):
    """A sign-in name of one's own choice and a password, twice."""

    username = forms.CharField(
        label=gettext_lazy("Sign-in name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    again = forms.CharField(label=gettext_lazy("The same again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two are not the same."))
        return data


def add_faults(form: forms.Form, refused: Invalid) -> None:
    """Show each fault of a refusal at its field."""
    for fault in refused.faults:
        form.add_error(fault.where if fault.where in form.fields else None, str(fault.message))
    if not refused.faults:
        form.add_error(None, str(refused.detail))
