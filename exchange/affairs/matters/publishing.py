"""Publish a matter: guarded, kept as an immutable version, recorded in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from audit import trail
from audit.proof.canonical import document_hash, dumps
from exchange.affairs.matters.loading import document_faults, invalid
from exchange.affairs.matters.registers import PublishedRegisters
from exchange.affairs.models import Matter, MatterVersion


@transaction.atomic
def publish_matter(document: Mapping[str, Any], *, acting_system: str) -> MatterVersion:
    """Publish a matter's document as its version in force; the same document again changes nothing.

    `acting_system` says which program does so. Raises MatterInvalid with every fault: of form, meaning and wording, and
    of what it demands or asks.
    """
    broken = list(document_faults(document, PublishedRegisters()))
    if broken:
        raise invalid(str(document.get("code", "the matter")), broken, {})
    content = dict(document)
    name = document_hash(content)
    current = Matter.objects.select_related("current").filter(code=content["code"], is_open=True, slug=content["slug"]).first()
    if current is not None and current.current is not None and current.current.hash == name:
        return current.current
    return _put_in_force(content, name, acting_system)


def _put_in_force(content: dict[str, Any], name: str, acting_system: str) -> MatterVersion:
    matter, _made = Matter.objects.update_or_create(
        code=content["code"], defaults={"slug": content["slug"], "lead_id": content["lead"], "is_open": True}
    )
    version, _new = MatterVersion.objects.get_or_create(hash=name, defaults={"matter": matter, "document": dumps(content).decode()})
    Matter.objects.filter(pk=matter.pk).update(current=version)
    matter.current = version
    version.matter = matter
    trail.record(
        {
            "type": "matter",
            "matter": matter.code,
            "version": name,
            "requester": matter.lead_id,
            "purpose": content["purpose"],
            "acting": acting_system,
            "count": 1,
        }
    )
    return version
