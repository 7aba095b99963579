"""Forms about people; only roles that this administrator may give are offered, and only people and things of this department."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Dataset
from exchange.accounts.actions import OF_THE_AUTHORITY
from exchange.accounts.models import Membership, Person, Role, Way
from exchange.affairs.models import Matter
from exchange.portal.department.desk import Desk


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic when it runs
    """A person of the department, by name."""

    def label_from_instance(self, obj: Person) -> str:
        """Name and sign-in name."""
        return f"{obj.display_name} · {obj.username}"


class MatterField(forms.ModelChoiceField):  # type: ignore[type-arg] # not generic when it runs
    """A service of the department, by name."""

    def label_from_instance(self, obj: Matter) -> str:
        """Code and name."""
        return f"{obj.code} · {obj.current.title}" if obj.current else obj.code


class LastDayField(forms.DateField):
    """The last day of something; as a value the first moment that no longer belongs to it. Empty: open."""

    widget = forms.DateInput(attrs={"type": "date"})

    def clean(self, value: Any) -> datetime | None:
        """The moment after that day."""
        day = super().clean(value)
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_current_timezone())


class _DeskForm(forms.Form):
    def __init__(self, desk: Desk, *args: Any, holder: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        left_out = {holder.pk} if holder else {desk.person.pk}  # nobody appoints themselves
        if "deputy" in fields and holder != desk.person:
            left_out.add(desk.person.pk)
        for name in ("role", "roles"):
            if name in fields:
                fields[name].choices = [(role.value, role.label) for role in Role if _is_given_here(role, desk)]
        for name in ("person", "deputy", "to"):
            if name in fields:
                fields[name].queryset = _colleagues(desk).exclude(pk__in=left_out)
        if "dataset" in fields:
            fields["dataset"].queryset = Dataset.objects.published().filter(provider=desk.department)
        if "matter" in fields:
            fields["matter"].queryset = Matter.objects.filter(lead=desk.department).select_related("current").order_by("code")


class InvitationForm(_DeskForm):
    """A new person with roles."""

    username = forms.CharField(label=_("Sign-in name"), max_length=150, help_text=_("Never an identity number."))
    name_en = forms.CharField(label=_("Name in Latin letters"), max_length=100, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=100, required=False)
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)
    valid_until = LastDayField(label=_("Last day of the roles"), required=False, help_text=_("Leave it empty if there is no end in sight."))
    way = forms.ChoiceField(label=_("How the invitation travels"), choices=Way.choices, initial=Way.LINK, widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("Mail address"), max_length=254, required=False, help_text=_("Only for an invitation by mail; it is not kept.")
    )


class RoleForm(_DeskForm):
    """Another role for a colleague."""

    person = ColleagueField(Person.objects.none(), label=_("Colleague"))
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    valid_until = LastDayField(label=_("Last day of the role"), required=False, help_text=_("Leave it empty if there is no end in sight."))


class StewardForm(_DeskForm):
    """A colleague who decides about requests for one dataset."""

    dataset = forms.ModelChoiceField(Dataset.objects.none(), label=_("Dataset"))
    person = ColleagueField(Person.objects.none(), label=_("Colleague"))


class OfficerForm(_DeskForm):
    """An officer who decides the cases of one service."""

    matter = MatterField(Matter.objects.none(), label=_("Service"))
    person = ColleagueField(Person.objects.none(), label=_("Colleague"), help_text=_("An officer of this department."))


class DeputyForm(_DeskForm):
    """Who stands in, from when until when."""

    deputy = ColleagueField(Person.objects.none(), label=_("Deputy"))
    valid_from = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


class LeavingForm(_DeskForm):
    """Who goes on with the open work."""

    to = ColleagueField(Person.objects.none(), label=_("Who goes on with it"))

    def __init__(self, *args: Any, needs_successor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_successor:
            del self.fields["to"]


class ConfirmationForm(forms.Form):
    """One question a role; a line without an answer stays due."""

    def __init__(self, due: list[Membership], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("keep", _("Still needed")), ("end", _("Take away"))]
        for row in due:
            label = f"{row.department_id} · {row.person.display_name} ({row.person.username}) · {row.get_role_display()}"
            self.fields[self.name_of(row)] = forms.ChoiceField(
                label=label, choices=choices, required=False, widget=forms.RadioSelect, help_text=_known(row)
            )

    @staticmethod
    def name_of(row: Membership) -> str:
        """The field of a role."""
        return f"role_{row.pk}"


def _known(row: Membership) -> str:
    """What helps to answer: since when, last signed in, whether it is suspended already."""
    last = f"{row.person.last_login:%Y-%m}" if row.person.last_login else _("never")
    text = _("Suspended. Since {since}; last signed in: {last}.") if row.suspended_at else _("Since {since}; last signed in: {last}.")
    return str(text).format(since=f"{row.valid_from:%Y-%m-%d}", last=last)


def _is_given_here(role: Role, desk: Desk) -> bool:
    return role not in OF_THE_AUTHORITY or desk.department.code == settings.AUTHORITY_DEPARTMENT


def _colleagues(desk: Desk) -> Any:
    return Person.objects.filter(memberships__in=desk.department.memberships.in_force(timezone.now())).distinct().order_by("username")
