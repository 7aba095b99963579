"""Find a dataset and read what it holds, how it may be shared, how good and how fresh it is, and how to ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from audit.errors import Missing
from catalog import search
from catalog.description.trees import is_verify_only
from catalog.models import Dataset, Department, Sensitivity, SharingAttribute, UpdateFrequency
from exchange.portal.catalogue.sample import completeness_of, sample_of

ANY = ("", gettext_lazy("All"))


class FindForm(forms.Form):
    """The filter bar of the catalogue."""

    hide_optional = True
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"}))
    provider = forms.ChoiceField(label=gettext_lazy("Department"), required=False)
    sharing_attribute = forms.ChoiceField(label=gettext_lazy("Sharing"), required=False, choices=[ANY, *SharingAttribute.choices])
    sensitivity = forms.ChoiceField(label=gettext_lazy("Sensitivity"), required=False, choices=[ANY, *Sensitivity.choices])
    update_frequency = forms.ChoiceField(label=gettext_lazy("Updated"), required=False, choices=[ANY, *UpdateFrequency.choices])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        departments = Department.objects.filter(datasets__current_version__isnull=False).distinct()
        choices: Any = [ANY, *((department.code, department.name) for department in departments)]
        self.fields["provider"].choices = choices  # type: ignore[attr-defined]

    def filters(self) -> Mapping[str, list[str]]:
        """What was chosen, as the search takes it."""
        names = ("provider", "sharing_attribute", "sensitivity", "update_frequency")
        return {name: [self.cleaned_data[name]] for name in names if self.cleaned_data.get(name)}


@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """Search; a filter that makes no sense finds nothing and says so in the form."""
    form = FindForm(request.GET)
    if not form.is_valid():
        return render(request, "catalogue/list.html", {"form": form, "results": search.Results([], 0), "is_filtered": True}, status=400)
    text, filters = form.cleaned_data["q"], form.filters()
    results = search.search(text, filters=filters, cursor=request.GET.get("cursor") or None)
    return render(request, "catalogue/list.html", {"form": form, "results": results, "is_filtered": bool(text or filters)})


@require_GET
def dataset_page(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that the catalogue tells about one dataset."""
    dataset = Dataset.objects.visible_to(request.user).with_details().filter(code=code).first()
    if dataset is None or dataset.current_version is None:
        raise Missing(_("There is no such dataset. It may have been withdrawn; search the catalogue."))
    document, items = dataset.current_version.content, list(dataset.current_version.items.all())
    context = {
        "dataset": dataset,
        "document": document,
        "items": items,
        "facts": dataset.current_version.facts.all(),
        "revision": dataset.current_revision,
        "quality_items": completeness_of(dataset),
        "answers_facts_alone": is_verify_only(document),
        "sample": sample_of(dataset, document, items),
        "code_lists": document.get("code_lists", {}),
        "ask_url": f"{reverse('home')}console/requests/new?dataset={dataset.code}",
        "is_asked_for": dataset.sharing_attribute != SharingAttribute.NOT_SHARED and not dataset.open,
    }
    return render(request, "catalogue/dataset.html", context)


urlpatterns = [
    path("catalog", catalogue, name="catalog"),
    path("catalog/<slug:code>", dataset_page, name="dataset"),
]
