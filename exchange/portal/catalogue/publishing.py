"""A department's own datasets: describe one, load its file, read the report, publish; restrict items, go offline."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from audit.errors import Conflict, HubError, Invalid, Missing
from catalog import actions, permission
from catalog.lifecycle import LoadState
from catalog.models import Dataset, Department, Load
from catalog.quality.words import file_text, rule_text
from catalog.stores import HOSTED
from exchange.accounts.acting import require_acting_department
from exchange.portal.catalogue.description_file import LARGEST_BYTES, read_description
from exchange.portal.catalogue.stores import store_members, store_problem, ways_to_answer
from exchange.sharing.corrections.choosing import accepted_before, choose

BUSY = (LoadState.RECEIVED, LoadState.CHECKING)
SHOWN_FAULTS = 200


class DescriptionForm(forms.Form):
    """The description of a dataset as a file, or as text."""

    file = forms.FileField(label=gettext_lazy("Description file (YAML or JSON)"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or paste it"), required=False, max_length=400_000, widget=forms.Textarea(attrs={"class": "mz-code", "rows": 14})
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, and readable."""
        given: dict[str, Any] = super().clean() or {}
        raw = given["file"].read(LARGEST_BYTES + 1) if given.get("file") else (given.get("text") or "").encode()
        if not raw.strip():
            raise forms.ValidationError(_("Choose a file, or paste the description."))
        try:
            given["document"] = read_description(raw)
        except Invalid as error:
            raise forms.ValidationError(_fault_texts(error)) from error
        return given


class FileForm(forms.Form):
    """A file of rows."""

    file = forms.FileField(
        label=gettext_lazy("Data file (CSV or XLSX)"), help_text=gettext_lazy("UTF-8 or GB18030; the headings that the description names.")
    )


class ReasonForm(forms.Form):
    """Why something stops."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


def _own(request: HttpRequest, code: str) -> Dataset:
    """A dataset of a department for which the person publishes; others are not found here."""
    owners = permission.departments(request.user, permission.PUBLISHER)
    dataset = Dataset.objects.with_details().filter(code=code, provider__in=owners).first()
    if dataset is None:
        raise Missing(_("Your department has no such dataset."))
    return dataset


def _own_load(request: HttpRequest, load_id: uuid.UUID) -> Load:
    load = Load.objects.visible_to(request.user).select_related("dataset__provider", "version").filter(pk=load_id).first()
    if load is None:
        raise Missing(_("There is no such load."))
    return load


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is bound to: nothing before it was sent."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _attempt(form: forms.Form, action: Any) -> Any:
    """Call an action; its faults become the form's, one by one."""
    try:
        return action()
    except (Invalid, Conflict) as error:
        form.add_error(None, _fault_texts(error))
        return None


def _fault_texts(error: HubError) -> list[str]:
    """One line for each fault: where, then what; never the value."""
    faults = [(fault.where, str(fault.message or fault.rule)) for fault in getattr(error, "faults", ())]
    return [f"{where}: {text}" if where else text for where, text in faults] or [str(error)]


@login_required
@require_GET
def datasets(request: HttpRequest) -> HttpResponse:
    """The datasets and the newest loads of the departments for which the person publishes."""
    owners = permission.departments(request.user, permission.PUBLISHER)
    own = Dataset.objects.with_details().filter(provider__in=owners)
    loads = Load.objects.visible_to(request.user).select_related("dataset").order_by("-created_at")[:20]
    return render(request, "catalogue/own.html", {"datasets": own, "loads": loads, "is_publisher": bool(owners)})


@login_required
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest) -> HttpResponse:
    """Publish a new description, of a new dataset or of a known one."""
    department: Department = require_acting_department(request)
    permission.require(request.user, department, permission.PUBLISHER)
    form = DescriptionForm(*_sent(request))
    if form.is_valid():
        document = form.cleaned_data["document"]
        version = _attempt(form, lambda: actions.publish_version(department, document=document, acting_user=request.user))
        if version is not None:
            messages.success(request, _published(version.dataset))
            return redirect("own-dataset", code=version.dataset.code)
    context = {"form": form, "department": department, "ways": ways_to_answer()}
    return render(request, "catalogue/describe.html", context, status=400 if form.errors else 200)


def _published(dataset: Dataset) -> str:
    if dataset.store.get("kind") == HOSTED:
        return _("The description is signed and published. Now load its file.")
    return _("The description is signed and published. Questions are answered as it says as soon as an agreement is in force.")


@login_required
@require_http_methods(["GET", "POST"])
def own_dataset(request: HttpRequest, code: str) -> HttpResponse:
    """One's own dataset: load a file, see the loads, restrict items, go offline."""
    dataset = _own(request, code)
    form = FileForm(*_sent(request))
    if form.is_valid():
        sent = form.cleaned_data["file"]
        load = _attempt(form, lambda: actions.receive_file(dataset, fileobj=sent, filename=sent.name, acting_user=request.user))
        if load is not None:
            return redirect("load", load_id=load.pk)
    loads = dataset.loads.order_by("-created_at")[:20]
    context = {"dataset": dataset, "form": form, "loads": loads, "reason": ReasonForm(), "items": _items(dataset)}
    context |= {"store_members": store_members(dataset), "store_problem": store_problem(dataset)}
    return render(request, "catalogue/own_dataset.html", context, status=400 if form.errors else 200)


def _items(dataset: Dataset) -> Any:
    return dataset.current_version.items.all() if dataset.current_version else []


@login_required
@require_GET
def load_page(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """How far the check is, then its report; a part of the page is asked for again while it runs."""
    load = _own_load(request, load_id)
    is_busy = load.state in BUSY
    if request.headers.get("HX-Request") == "true":
        return render(request, "catalogue/load_progress.html", {"load": load}) if is_busy else HttpResponseClientRefresh()
    context = {"load": load, "is_busy": is_busy, "report": load.report or {}, **_faults(load.report or {})}
    return render(request, "catalogue/load.html", context | {"accepted": accepted_before(load) if load.state == LoadState.READY else []})


def _faults(report: dict[str, Any]) -> dict[str, Any]:
    """The report's faults with the words of their rules, the first of them listed; never a value."""
    faults = report.get("faults", {})
    listed = [{**fault, "text": rule_text(fault["rule"])} for fault in faults.get("listed", [])]
    by_rule = [{**entry, "text": rule_text(entry["rule"])} for entry in faults.get("by_rule", [])]
    whole = file_text(report["file"]) if report.get("file") else ""
    return {"by_rule": by_rule, "faults": listed[:SHOWN_FAULTS], "hidden": max(0, len(listed) - SHOWN_FAULTS), "whole": whole}


@login_required
@require_POST
def publish_load(request: HttpRequest, load_id: uuid.UUID) -> HttpResponse:
    """Make a checked file the current revision, by a signed act."""
    load = _own_load(request, load_id)
    try:
        if "chosen" in request.POST:
            choose(load, settled=request.POST.getlist("settles"), acting_user=request.user)
        actions.publish_revision(load, acting_user=request.user)
    except HubError as error:
        messages.error(request, str(error))
        return redirect("load", load_id=load.pk)
    messages.success(request, _("Published. Every answer comes from this revision from now on."))
    return redirect("own-dataset", code=load.dataset.code)


@login_required
@require_POST
def change(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Restrict or free an item, take the dataset offline or bring it back."""
    dataset = _own(request, code)
    form = ReasonForm(request.POST)
    if move != "online" and not form.is_valid():
        messages.error(request, _("Write the reason; it is kept with the change."))
        return redirect("own-dataset", code=code)
    try:
        _MOVES[move](dataset, form.cleaned_data.get("reason", "") if form.is_valid() else "", request)
    except HubError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done; it holds from the next answer on."))
    return redirect("own-dataset", code=code)


_MOVES: dict[str, Any] = {
    "offline": lambda dataset, reason, request: actions.take_offline(dataset, reason=reason, acting_user=request.user),
    "online": lambda dataset, _reason, request: actions.bring_online(dataset, acting_user=request.user),
    "restrict": lambda dataset, reason, request: actions.restrict_item(
        dataset, item=request.POST.get("item", ""), reason=reason, acting_user=request.user
    ),
    "unrestrict": lambda dataset, reason, request: actions.unrestrict_item(
        dataset, item=request.POST.get("item", ""), reason=reason, acting_user=request.user
    ),
}

urlpatterns = [
    path("console/datasets", datasets, name="own-datasets"),
    path("console/datasets/new", describe, name="describe"),
    path("console/datasets/<slug:code>", own_dataset, name="own-dataset"),
    *[path(f"console/datasets/<slug:code>/{move}", change, {"move": move}, name=f"dataset-{move}") for move in _MOVES],
    path("console/loads/<uuid:load_id>", load_page, name="load"),
    path("console/loads/<uuid:load_id>/publish", publish_load, name="load-publish"),
]
