"""The lifecycles of this room, for docs/lifecycles.md."""

from __future__ import annotations

from exchange.affairs.counter.lifecycle import VISIT
from exchange.affairs.licences.lifecycle import LICENCE, PAYMENT
from exchange.affairs.lifecycle import CASE, CASE_SIDES, EVIDENCE, EVIDENCE_SIDES, OBJECTION, OBJECTION_SIDES
from exchange.affairs.offers.lifecycle import OFFER, RUN
from exchange.sharing.lifecycle_page import Section, add_sections


def add_to_page() -> None:
    """In the order in which a citizen meets them."""
    add_sections(
        Section("Case", CASE, CASE_SIDES),
        Section("Piece of evidence", EVIDENCE, EVIDENCE_SIDES),
        Section("Objection and appeal", OBJECTION, OBJECTION_SIDES),
        Section("Licence", LICENCE),
        Section("Payment order", PAYMENT),
        Section("Monthly run", RUN),
        Section("Offer", OFFER),
        Section("Visit at a counter", VISIT),
    )
