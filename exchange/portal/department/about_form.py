"""What a whole request says: project, purpose, why, who will see the data, whom to call. A service matter fills it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import acts
from audit.proof.acts.scope import OWNER_CHECK
from catalog.models import Dataset, Department, Purpose
from exchange.affairs.matters.finding import open_matters, plan_of
from exchange.affairs.models import Matter
from exchange.portal.department.desk import Desk
from exchange.sharing.actions import RequestWords
from exchange.sharing.least import Proposal, the_least
from exchange.sharing.models import SharingRequest

SAID = ("title", "reason", "recipients", "contact_office", "contact_telephone")
_PHONE = r"[0-9+()\- ]{5,30}"


class AboutForm(forms.Form):
    """The words of a request; nothing about one dataset."""

    title = forms.CharField(label=gettext_lazy("Name of the project"), max_length=200)
    purpose = forms.ModelChoiceField(
        Purpose.objects.all(),
        label=gettext_lazy("Purpose"),
        empty_label=None,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The legal text beside it is copied into the request on the day that you send it."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why the data are needed"),
        widget=forms.Textarea,
        max_length=10_000,
        help_text=gettext_lazy("The authority and the owner read it."),
    )
    recipients = forms.CharField(
        label=gettext_lazy("Who in your department will see the data"),
        widget=forms.Textarea,
        max_length=10_000,
        help_text=gettext_lazy("Offices and posts, not names of persons."),
    )
    contact_office = forms.CharField(label=gettext_lazy("Office that answers questions"), max_length=200)
    contact_telephone = forms.RegexField(
        _PHONE,
        label=gettext_lazy("Its telephone"),
        max_length=64,
        error_messages={"invalid": gettext_lazy("Write digits, for example 028-5550 0100.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["purpose"]
        field.label_from_instance = purpose_words

    def words(self) -> RequestWords:
        """What the whole request says; needs a valid form."""
        return RequestWords(purpose=self.cleaned_data["purpose"], **{name: self.cleaned_data[name] for name in SAID})


class BeginForm(AboutForm):
    """The same, with the datasets that are asked."""

    datasets = forms.ModelMultipleChoiceField(
        Dataset.objects.none(),
        label=gettext_lazy("Datasets that are asked"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("One request may reach several owners: each gets its own part, and you see them as one."),
    )
    field_order = ("title", "purpose", "datasets")

    def __init__(self, desk: Desk, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = desk.department
        field: Any = self.fields["datasets"]
        field.queryset = Dataset.objects.visible_to(desk.person).select_related("provider").order_by("code")
        field.label_from_instance = _dataset_words

    def clean(self) -> dict[str, Any]:
        """Own rows are looked at for the purpose OWNER_CHECK, and nobody else's."""
        data = super().clean() or {}
        purpose, datasets = data.get("purpose"), list(data.get("datasets") or ())
        wrong = purpose and [row for row in datasets if (row.provider_id == self.department.code) != (purpose.code == OWNER_CHECK)]
        if wrong:
            text = _("For its own rows a department names the purpose OWNER_CHECK, and for nobody else's.")
            self.add_error("purpose", text)
        return data


@dataclass(frozen=True)
class Preset:
    """One service matter from which a request can be filled in."""

    code: str
    title: str


def presets() -> list[Preset]:
    """Every open matter."""
    return [Preset(matter.code, plan_of(matter.current).text(plan_of(matter.current).title)) for matter in open_matters() if matter.current]


def initial(desk: Desk, query: Mapping[str, Any], datasets: Sequence[str]) -> dict[str, Any]:
    """First values: those of the matter in the address, the datasets in the address, and the contact that was named last."""
    matter = open_matters().filter(code=query.get("matter", "")).first()
    filled = _of_matter(matter, desk.department) if matter else {}
    chosen = [*filled.pop("datasets", ()), *datasets]
    own = Dataset.objects.filter(code__in=chosen, provider=desk.department).exists()
    purpose = filled.get("purpose") or (OWNER_CHECK if own else query.get("purpose"))
    found = Dataset.objects.filter(code__in=chosen).values_list("pk", flat=True)
    return {**_contact(desk.department), **filled, "purpose": purpose, "datasets": list(found)}


def of_request(request: SharingRequest) -> dict[str, Any]:
    """The words of a request that is there already."""
    return {"purpose": request.purpose_id, **{name: getattr(request, name) for name in SAID}}


def purpose_words(purpose: Any) -> str:
    """A purpose with its law, as it is offered for choice."""
    return _("%(title)s – %(law)s, %(article)s") % {"title": purpose.title, "law": purpose.legal_basis, "article": purpose.article}


def _of_matter(matter: Matter, department: Department) -> dict[str, Any]:
    assert matter.current is not None  # noqa: S101 - open matters have a version
    plan = plan_of(matter.current)
    title = plan.text(plan.title)
    needed: Mapping[str, Proposal] = the_least(plan.purpose, acts.standing())
    own = set(Dataset.objects.filter(provider=department).values_list("code", flat=True))
    return {
        "title": _("%(matter)s without papers") % {"matter": title},
        "purpose": plan.purpose,
        "reason": _("%(matter)s: decided from what other offices already hold, so that nobody brings a proof.") % {"matter": title},
        "recipients": _("Officers of our department who decide about: %(matter)s.") % {"matter": title},
        "datasets": sorted(needed.keys() - own),
    }


def _contact(department: Department) -> dict[str, Any]:
    rows = SharingRequest.objects.filter(requester=department).exclude(contact_office="").order_by("-pk")
    last = rows.values("contact_office", "contact_telephone").first()
    return dict(last) if last else {}


def _dataset_words(dataset: Any) -> str:
    return f"{dataset.code} · {dataset.title} · {dataset.provider.name}"
