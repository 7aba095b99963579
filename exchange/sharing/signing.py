"""Signatures of departments under orders: by the key that the hub holds for them, or handed in from where it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from audit import acts
from audit.proof.acts import Standing
from audit.proof.keys import Certificate, Custody, SignatureError, Use, verify_document
from audit.signers import has_key, system_signer
from exchange.sharing.errors import HubCustody, KeyElsewhere, NotAskable
from exchange.sharing.terms import time_text

CUSTODY_FROM_SENSITIVITY = 3


@dataclass(frozen=True)
class HandedIn:
    """An order and its signature that a department made with a key of its own."""

    order: dict[str, Any]
    signature: dict[str, Any]


def document_certificate(standing: Standing, department: str, *, now: datetime) -> Certificate:
    """The newest usable document key of a department. Raises KeyElsewhere when it has none."""
    at = time_text(now)
    usable = [
        item
        for item in standing.certificates.values()
        if item.department == department and item.certificate.use is Use.DOCUMENT and item.usable_at(at)
    ]
    if not usable:
        raise KeyElsewhere(_("The department has no valid document key: its administrator must have one certified."), code="NO_KEY")
    return max(usable, key=lambda item: item.seq).certificate


def require_custody(certificate: Certificate, *, sensitivity: int) -> None:
    """Personal data need a key that the provider itself keeps, unless this hub allows otherwise. Raises HubCustody."""
    if sensitivity >= CUSTODY_FROM_SENSITIVITY and certificate.custody is Custody.HUB and not settings.ALLOW_HUB_CUSTODY:
        raise HubCustody(_("This agreement holds personal data, and the hub holds the provider's key. Certify a key of your own first."))


def hub_signs_for(certificate: Certificate) -> bool:
    """Whether the hub holds the private key and may sign with it."""
    return certificate.custody is Custody.HUB and has_key(certificate.keyid)


def sign(order: dict[str, Any], certificate: Certificate, *, role: str) -> dict[str, Any]:
    """The department's signature by its hub-held key. Raises KeyElsewhere with the order to be signed elsewhere."""
    if not hub_signs_for(certificate):
        raise KeyElsewhere(_("Sign this order with your department's key and hand it in."), order=order, keyid=certificate.keyid, role=role)
    return acts.sign_order(order, signer=system_signer(certificate.keyid), role=role)


def verified(handed: HandedIn, certificate: Certificate, *, role: str) -> dict[str, Any]:
    """A handed-in signature, if it is by this key, in this role, over this order. Raises NotAskable."""
    try:
        if handed.signature.get("keyid") != certificate.keyid or handed.signature.get("role") != role:
            raise SignatureError("another key or role than is needed")
        verify_document(handed.signature, kind=str(handed.order["type"]), document=handed.order, public_key=certificate.public_key)
    except (SignatureError, KeyError) as error:
        text = _("The signature is not accepted: it must be by %(keyid)s in the role %(role)s over exactly this order.")
        raise NotAskable(text % {"keyid": certificate.keyid, "role": role}, code="SIGNATURE_INVALID") from error
    return handed.signature


def signed_order(
    order: dict[str, Any], department: str, *, role: str, now: datetime, handed: HandedIn | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The order with its signature: the given one by the hub-held key, or the handed-in one if it says the same.

    Two orders say the same when they differ in the nonce alone.
    """
    certificate = document_certificate(acts.standing(), department, now=now)
    if handed is None:
        return order, sign(order, certificate, role=role)
    if {**handed.order, "nonce": ""} != {**order, "nonce": ""}:
        raise NotAskable(_("The order that was handed in says something else than this step."), code="ORDER_DIFFERS", order=order)
    return handed.order, verified(handed, certificate, role=role)
