"""An emergency that is over: declared by two of the authority, joined, asked under, ended, and reviewed in public."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit.signers import system_signer
from catalog.models import Dataset, Department
from exchange.demonstration.building import staff
from exchange.demonstration.building.calling import call
from exchange.demonstration.building.plans.plan import in_both
from exchange.demonstration.building.roll import REVIEWER
from exchange.demonstration.building.sharing_life.offering import join
from exchange.jurisdictions import load_residents
from exchange.sharing.lifecycle import OfferKind, OfferState
from exchange.sharing.models import Agreement, EmergencyReview, StandingOffer
from exchange.sharing.offers import drafting, reviewing, signing
from exchange.sharing.offers.text import OfferTerms

_DATASET, _JOINED_BY, _SYSTEM, _PURPOSE = "R01", "HSG", "HSG-rental", "public_rental_housing"
_SECOND_REVIEWER = "data-reviewer-2"
_ASKED_ABOUT = ("wheelchair_user", "widow_of_83")
_LASTS = timedelta(days=14)
_REASON = {
    "en": "Flood of the Jin River: flats for people who lost theirs are given out today, and the owner's office is under water.",
    "zh": "锦江洪水：今天就要为失去住房的居民安排临时住房，而登记部门的办公楼已被淹。",
}
_LAW = {"text": {"en": "Emergency Response Law", "zh": "中华人民共和国突发事件应对法"}, "article": "Article 73"}
_ENDED = in_both("洪水已退，安置结束。", "The flood is over; everybody has a roof.")
_FINDING = in_both("只核验是否本市户籍，共两人，确有必要。", "Only residence was asked, about two people; it was needed.")
_FOLLOWS = in_both(
    "登记部门与住房部门将事先签订常设授权。", "The two departments will sign a standing offer, so that no emergency is needed next time."
)


def live_through_an_emergency() -> None:
    """Each step where it is not taken."""
    dataset = Dataset.objects.get(code=_DATASET)
    found = StandingOffer.objects.filter(kind=OfferKind.EMERGENCY).first() or _declare(dataset)
    if found.state == OfferState.DRAFT:
        signing.sign_offer(found, **_authority(_SECOND_REVIEWER))
    if found.state == OfferState.IN_FORCE:
        _use(join(found, _JOINED_BY, systems=(_SYSTEM,), purpose=_PURPOSE))
        signing.revoke_offer(found, reason=_ENDED, ground="PURPOSE_ENDED", **_authority(REVIEWER))


def close_the_emergency() -> None:
    """The public review, once what was used stands in the index."""
    review = EmergencyReview.objects.filter(written_at=None).select_related("offer").first()
    if review is not None:
        reviewing.write_review(review, finding=_FINDING, follows=_FOLLOWS, **_authority(_SECOND_REVIEWER))


def _declare(dataset: Dataset) -> StandingOffer:
    terms = OfferTerms(
        requesters=[_JOINED_BY, "CAB"],
        purposes=[_PURPOSE],
        methods=["VERIFY"],
        facts={"resident_in_city": {}},
        legal_basis=[_LAW],
        not_after=timezone.now() + _LASTS,
        retention_days=7,
        title={"en": "Flats after the flood", "zh": "洪水后的临时安置住房"},
    )
    return drafting.draft_emergency(terms, reason=_REASON, dataset=dataset, **_authority(REVIEWER))


def _use(agreement: Agreement) -> None:
    signer = system_signer(f"{_SYSTEM}/system-1")
    for number, key in enumerate(_ASKED_ABOUT, start=1):
        subject = str(load_residents()[key]["identifiers"][0]["id"])
        asked = {"purpose": _PURPOSE, "case": f"FLOOD-{number}", "officer": "automatic", "subject": subject}
        call(signer, agreement.agreement_id, "verify", {**asked, "facts": [{"fact": "resident_in_city", "with": {}}]})


def _authority(username: str) -> dict[str, Any]:
    return {"acting_user": staff.person(username), "department": Department.objects.get(code=settings.AUTHORITY_DEPARTMENT)}
