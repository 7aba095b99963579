"""Orders the treasury to pay: after a decision, each later month, and again to another account where money came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault, Missing
from audit.ground import log_origin
from audit.proof.canonical import Document
from audit.proof.keys import sign_document
from exchange.affairs import sealing
from exchange.affairs.applicants import Applicant
from exchange.affairs.errors import Altered, AnswerIncomplete
from exchange.affairs.licences import months
from exchange.affairs.licences.accounts import BY_CITIZEN, account_of, named_account
from exchange.affairs.licences.lifecycle import LicenceStatus, PaymentEvent, PaymentState
from exchange.affairs.licences.moves import move_payment
from exchange.affairs.licences.orders import KIND, ROLE, Account, OrderTerms, document_of, due
from exchange.affairs.licences.signing import payer_signer
from exchange.affairs.models import Case, Licence, PaymentOrder
from exchange.affairs.moves import moved_on
from exchange.affairs.reading import found_of, judgement_of, plan_of
from exchange.affairs.recorded import THE_HUB, By, record_step, subject_of_case
from exchange.affairs.rules import Found
from exchange.affairs.rules.matter import Benefit, MatterPlan

_DECISION_MONTH = "month_of_decision"


@dataclass(frozen=True)
class _Wanted:
    """One payment to be ordered: what for, to where, in which attempt."""

    benefits: Sequence[Benefit]
    months: Sequence[str]
    account: Account | None
    attempt: int = 1
    already_paid: Decimal = Decimal()


def order_first(licence: Licence, *, benefits: Sequence[Benefit], found: Mapping[str, Found], at: datetime) -> PaymentOrder | None:
    """The order that follows a decision: from the month that the matter names to the month of the decision.

    What the case was paid for before is taken off, and what another application of the person is paid for these months.
    None where the decision grants no money, or all of it is paid.
    """
    plan = plan_of(licence.case)
    money = [benefit for benefit in benefits if benefit.grant.kind == "money"]
    if not money or plan.payment is None:
        return None
    span = months.months_between(_first_month(licence, money), months.month_of(licence.valid_from))
    paid = _paid_before(licence.case) + _paid_beside(licence.case, span)
    if sum((amount for _, amount in due(money, span)), Decimal()) <= paid:
        return None
    return _order(licence, plan, _Wanted(money, span, account_of(plan, found), already_paid=paid), at)


def order_month(licence: Licence, *, month: str, at: datetime) -> PaymentOrder | None:
    """See exchange.affairs.licences.order_month. What went to another account before goes there again."""
    from exchange.affairs.licences.issuing import granted_benefits

    last = months.month_of(licence.valid_until) if licence.valid_until else month
    if licence.status != LicenceStatus.VALID or not months.month_of(licence.valid_from) < month <= last:
        return None
    plan = plan_of(licence.case)
    granted = granted_benefits(plan, licence.decision, judgement_of(licence.decision))
    monthly = [benefit for benefit in granted if benefit.grant.kind == "money" and benefit.grant.per == "month"]
    if not monthly or plan.payment is None:
        return None
    with transaction.atomic():
        before = licence.payments.filter(month=month).first()
        if before is not None:
            return before
        order = _order(licence, plan, _Wanted(monthly, (month,), _account_now(licence, plan)), at)
        record_step(licence.case, "payment_ordered", by=THE_HUB)
    return order


def pay_to_other_account(order: PaymentOrder, *, bank: str, number: str, applicant: Applicant) -> PaymentOrder:
    """After money came back: order it again, to the account that the citizen names. Raises CaseMoved, AnswerIncomplete."""
    if order.case.subject_blind != applicant.subject.blind:
        raise Missing()
    account = named_account({"bank": bank.strip(), "number": number}, BY_CITIZEN)
    if account is None or not account.number.isdigit() or not 8 <= len(account.number) <= 32:
        raise _incomplete("number", _("Give the bank's name and the whole account number, digits only."))
    with transaction.atomic():
        _require_newest_returned(order)
        plan, old = plan_of(order.case), document_of_order(order)
        wanted = _Wanted(_benefits_in(plan, old), old["months"], account, order.attempt + 1, Decimal(old["already_paid"]))
        again = _order(order.licence, plan, wanted, timezone.now(), month=order.month)
        record_step(order.case, "payment_ordered", by=By(applicant.by))
    return again


def stop_ordered(licence: Licence) -> None:
    """Stop what is ordered and not paid yet, where the licence does not hold any more. In the caller's transaction."""
    for order in licence.payments.select_for_update().filter(state=PaymentState.ORDERED):
        answer(order, PaymentEvent.STOP, THE_HUB)


def document_of_order(order: PaymentOrder) -> dict[str, Any]:
    """The signed document of an order, opened. Raises Altered where the row names another payer than was signed."""
    document: dict[str, Any] = sealing.unseal(subject_of_case(order.case), order.document, context=_context(order))
    if document["payer"] != order.payer:
        raise Altered
    return document


def _order(licence: Licence, plan: MatterPlan, wanted: _Wanted, at: datetime, month: str = "") -> PaymentOrder:
    """Write and sign one order. Without an account it comes back at once, and says so to the citizen."""
    ordered_on = timezone.localdate(at)
    by_day = plan.payment.by_day if plan.payment else 15
    order = PaymentOrder(
        id=uuid4(),
        case=licence.case,
        licence=licence,
        payer=plan.lead,
        month=month or (wanted.months[-1] if wanted.months else months.month_of(ordered_on)),
        attempt=wanted.attempt,
        pay_by=months.pay_by(ordered_on, by_day),
        ordered_at=at,
    )
    document = document_of(_terms(order, wanted))
    order.document = sealing.seal(subject_of_case(licence.case), document, context=_context(order))
    order.signature = orjson.dumps(_signed(document, order.payer, at)).decode()
    order.save(force_insert=True)
    if wanted.account is None:
        answer(order, PaymentEvent.RETURN, THE_HUB, because=PaymentOrder.Returned.NO_ACCOUNT)
    return order


def _terms(order: PaymentOrder, wanted: _Wanted) -> OrderTerms:
    return OrderTerms(
        order_id=str(order.id),
        attempt=wanted.attempt,
        case_number=order.case.number,
        matter=order.case.version.matter_id,
        licence_id=order.licence_id,
        payer=order.payer,
        account=wanted.account,
        benefits=wanted.benefits,
        months=wanted.months,
        already_paid=wanted.already_paid,
        ordered_at=_utc(order.ordered_at),
        pay_by=order.pay_by,
        hub=log_origin(),
    )


def _signed(document: Document, payer: str, at: datetime) -> Document:
    return sign_document(payer_signer(payer), kind=KIND, document=document, role=ROLE, signed_at=_utc(at))


def answer(order: PaymentOrder, event: PaymentEvent, by: By, *, because: str = "") -> None:
    """Move an order by what became of it; one entry. In the caller's transaction. Raises CaseMoved."""
    word = {PaymentEvent.PAY: "payment_paid", PaymentEvent.RETURN: "payment_returned", PaymentEvent.STOP: "payment_stopped"}[event]
    leaf = record_step(order.case, word, by=by)
    move_payment(order, event, answered_at=timezone.now(), returned_because=because, leaf=leaf)


def _first_month(licence: Licence, money: Sequence[Benefit]) -> str:
    if all(benefit.grant.starts == _DECISION_MONTH for benefit in money):
        return months.month_of(licence.valid_from)
    applied = licence.case.submitted_at or licence.case.started_at
    return months.month_of(timezone.localdate(applied))


def _paid_before(case: Case) -> Decimal:
    paid = PaymentOrder.objects.filter(case=case, state=PaymentState.PAID).select_related("case")
    return sum((Decimal(document_of_order(order)["amount"]) for order in paid), Decimal())


def _paid_beside(case: Case, span: Sequence[str]) -> Decimal:
    """What the person's other applications for the same matter are paid, or will be, for months of `span`."""
    counts = (PaymentState.PAID, PaymentState.ORDERED)
    orders = PaymentOrder.objects.filter(licence__in=Licence.objects.beside(case), state__in=counts).select_related("case")
    return sum((_share(document_of_order(order), span) for order in orders), Decimal())


def _share(document: dict[str, Any], span: Sequence[str]) -> Decimal:
    """The part of an order that is for months of `span`; all of it where it is for no month."""
    paid = document["months"]
    whole = Decimal(document["amount"])
    return (whole * len(set(paid) & set(span)) / len(paid)).quantize(Decimal("0.01")) if paid else whole


def _account_now(licence: Licence, plan: MatterPlan) -> Account | None:
    """The account of the newest order, which may be one that the citizen named later; else by the evidence."""
    newest = licence.payments.order_by("-month", "-attempt").first()
    known = document_of_order(newest)["account"] if newest else None
    return Account(**known) if known else account_of(plan, found_of(licence.case))


def _benefits_in(plan: MatterPlan, document: dict[str, Any]) -> list[Benefit]:
    codes = {benefit["code"] for benefit in document["benefits"]}
    return [benefit for benefit in plan.benefits if benefit.code in codes]


def _require_newest_returned(order: PaymentOrder) -> None:
    order.refresh_from_db()
    holds = Licence.objects.select_for_update().filter(pk=order.licence_id, status=LicenceStatus.VALID).exists()
    newer = PaymentOrder.objects.filter(licence=order.licence_id, month=order.month, attempt__gt=order.attempt)
    if not holds or order.state != PaymentState.RETURNED or newer.exists():
        raise moved_on()


def _incomplete(where: str, message: str) -> AnswerIncomplete:
    return AnswerIncomplete(message, faults=[Fault(where, "MISSING", message)])


def _context(order: PaymentOrder) -> str:
    return f"payment:{order.id}"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
