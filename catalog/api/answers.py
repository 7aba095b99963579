"""Turns rows into what the API sends. Only public facts: descriptions, counts and hashes, never a row of a register."""

from __future__ import annotations

from typing import Any

from catalog import lifecycle, offering
from catalog.description.stores import public_store
from catalog.models import DataItem, Dataset, DatasetVersion, Department, Fact, Load, Revision
from catalog.search import Results

Answer = dict[str, Any]


def text(english: str, chinese: str) -> Answer:
    """A text in both languages."""
    return {"en": english, "zh": chinese}


def department(row: Department) -> Answer:
    """A department."""
    return {"code": row.code, "name": text(row.name_en, row.name_zh)}


def page(results: Results) -> Answer:
    """One page of a search."""
    facets = {name: [{"value": str(value), "count": count} for value, count in counts] for name, counts in results.facets.items()}
    return {
        "datasets": [entry(row) for row in results.datasets],
        "total": results.total,
        "facets": facets,
        "next_cursor": results.next_cursor,
    }


def entry(row: Dataset) -> Answer:
    """A dataset in a list."""
    version = row.current_version
    return {
        "code": row.code,
        "name": row.name,
        "title": text(row.title_en, row.title_zh),
        "description": text(row.description_en, row.description_zh),
        "provider": department(row.provider),
        "sharing_attribute": row.sharing_attribute,
        "sensitivity": row.sensitivity,
        "open": row.open,
        "offline": row.offline,
        "update_frequency": row.update_frequency,
        "version": version.hash if version else "",
        "major": version.major if version else 0,
        "revision": _freshness(row.current_revision),
        "store": row.store,
    }


def _freshness(row: Revision | None) -> Answer | None:
    if row is None:
        return None
    return {"as_of": row.as_of, "row_count": row.row_count, "rows": row.rows_hash, "lookup": row.lookup_hash, "act": row.act_seq}


def detail(row: Dataset) -> Answer:
    """A dataset with everything that the catalogue says about it."""
    version = row.current_version
    return {
        **entry(row),
        "items": [_item(item) for item in version.items.all()] if version else [],
        "facts": [_fact(fact) for fact in version.facts.all()] if version else [],
        "legal_basis": version.content["legal_basis"] if version else {},
        "sample": offering.sample_of(row),
        "quality": _quality(row),
    }


def _quality(row: Dataset) -> Answer:
    """How complete the shown items are; a restricted item is not told about."""
    report = row.current_revision.quality if row.current_revision else {}
    return {"rows": report["rows"], "items": offering.completeness(row)} if report else {}


def _item(row: DataItem) -> Answer:
    return {
        "name": row.name,
        "title": text(row.title_en, row.title_zh),
        "type": row.type,
        "identifier": row.identifier,
        "sensitivity": row.sensitivity,
        "sharing_attribute": row.sharing_attribute,
        "restricted": row.restricted,
        "may_be_asked": row.may_be_asked,
    }


def _fact(row: Fact) -> Answer:
    return {"name": row.name, "title": text(row.title_en, row.title_zh), "parameters": row.parameters}


def version(row: DatasetVersion, *, is_known: bool = True) -> Answer:
    """A published version with its signed document; a stranger is not told the address of a department's own store."""
    document = row.content
    if not is_known:
        document["store"] = public_store(document)
    return {"hash": row.hash, "major": row.major, "act": row.act_seq, "document": document}


def load(row: Load) -> Answer:
    """Where a load stands, and which steps a person may take now."""
    by_person = {lifecycle.LoadEvent.PUBLISH}
    allowed = [event.value for event, (sources, _target) in lifecycle.LOAD.items() if event in by_person and row.state in sources]
    return {
        "id": str(row.pk),
        "dataset": row.dataset.code,
        "filename": row.filename,
        "state": row.state,
        "progress": row.progress,
        "row_count": row.row_count,
        "as_of": row.as_of,
        "rows": row.rows_hash,
        "lookup": row.lookup_hash,
        "report": row.report,
        "allowed": allowed,
    }
