"""What a grant brought: the licence with its QR code, and the money: to which card, by when, whether it arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from exchange.affairs.models import Case, Licence, PaymentOrder
from exchange.portal.citizen import words
from exchange.portal.tones import Face


@dataclass(frozen=True)
class Payment:
    """One order to pay, as the person reads it."""

    month: str
    face: Face
    amount: str
    currency: str
    bank: str
    last_four: str
    pay_by: date
    returned: str

    @property
    def edge(self) -> str:
        """The tone of its card's edge."""
        return words.edge_of(self.face)


def licences_of(case: Case) -> list[Licence]:
    """The licences of an application, the newest first."""
    return list(case.licences.all())


def payments_of(case: Case) -> list[Payment]:
    """The orders to pay, the newest first."""
    return [_payment(order) for order in case.payments.all()]


def _payment(order: PaymentOrder) -> Payment:
    from exchange.affairs.licences.paying import document_in

    document: Mapping[str, Any] = document_in(order)
    account = document.get("account") or {}
    return Payment(
        month=order.month,
        face=words.PAYMENTS[order.state],
        amount=document["amount"],
        currency=document["currency"],
        bank=account.get("bank", ""),
        last_four=account.get("last_four", ""),
        pay_by=order.pay_by,
        returned=str(order.get_returned_because_display()) if order.returned_because else "",
    )
