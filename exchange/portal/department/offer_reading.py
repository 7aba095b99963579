"""An offer made readable: the text in words, who may take it up and who has, and what this reader may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from audit import acts
from audit.proof.canonical import document_hash, dumps
from catalog.models import Department, Purpose
from exchange.portal.department import words
from exchange.portal.department.agreement_reading import Line, fact_lines, item_lines
from exchange.portal.department.desk import Desk
from exchange.sharing import jurisdiction
from exchange.sharing.lifecycle import OfferState
from exchange.sharing.models import Agreement, EmergencyReview, StandingOffer
from exchange.sharing.offers.joining import may_join
from exchange.sharing.offers.reviewing import used_under
from exchange.sharing.offers.sides import authority_side, offer_steps
from exchange.sharing.offers.signing import joined_under


@dataclass(frozen=True)
class Party:
    """A department that an offer names, and its agreements under it."""

    department: Department
    agreements: tuple[Agreement, ...]


@dataclass(frozen=True)
class ShownOffer:
    """Everything that the page of an offer says."""

    offer: StandingOffer
    state: str
    text: Mapping[str, Any]
    items: list[Line]
    facts: list[Line]
    purposes: list[str]
    methods: list[str]
    rows: list[str]
    parties: list[Party]
    allowed: frozenset[str]
    may_join: bool

    @property
    def hash(self) -> str:
        """The hash of the signed text: what acts call the offer."""
        return document_hash(dict(self.text))

    @property
    def canonical(self) -> str:
        """The bytes of the order that is signed, as text."""
        return dumps(dict(self.offer.order)).decode()

    @property
    def ending(self) -> dict[str, Any]:
        """Why it was last suspended, resumed or revoked: text and ground."""
        reason = self.offer.state_reason or {}
        return {"text": reason.get("text", ""), "ground": jurisdiction.ending_grounds().get(str(reason.get("ground", "")))}


def offer_rows(desk: Desk) -> Any:
    """Offers that the person may see, with what their page shows."""
    return StandingOffer.objects.visible_to(desk.person).select_related("dataset__current_version", "dataset__provider", "provider")


def shown_offer(desk: Desk, offer: StandingOffer) -> ShownOffer:
    """One offer, readable."""
    text = offer.document
    version = offer.dataset.current_version
    described: Mapping[str, Any] = version.content if version else {}
    titles = {purpose.code: purpose.title for purpose in Purpose.objects.filter(code__in=text["purposes"])}
    return ShownOffer(
        offer=offer,
        state=offer.state_at(timezone.now()).value,
        text=text,
        items=item_lines(text, described),
        facts=fact_lines(text, described),
        purposes=[f"{titles.get(code, code)} ({code})" for code in text["purposes"]],
        methods=[words.method_word(method) for method in text["methods"]],
        rows=list(words.filter_lines(text["row_filter"] or {}, described)),
        parties=_parties(desk, offer),
        allowed=frozenset(event.value for event in offer_steps(desk.person, desk.department, offer)),
        may_join=offer.state == OfferState.IN_FORCE
        and may_join(offer, acts.standing(), acting_user=desk.person, department=desk.department),
    )


def review_of(desk: Desk, offer: StandingOffer) -> dict[str, Any]:
    """The review of an emergency: what it says, or that it is due, and whether this reader writes it."""
    if not offer.is_emergency:
        return {}
    review = EmergencyReview.objects.filter(offer=offer).first()
    is_due = StandingOffer.objects.with_review_open(timezone.now()).filter(pk=offer.pk).exists()
    may_write = is_due and authority_side(desk.person, desk.department)
    return {"review": review, "is_review_due": is_due, "may_review": may_write, "used": used_under(offer)}


def _parties(desk: Desk, offer: StandingOffer) -> list[Party]:
    """Those of an offer's departments that the reader may know: all for its owner and the authority, else the own one."""
    joined = joined_under(offer).filter(pk__in=Agreement.objects.visible_to(desk.person)).exclude(act_seq=None)
    by_code: dict[str, list[Agreement]] = {}
    for row in joined.order_by("-created_at"):
        by_code.setdefault(row.requester_id, []).append(row)
    return [Party(row, tuple(by_code.get(row.code, ()))) for row in Department.objects.filter(code__in=offer.document["requesters"])]
