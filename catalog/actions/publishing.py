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
from audit.proof.acts import Standing
from audit.proof.canonical import document_hash, fresh_nonce
from audit.proof.keys import Use
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
    return _answer_key_faults(version, standing) + (incompatibilities(current.version, version) if current else [])


def _answer_key_faults(version: dict[str, Any], standing: Standing) -> list[Fault]:
    """A service's answers are verified with this key, so the provider must have certified it for that, and not revoked it."""
    keyid = version["provider_answer_key"]
    held = standing.certificates.get(keyid) if keyid else None
    is_certified = held is not None and held.department == version["provider"] and held.certificate.use is Use.PROVIDER_ANSWER
    if keyid is None or (held is not None and is_certified and held.revoked_seq is None):
        return []
    message = _("No key of this name is certified by your department for provider-answer. Register it under Keys first.")
    return [Fault("provider_answer_key", "answer_key", message)]


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
    """End the offers that this version leaves nothing of, and offer what it shares unconditionally."""
    standing = acts.standing()
    for offer_hash, held in standing.offers.items():
        if held.ended_seq is None and orders.ends_with(held.offer, version) and held.emergency is None:
            reason = {"text": {"en": "A new version was published", "zh": "已发布新的目录版本"}, "ground": "NEW_VERSION"}
            orders.append_signed(orders.order("revoke", target=offer_hash, reason=reason), department=department, acting_user=acting_user)
    if version["sharing_attribute"] == "UNCONDITIONAL":
        offer = orders.offer_of(version, standing.restricted)
        if offer:
            orders.append_signed(orders.order("offer", offer=offer), department=department, acting_user=acting_user)
