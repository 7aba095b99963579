"""Fixes the text of an agreement: from here on what is signed is these bytes, and a change is a new agreement."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from audit.ground import log_origin
from audit.proof.acts import Standing, agreement_id
from audit.proof.keys import Certificate
from exchange.accounts.models import Person
from exchange.sharing.askable import touched_sensitivity
from exchange.sharing.models import Agreement, RequestedFact, RequestedItem, RequestPart, Wish
from exchange.sharing.signing import document_certificate, hub_signs_for, require_custody, sign
from exchange.sharing.terms import Offered, agree_order, agreement_text


def propose(part: RequestPart, standing: Standing, *, offered: Offered | None, approved_by: Person | None) -> Agreement:
    """Make the PROPOSED agreement of a decided part; without an offer, signed by the provider where the hub holds its key.

    Call inside the transaction of the decision. Raises HubCustody, KeyElsewhere.
    """
    for wishes in (RequestedItem.objects.filter(part=part), RequestedFact.objects.filter(part=part)):
        wishes.filter(decision=Wish.ASKED).update(decision=Wish.GRANTED)
    text = agreement_text(part, standing, hub=log_origin(), offered=offered)
    order = agree_order(text, hub=log_origin(), offered=offered)
    return Agreement.objects.create(
        agreement_id=agreement_id(text),
        part=part,
        provider_id=text["provider"],
        requester_id=text["requester"],
        dataset=part.dataset,
        document=text,
        order=order,
        provider_signature=None if offered else _provider_signature(order, standing),
        offer_hash=offered.hash if offered else "",
        period_from=part.period_from.replace(microsecond=0),
        period_until=part.period_until.replace(microsecond=0),
        approved_by=approved_by,
    )


def require_provider_key(part: RequestPart, standing: Standing) -> None:
    """Return where the provider's key may sign what is decided, so that the first of two officers learns of it. Raises HubCustody."""
    _fitting_certificate(agreement_text(part, standing, hub=log_origin()), standing)


def _provider_signature(order: dict[str, Any], standing: Standing) -> dict[str, Any] | None:
    """By the hub-held key; None where the department keeps its key and will hand the signature in."""
    certificate = _fitting_certificate(order["agreement"], standing)
    return sign(order, certificate, role="provider") if hub_signs_for(certificate) else None


def _fitting_certificate(text: dict[str, Any], standing: Standing) -> Certificate:
    certificate = document_certificate(standing, text["provider"], now=timezone.now())
    document = standing.versions[text["dataset"]].version
    facts = tuple(fact["fact"] for fact in text["facts"])
    require_custody(certificate, sensitivity=touched_sensitivity(document, tuple(text["items"]), facts))
    return certificate
