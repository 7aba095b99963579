"""The payment order as a document: canonical JSON that the treasury checks by its signature alone. Pure but for the signer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audit.proof.canonical import Document, fresh_nonce
from exchange.affairs.rules.matter import Benefit

KIND = "payment-order"  # signed as mianzheng/payment-order/v1
ROLE = "payer"


@dataclass(frozen=True)
class Account:
    """Where the money goes. A register gives the bank and four digits, the citizen (`source` CITIZEN) a whole number."""

    bank: str
    last_four: str
    source: str
    number: str = ""

    def __repr__(self) -> str:
        return f"Account({self.source!r}, …)"

    def document(self) -> Document:
        """As it stands in the order."""
        known: Document = {"bank": self.bank, "last_four": self.last_four, "source": self.source}
        return known | ({"number": self.number} if self.number else {})


@dataclass(frozen=True)
class OrderTerms:
    """What one order says; `months` are those that it pays for (`2026-11`)."""

    order_id: str
    attempt: int
    case_number: str
    matter: str
    licence_id: str
    payer: str
    account: Account | None
    benefits: Sequence[Benefit]
    months: Sequence[str]
    already_paid: Decimal
    ordered_at: str
    pay_by: date
    hub: str


def due(benefits: Sequence[Benefit], months: Sequence[str]) -> list[tuple[Benefit, Decimal]]:
    """What is owed of each benefit of money for these months: once, or for each month."""
    paid = (benefit for benefit in benefits if benefit.grant.kind == "money")
    return [(benefit, Decimal(benefit.grant.amount) * (len(months) if benefit.grant.per == "month" else 1)) for benefit in paid]


def document_of(terms: OrderTerms) -> Document:
    """The order. Amounts are decimal text with two places."""
    owed = due(terms.benefits, terms.months)
    total = sum((amount for _, amount in owed), Decimal()) - terms.already_paid
    return {
        "order": terms.order_id,
        "attempt": terms.attempt,
        "case": terms.case_number,
        "matter": terms.matter,
        "licence": terms.licence_id,
        "payer": terms.payer,
        "account": terms.account.document() if terms.account else None,
        "amount": f"{total:.2f}",
        "currency": owed[0][0].grant.currency,
        "benefits": [{"code": benefit.code, "amount": f"{amount:.2f}"} for benefit, amount in owed],
        "already_paid": f"{terms.already_paid:.2f}",
        "months": list(terms.months),
        "ordered_at": terms.ordered_at,
        "pay_by": terms.pay_by.isoformat(),
        "hub": terms.hub,
        "nonce": fresh_nonce(),
    }
