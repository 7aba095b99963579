"""Forms for systems and keys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.proof.canonical import CanonicalError, unb64url
from catalog.models import Department, Key, System
from exchange.portal.department.forms import ReasonForm

CODE = RegexValidator(r"^[A-Za-z0-9-]{1,64}\Z", gettext_lazy("Use letters, digits and hyphens only, at most 64."))
KEY_BYTES = 32


class KeyForm(forms.Form):
    """A key for a system: pasted, or made and held by the hub where this hub may hold keys."""

    key_name = forms.CharField(
        label=gettext_lazy("Name of the key"),
        initial="system-1",
        validators=[CODE],
        help_text=gettext_lazy("For instance system-1; the next one system-2."),
    )
    custody = forms.ChoiceField(
        label=gettext_lazy("Who keeps the private key?"),
        widget=forms.RadioSelect,
        initial="department",
        choices=[
            ("department", gettext_lazy("We do: we paste the public key below")),
            ("hub", gettext_lazy("The hub makes the key and holds it")),
        ],
    )
    public_key = forms.CharField(
        label=gettext_lazy("Public key"),
        required=False,
        widget=forms.Textarea(attrs={"class": "mz-code", "spellcheck": "false"}),
        help_text=gettext_lazy("Ed25519, 32 bytes as base64url: 43 characters. The command “hub keys new” prints it."),
    )

    def __init__(self, *args: Any, system: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.system = system
        if not settings.ALLOW_HUB_CUSTODY:
            field: Any = self.fields["custody"]
            field.choices = [choice for choice in field.choices if choice[0] != "hub"]

    def clean(self) -> dict[str, Any]:
        """A pasted key is one, and the name is free."""
        data = super().clean() or {}
        data["key"] = None
        if data.get("custody") == "department" and "public_key" in data:
            data["key"] = self._pasted(data["public_key"])
        owner = self.system or data.get("code", "")
        if Key.objects.filter(keyid=f"{owner}/{data.get('key_name', '')}").exists():
            self.add_error("key_name", _("A key of this name was certified before. Choose the next number."))
        return data

    def _pasted(self, text: str) -> bytes | None:
        try:
            raw = unb64url(text.strip())
        except CanonicalError:
            raw = b""
        if len(raw) != KEY_BYTES:
            self.add_error("public_key", _("Paste the 43 characters of an Ed25519 public key in base64url."))
            return None
        return raw


class SystemForm(KeyForm):
    """A new system with its first key."""

    code = forms.CharField(
        label=gettext_lazy("Code of the system"), validators=[CODE], help_text=gettext_lazy("It can never belong to another department.")
    )
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=200)
    field_order = ("code", "name_en", "name_zh", "key_name", "custody", "public_key")

    def __init__(self, department: Department, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("code", f"{department.code}-")

    def clean_code(self) -> str:
        """A code that nothing has yet."""
        code: str = self.cleaned_data["code"]
        if System.objects.filter(code=code).exists() or Department.objects.filter(code=code).exists():
            raise forms.ValidationError(_("This code is taken."))
        return code


class AnswerKeyForm(KeyForm):
    """The key of a service that answers calls: always the department's own."""

    field_order = ("key_name", "public_key")

    def __init__(self, department: Department, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, system=department.code, **kwargs)
        del self.fields["custody"]
        self.fields["key_name"].help_text = _("For instance answer-1; the next one answer-2.")

    def clean(self) -> dict[str, Any]:
        """A pasted key is one, and the name is free."""
        self.cleaned_data["custody"] = "department"
        return super().clean()


class RevokeKeyForm(ReasonForm):
    """Why a key is revoked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].max_length = 1000  # type: ignore[attr-defined]
        self.fields["reason"].help_text = _("It stands in the signed act, which is public: name no person.")
