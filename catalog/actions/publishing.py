"""Publish the description of a dataset: from this act on the hub enforces what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import acts
from audit.errors import Fault
from audit.ground import log_origin
from audit.models import Act
from audit.proof.canonical import document_hash, fresh_nonce
from catalog import orders, permission, projection
from catalog.description.check import PERSONAL, faults_of, incompatibilities
from catalog.errors import CustodyRefused, DescriptionInvalid
from catalog.identifiers import kinds
from catalog.models import Dataset, DatasetVersion, Department


@transaction.atomic
def publish_version(
    department: Department, *, document: Mapping[str, Any], acting_user: Any = None, acting_system: str = ""
) -> DatasetVersion:
    """Check a description, sign it as the provider, append the act, and show it in the catalogue.

    `document` is a dataset version without `hub` and `nonce`. Unconditional data get a standing offer. Raises
    DescriptionInvalid with every fault, CustodyRefused, or what the chain of acts says against it.
    """
    if not acting_system:
        permission.require(acting_user, department, permission.PUBLISHER)
    Dataset.objects.select_for_update().filter(code=document.get("code")).first()
    version = _complete(document)
    _require_valid(version, department)
    _require_custody(version, department)
    act = orders.append_signed(
        orders.order("publish", dataset=version["code"], version=version), department=department, acting_user=acting_user
    )
    row = _project(version, act)
    _renew_offer(version, department, acting_user)
    return row


def _complete(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as it is signed: for this hub, with its own nonce, so that the same text twice is two versions."""
    given = {"provider_answer_key": None, "revision_systems": [], **document}
    return {**given, "hub": log_origin(), "nonce": fresh_nonce()}


def _require_valid(version: dict[str, Any], department: Department) -> None:
    faults = faults_of(version, kinds=kinds())
    if not faults:
        faults = _place_faults(version, department)
    if faults:
        raise DescriptionInvalid(_("Correct what is listed, then publish again. Nothing was changed."), faults=faults)


def _place_faults(version: dict[str, Any], department: Department) -> list[Fault]:
    """What is wrong with a well-formed description at this place: another's code, or a break of a promise."""
    standing = acts.standing()
    if version["provider"] != department.code:
        return [Fault("provider", "provider", _("A department publishes its own datasets only"))]
    if standing.datasets.get(version["code"], department.code) != department.code:
        return [Fault("code", "code", _("This code belongs to a dataset of another department"))]
    current = standing.versions.get(version["code"])
    return incompatibilities(current.version, version) if current else []


def _require_custody(version: dict[str, Any], department: Department) -> None:
    is_personal = any(item["sensitivity"] >= PERSONAL for item in version["items"])
    if is_personal and not orders.hub_custody_allowed() and orders.is_held_by_hub(department):
        raise CustodyRefused(
            _("This dataset has personal items. Register a document key that your department keeps itself, and sign with it.")
        )


def _project(version: dict[str, Any], act: Act) -> DatasetVersion:
    row = projection.project_version(version, version_hash=document_hash(version), act_seq=act.seq, at=act.at)
    projection.project_restricted(acts.standing().restricted, version["code"])
    return row


def _renew_offer(version: dict[str, Any], department: Department, acting_user: Any) -> None:
    """End the offers for the versions before, and offer what this version shares unconditionally."""
    standing = acts.standing()
    for offer_hash, held in standing.offers.items():
        if held.offer["dataset"] == version["code"] and held.ended_seq is None:
            reason = {"text": {"en": "A new version was published", "zh": "已发布新的目录版本"}, "ground": "NEW_VERSION"}
            orders.append_signed(orders.order("revoke", target=offer_hash, reason=reason), department=department, acting_user=acting_user)
    if version["sharing_attribute"] == "UNCONDITIONAL":
        offer = orders.offer_of(version, standing.restricted)
        if offer:
            orders.append_signed(orders.order("offer", offer=offer), department=department, acting_user=acting_user)
