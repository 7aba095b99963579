"""How forms of this side are sent: the action's own faults stand in the same error summary as the form's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.errors import Fault, Invalid
from exchange.sharing import jurisdiction


def posted(request: HttpRequest) -> Any:
    """What was posted, an empty post too; None when the form is only shown."""
    return request.POST if request.method == "POST" else None


def sent(request: HttpRequest, form: forms.Form, action: Callable[[dict[str, Any]], object]) -> bool:
    """Whether the form was posted, holds, and `action` with its values was done; faults of the action go into the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        action(form.cleaned_data)
    except Invalid as refused:
        add_faults(form, refused)
        return False
    return True


def add_faults(form: forms.Form, refused: Invalid) -> None:
    """Put every fault of a refusal beside its field, or at the top where no field has its name."""
    for fault in refused.faults:
        form.add_error(_field_of(form, fault), str(fault.message))
    if not refused.faults:
        form.add_error(None, str(refused.detail))


def _field_of(form: forms.Form, fault: Fault) -> str | None:
    """The field that a fault's place names: the place itself without the dataset's code, or as much of its end as fits."""
    find = getattr(form, "field_for", None)
    if find is not None:
        return find(fault.where)  # type: ignore[no-any-return]
    return next((name for name in (fault.where, fault.where.rpartition(".")[2]) if name in form.fields), None)


class SignatureField(forms.JSONField):
    """A signature object as JSON; empty is shown as empty, not as `null`."""

    def prepare_value(self, value: Any) -> Any:
        """The text of the field."""
        return "" if value in (None, "") else super().prepare_value(value)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=10_000)


class GroundForm(ReasonForm):
    """Why, and on which coded ground; a subclass says among which."""

    ground = forms.ChoiceField(label=_("Ground"), widget=forms.RadioSelect)
    field_order = ("ground", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ground"]
        field.choices = [(code, f"{found.title} · {found.article}") for code, found in self.grounds().items()]

    def grounds(self) -> Any:
        """The grounds to choose among."""
        return jurisdiction.refusal_grounds()


class EndingForm(GroundForm):
    """Why an agreement is suspended or revoked; the order and signature only where the department keeps its key."""

    order = SignatureField(required=False, widget=forms.HiddenInput)
    signature = SignatureField(label=_("Signature by your department's key"), required=False, widget=forms.HiddenInput)

    def grounds(self) -> Any:
        """Grounds of an ending; that a cause is removed ends nothing."""
        return {code: found for code, found in jurisdiction.ending_grounds().items() if code != "CAUSE_REMOVED"}


class ResumingForm(ReasonForm):
    """Why an agreement goes on."""

    order = SignatureField(required=False, widget=forms.HiddenInput)
    signature = SignatureField(label=_("Signature by your department's key"), required=False, widget=forms.HiddenInput)


class SignatureForm(forms.Form):
    """A signature that was made elsewhere; asked for only where the hub does not hold the key."""

    signature = SignatureField(label=_("Signature by your department's key"), required=False, widget=forms.HiddenInput)


class HandInForm(forms.Form):
    """The signature of a department that keeps its key itself."""

    signature = SignatureField(
        label=_("Signature by your department's key"),
        widget=forms.Textarea(attrs={"class": "mz-code", "spellcheck": "false"}),
        help_text=_("The signature object, as JSON."),
    )


class NoteForm(forms.Form):
    """A remark for colleagues who look at this later."""

    note = forms.CharField(label=_("Remark"), required=False, widget=forms.Textarea, max_length=10_000)


class ReturnForm(forms.Form):
    """One complete list of what is missing."""

    missing = forms.CharField(
        label=_("What is missing"),
        widget=forms.Textarea,
        max_length=10_000,
        help_text=_("One line for each thing, with what to do. Name everything: this is the only list that the requester gets."),
    )

    def clean_missing(self) -> list[Fault]:
        """Each line as one fault."""
        lines = [line.strip() for line in self.cleaned_data["missing"].splitlines()]
        return [Fault("request", "missing", line) for line in lines if line]
