"""After an emergency: what was used under it, counted from the log, and the review that the authority owes the public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from audit.models import EntryIndex
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing.errors import NotAskable, NotThatSide, StateChanged
from exchange.sharing.models import Agreement, EmergencyReview, StandingOffer
from exchange.sharing.offers.drafting import record_step
from exchange.sharing.offers.sides import authority_side
from exchange.sharing.offers.signing import joined_under

CALLS = ("exchange", "refusal")


@dataclass(frozen=True)
class PublicCount:
    """What `/transparency` says about emergencies: figures and published texts alone."""

    declared: int
    in_force: int
    joined: int
    exchanges: int
    subjects: int
    reviews_open: int
    reviews_closed: int


@transaction.atomic
def write_review(review: EmergencyReview, *, finding: str, follows: str, acting_user: Person, department: Department) -> EmergencyReview:
    """Close an emergency in public: what was used, what was found, what follows. Once, and only after it has ended.

    Raises NotThatSide, StateChanged, NotAskable.
    """
    if not authority_side(acting_user, department):
        raise NotThatSide(_("A reviewer of the sharing authority writes the review of an emergency."))
    now = timezone.now()
    if not StandingOffer.objects.with_review_open(now).filter(pk=review.offer_id).exists():
        raise StateChanged(_("The emergency is not over yet, or is reviewed already."), state=review.offer.state)
    texts = {"finding": finding, "follows": follows}
    faults = [
        Fault(name, "required", _("Write this for the public, without naming a person."))
        for name, text in texts.items()
        if not text.strip()
    ]
    if faults:
        raise NotAskable(_("A review says what was used and what follows."), faults=faults)
    done = {**texts, "used": used_under(review.offer), "written_by": acting_user, "written_at": now}
    if not EmergencyReview.objects.filter(pk=review.pk, written_at=None).update(**done):
        raise StateChanged(_("It is reviewed already."), state=review.offer.state)
    review.refresh_from_db()
    record_step(review.offer, "review", acting_user=acting_user, department=department)
    return review


def used_under(offer: StandingOffer) -> dict[str, Any]:
    """Exchanges, subjects and departments under an emergency, from the log's index, and the items that it opened."""
    names = list(joined_under(offer).exclude(act_seq=None).values_list("agreement_id", flat=True))
    rows = EntryIndex.objects.filter(agreement__in=names, type__in=CALLS).order_by()
    answered: Any = rows.filter(type="exchange").aggregate(calls=Count("entry"), subjects=Sum("count"))
    by: Any = rows.values("requester").annotate(calls=Count("entry")).order_by("requester")
    return {
        "joined": len(names),
        "exchanges": answered["calls"],
        "subjects": answered["subjects"] or 0,
        "refused": rows.filter(type="refusal").count(),
        "by_requester": {row["requester"]: row["calls"] for row in by},
        "items": list(offer.document["items"]),
        "facts": [fact["fact"] for fact in offer.document["facts"]],
    }


def public_count(now: datetime) -> PublicCount:
    """The figures of all emergencies so far."""
    rows = StandingOffer.objects.emergencies()
    hashes = list(rows.values_list("offer_hash", flat=True))
    names = list(Agreement.objects.filter(offer_hash__in=hashes).exclude(act_seq=None).values_list("agreement_id", flat=True))
    used: Any = EntryIndex.objects.filter(agreement__in=names, type="exchange").order_by().aggregate(calls=Count("entry"), of=Sum("count"))
    return PublicCount(
        declared=len(hashes),
        in_force=rows.filter(state="IN_FORCE", not_after__gte=now).count(),
        joined=len(names),
        exchanges=used["calls"],
        subjects=used["of"] or 0,
        reviews_open=StandingOffer.objects.with_review_open(now).count(),
        reviews_closed=EmergencyReview.objects.exclude(written_at=None).count(),
    )
