"""Forms about people; only roles that this administrator may give are offered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Dataset
from exchange.accounts.actions import OF_THE_AUTHORITY
from exchange.accounts.models import Person, Role
from exchange.portal.department.desk import Desk


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic when it runs
    """A person of the department, by name."""

    def label_from_instance(self, obj: Person) -> str:
        """Name and sign-in name."""
        return f"{obj.display_name} · {obj.username}"


class _DeskForm(forms.Form):
    def __init__(self, desk: Desk, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if "role" in fields:
            fields["role"].choices = [(role.value, role.label) for role in Role if _is_given_here(role, desk)]
        if "person" in fields:
            fields["person"].queryset = _colleagues(desk) if "dataset" in fields else _colleagues(desk).exclude(pk=desk.person.pk)
        if "dataset" in fields:
            fields["dataset"].queryset = Dataset.objects.published().filter(provider=desk.department)


class InvitationForm(_DeskForm):
    """A new person with a first role."""

    username = forms.CharField(label=_("Sign-in name"), max_length=150, help_text=_("Never an identity number."))
    name_en = forms.CharField(label=_("Name in Latin letters"), max_length=100, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=100, required=False)
    role = forms.ChoiceField(label=_("First role"), widget=forms.RadioSelect)


class RoleForm(_DeskForm):
    """Another role for a colleague."""

    person = ColleagueField(Person.objects.none(), label=_("Colleague"))
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)


class StewardForm(_DeskForm):
    """A colleague who decides about requests for one dataset."""

    dataset = forms.ModelChoiceField(Dataset.objects.none(), label=_("Dataset"))
    person = ColleagueField(Person.objects.none(), label=_("Colleague"))


def _is_given_here(role: Role, desk: Desk) -> bool:
    return role not in OF_THE_AUTHORITY or desk.department.code == settings.AUTHORITY_DEPARTMENT


def _colleagues(desk: Desk) -> Any:
    return Person.objects.filter(memberships__in=desk.department.memberships.in_force(timezone.now())).distinct().order_by("username")
