"""Writes what acts say into tables, for pages and queries. The tables can be dropped and made again from the chain.

Each function is called in the transaction of its act, so a reader never sees one without the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from audit.models import Act
from audit.proof import canonical
from audit.proof.acts import CertificateStanding, Standing
from audit.proof.keys import key_order
from catalog import search
from catalog.description.stores import is_remote
from catalog.models import DataItem, Dataset, DatasetVersion, Department, Fact, Key, Load, Revision


def moment(text: str) -> datetime:
    """A time of the chain as an aware datetime."""
    return datetime.fromisoformat(text)


def project_version(version: Mapping[str, Any], *, version_hash: str, act_seq: int, at: str) -> DatasetVersion:
    """Make the rows of a published dataset version and let its dataset point to it."""
    dataset = _project_dataset(version, at)
    row, _made = DatasetVersion.objects.update_or_create(
        hash=version_hash,
        defaults={
            "dataset": dataset,
            "major": version["major"],
            "document": canonical.dumps(version).decode(),
            "act_seq": act_seq,
        },
    )
    _project_items(row, version)
    _project_facts(row, version)
    dataset.current_version = row
    if is_remote(version):  # rows that were loaded before answer nothing any more
        dataset.current_revision = None
    dataset.save(update_fields=["current_version", "current_revision"])
    search.index(dataset.pk)
    return row


def _project_dataset(version: Mapping[str, Any], at: str) -> Dataset:
    defaults = {
        "name": version["name"],
        "provider_id": version["provider"],
        "title_en": version["title"]["en"],
        "title_zh": version["title"]["zh"],
        "description_en": version["description"]["en"],
        "description_zh": version["description"]["zh"],
        "sharing_attribute": version["sharing_attribute"],
        "open": version["open"],
        "sensitivity": max(item["sensitivity"] for item in version["items"]),
        "update_frequency": version["update_frequency"],
        "changed_at": moment(at),
    }
    dataset, _made = Dataset.objects.update_or_create(
        code=version["code"], defaults=defaults, create_defaults={**defaults, "published_at": moment(at)}
    )
    return dataset


def _project_items(row: DatasetVersion, version: Mapping[str, Any]) -> None:
    for position, item in enumerate(version["items"]):
        DataItem.objects.update_or_create(
            version=row,
            name=item["name"],
            defaults={
                "position": position,
                "type": item["type"],
                "identifier": item.get("identifier", ""),
                "title_en": item["title"]["en"],
                "title_zh": item["title"]["zh"],
                "sensitivity": item["sensitivity"],
                "sharing_attribute": item["sharing_attribute"],
                "required": item.get("required", False),
                "code_list": item.get("code_list", ""),
            },
        )
    row.items.exclude(name__in=[item["name"] for item in version["items"]]).delete()


def _project_facts(row: DatasetVersion, version: Mapping[str, Any]) -> None:
    for position, fact in enumerate(version["facts"]):
        Fact.objects.update_or_create(
            version=row,
            name=fact["name"],
            defaults={
                "position": position,
                "title_en": fact["title"]["en"],
                "title_zh": fact["title"]["zh"],
                "parameters": fact["parameters"],
            },
        )
    row.facts.exclude(name__in=[fact["name"] for fact in version["facts"]]).delete()


def project_restricted(restricted: frozenset[tuple[str, str]], dataset_code: str) -> None:
    """Mark the items of a dataset, in every version of it, as the chain says; search forgets what is restricted."""
    names = {item for code, item in restricted if code == dataset_code}
    items = DataItem.objects.filter(version__dataset__code=dataset_code)
    items.filter(name__in=names).update(restricted=True)
    items.exclude(name__in=names).update(restricted=False)
    for pk in Dataset.objects.filter(code=dataset_code).values_list("pk", flat=True):
        search.index(pk)


def project_revision(order: Mapping[str, Any], *, act_seq: int, quality: dict[str, Any], sample: dict[str, Any]) -> Revision:
    """Make the row of a revision and let its dataset point to it."""
    version = DatasetVersion.objects.get(hash=order["version"])
    revision, _made = Revision.objects.update_or_create(
        act_seq=act_seq,
        defaults={
            "dataset_id": version.dataset_id,
            "version": version,
            "rows_hash": order["rows"],
            "lookup_hash": order["lookup"],
            "row_count": order["row_count"],
            "as_of": moment(str(order["as_of"])),
            "quality": quality,
            "sample": sample,
        },
    )
    revision.dataset.current_revision = revision
    revision.dataset.save(update_fields=["current_revision"])
    return revision


def project_keys(standing: Standing) -> None:
    """Bring the table of keys in step with the chain: rows that differ are written, rows that no act knows go away."""
    departments = set(Department.objects.values_list("code", flat=True))
    rows = {row.keyid: row for row in Key.objects.all()}
    for keyid, held in standing.certificates.items():
        wanted = _key_columns(held, departments)
        row = rows.pop(keyid, None)
        if row is None or any(getattr(row, name) != value for name, value in wanted.items()):
            Key.objects.update_or_create(keyid=keyid, defaults=wanted)
    Key.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()


def _key_columns(held: CertificateStanding, departments: set[str]) -> dict[str, Any]:
    certificate = held.certificate
    return {
        "use": certificate.use.value,
        "custody": certificate.custody.value,
        "department_id": held.department if held.department in departments else None,
        "certificate": key_order(certificate),
        "act_seq": held.seq,
        "revoked_seq": held.revoked_seq,
    }


@transaction.atomic
def rebuild(standing: Standing) -> None:
    """Make every projection again from the chain; rows that no act speaks of go away.

    Quality report and sample of a revision are not in its act: they come from the load, or from the row as it was.
    """
    Dataset.objects.update(current_version=None, current_revision=None)
    seqs = [held.seq for held in standing.all_versions.values()]
    times = dict(Act.objects.filter(seq__in=seqs).values_list("seq", "at"))
    for held in sorted(standing.all_versions.values(), key=lambda held: held.seq):
        project_version(held.version, version_hash=held.hash, act_seq=held.seq, at=times[held.seq])
    _rebuild_revisions(standing)
    DatasetVersion.objects.exclude(hash__in=list(standing.all_versions)).delete()
    for code in standing.datasets:
        project_restricted(standing.restricted, code)
    _point_to_current(standing)
    project_keys(standing)


def _rebuild_revisions(standing: Standing) -> None:
    known = set()
    for act in Act.objects.filter(type="revision").order_by("seq"):
        order = canonical.loads(bytes(act.raw))["order"]
        quality, sample = _told_elsewhere(act.seq, order)
        project_revision(order, act_seq=act.seq, quality=quality, sample=sample)
        known.add(act.seq)
    stray = Revision.objects.exclude(act_seq__in=known)
    Load.objects.filter(revision__in=stray).update(revision=None)
    stray.delete()


def _told_elsewhere(act_seq: int, order: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    load = Load.objects.filter(rows_hash=order["rows"], lookup_hash=order["lookup"], dataset__code=order["dataset"]).first()
    if load is not None:
        return load.report, load.sample
    revision = Revision.objects.filter(act_seq=act_seq).first()
    return (revision.quality, revision.sample) if revision else ({}, {})


def _point_to_current(standing: Standing) -> None:
    """A suspended version or revision is no current one, whatever the order of acts was."""
    for dataset in Dataset.objects.all():
        version, revision = standing.versions.get(dataset.code), standing.revisions.get(dataset.code)
        dataset.current_version = DatasetVersion.objects.filter(hash=version.hash).first() if version else None
        is_hosted = version is not None and not is_remote(version.version)
        dataset.current_revision = Revision.objects.filter(act_seq=revision.seq).first() if revision and is_hosted else None
        dataset.save(update_fields=["current_version", "current_revision"])
