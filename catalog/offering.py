"""What of a dataset may be shown to everybody: decided from the signed acts; rows of tables can only take away.

Somebody who edits a table can hide public data. To show data that are not public, they would have to sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit import acts
from audit.proof.canonical import document_hash
from catalog.description.trees import is_verify_only
from catalog.errors import DatasetOffline, NoSuchThing, NotOpenData
from catalog.models import DataItem, Dataset
from catalog.stores.hosted import HostedRevision, open_revision

UNCONDITIONAL = "UNCONDITIONAL"


@dataclass(frozen=True)
class OpenOffering:
    """The rows of a dataset that everybody may have."""

    dataset: Dataset
    items: list[str]
    order: Mapping[str, Any]
    revision: HostedRevision

    @property
    def tag(self) -> str:
        """Changes when the bytes of a download would."""
        return document_hash({"rows": self.order["rows"], "items": list(self.items)}).removeprefix("sha256:")[:32]


def is_open(version: Mapping[str, Any]) -> bool:
    """Whether a signed version gives its rows to everybody: marked open, unconditional, and nothing above sensitivity 1."""
    shared = [version["sharing_attribute"], *(item["sharing_attribute"] for item in version["items"])]
    return bool(version["open"]) and set(shared) == {UNCONDITIONAL} and all(item["sensitivity"] == 1 for item in version["items"])


def shown_items(dataset: Dataset) -> list[str]:
    """Names of the items of the current version that are shared and restricted neither by an act nor by a row."""
    standing = acts.standing()
    held = standing.versions.get(dataset.code)
    if held is None:
        return []
    hidden = set(
        DataItem.objects.filter(version_id=dataset.current_version_id).exclude(pk__in=_askable(dataset)).values_list("name", flat=True)
    )
    hidden |= {item for code, item in standing.restricted if code == dataset.code}
    declared: Any = held.version["items"]
    return [item["name"] for item in declared if item["sharing_attribute"] != "NOT_SHARED" and item["name"] not in hidden]


def _askable(dataset: Dataset) -> Any:
    return DataItem.objects.filter(version_id=dataset.current_version_id).may_be_asked().values("pk")


def open_offering(code: str) -> OpenOffering:
    """The public rows of a dataset; raises NoSuchThing, NotOpenData, DatasetOffline, FilesMissing or FilesTampered."""
    dataset = Dataset.objects.published().filter(code=code).first()
    standing = acts.standing()
    held, loaded = standing.versions.get(code), standing.revisions.get(code)
    if dataset is None or held is None:
        raise NoSuchThing(_("There is no dataset of this code in the catalogue."))
    if not is_open(held.version) or not dataset.open:
        raise NotOpenData(_("Ask for an agreement on the page of the dataset."))
    if dataset.offline:
        raise DatasetOffline(_("Try again later. Nothing was lost."))
    if loaded is None:
        raise NoSuchThing(_("The provider has published no rows of this dataset yet."))
    described: Any = standing.all_versions[str(loaded.order["version"])].version
    names = {item["name"] for item in described["items"]}
    items = [name for name in shown_items(dataset) if name in names]
    if not items or not is_open(described):
        raise NotOpenData(_("The provider has restricted these rows."))
    revision = open_revision(str(loaded.order["lookup"]), str(loaded.order["rows"]), described)
    return OpenOffering(dataset, items, loaded.order, revision)


def answers_facts_alone(dataset: Dataset) -> bool:
    """Whether no value of the dataset may be read anywhere, as its signed version says; so too without one."""
    held = acts.standing().versions.get(dataset.code)
    return held is None or is_verify_only(held.version)


def completeness(dataset: Dataset) -> list[dict[str, Any]]:
    """How many values of each shown item are there: {item, filled, empty}; nothing of what answers facts alone."""
    report: dict[str, Any] = dataset.current_revision.quality if dataset.current_revision else {}
    if answers_facts_alone(dataset):
        return []
    shown = set(shown_items(dataset))
    return [entry for entry in report.get("items", []) if entry["item"] in shown]


def sample_of(dataset: Dataset) -> dict[str, Any]:
    """The sample of the current revision without the items that are not shown: {items, made, rows}."""
    revision = dataset.current_revision
    sample: dict[str, Any] = revision.sample if revision else {}
    if not sample or (answers_facts_alone(dataset) and set(sample["made"]) != set(sample["items"])):
        return {"items": [], "made": [], "rows": []}  # none, or made under a description that still gave values
    shown = [name for name in shown_items(dataset) if name in sample["items"]]
    rows = [{name: row.get(name) for name in shown} for row in sample["rows"]]
    return {"items": shown, "made": [name for name in sample["made"] if name in shown], "rows": rows}
