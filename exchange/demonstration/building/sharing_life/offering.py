"""What an owner has signed in advance: a framework that one department has joined, and that another may join by one signature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.models import Dataset, Department
from exchange.demonstration.building import staff
from exchange.demonstration.building.roll import APPROVER, ASKER
from exchange.sharing import actions
from exchange.sharing.lifecycle import AgreementState, OfferState
from exchange.sharing.models import Agreement, StandingOffer
from exchange.sharing.offers import drafting, joining, signing
from exchange.sharing.offers.text import OfferTerms

_DATASET, _JOINED_BY, _SYSTEM, _PURPOSE = "R14", "HSG", "HSG-affairs", "public_rental_housing"
_LASTS = timedelta(days=365)
_LAW: Mapping[str, Any] = {
    "text": {"en": "Law on the Protection of Disabled Persons", "zh": "中华人民共和国残疾人保障法"},
    "article": "Article 2",
}


def offer() -> None:
    """Write it by one, sign it by another, let one department join; each where it is not done."""
    dataset = Dataset.objects.get(code=_DATASET)
    found = StandingOffer.objects.filter(dataset=dataset).order_by("pk").first() or _draft(dataset)
    if found.state == OfferState.DRAFT:
        signing.sign_offer(found, acting_user=staff.of(dataset.provider_id, APPROVER), department=dataset.provider)
    join(found, _JOINED_BY, systems=(_SYSTEM,), purpose=_PURPOSE)


def join(found: StandingOffer, code: str, *, systems: tuple[str, ...], purpose: str) -> Agreement:
    """Let a department join by one signature, where it has not."""
    department = Department.objects.get(code=code)
    who: dict[str, Any] = {"acting_user": staff.of(code, ASKER), "department": department}
    agreement = Agreement.objects.filter(offer_hash=found.offer_hash, requester=department).first()
    agreement = agreement or joining.join(found, systems=systems, purpose=purpose, **who)
    if agreement.state == AgreementState.PROPOSED:
        actions.sign_agreement(agreement, **who)
    return agreement


def _draft(dataset: Dataset) -> StandingOffer:
    terms = OfferTerms(
        requesters=[_JOINED_BY, "PSB"],
        purposes=[_PURPOSE, "licence_renewal"],
        methods=["VERIFY"],
        facts={"valid": {}},
        legal_basis=[_LAW],
        not_after=timezone.now() + _LASTS,
        retention_days=7,
        title={"en": "Is the certificate valid? For counters of other departments", "zh": "残疾人证是否有效：供其他部门窗口核验"},
    )
    return drafting.draft_offer(terms, dataset=dataset, acting_user=staff.of(dataset.provider_id, ASKER), department=dataset.provider)
