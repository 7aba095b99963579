"""The paying department's side of a payment order: which there are, what one says, and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from exchange.accounts.acting import acting_as, departments_as
from exchange.accounts.models import Role
from exchange.affairs.errors import AnswerIncomplete, NoSuchCase
from exchange.affairs.licences.lifecycle import PaymentEvent
from exchange.affairs.licences.paying import answer, document_of_order
from exchange.affairs.licences.querysets import PaymentOrderQuerySet
from exchange.affairs.models import PaymentOrder
from exchange.affairs.recorded import by_officer, subject_of_case
from exchange.delivery.subjects import is_personal


def orders_for(person: Any) -> PaymentOrderQuerySet:
    """The orders that a department pays in which `person` is an officer now; none for anybody else."""
    return PaymentOrder.objects.paid_by(departments_as(person, Role.OFFICER)).select_related("case__version__matter")


def order_for(order_id: UUID, *, acting_user: Any) -> PaymentOrder:
    """One of them. Raises NoSuchCase, for somebody else's too."""
    found = orders_for(acting_user).filter(pk=order_id).first()
    if found is None:
        raise NoSuchCase(_("There is no such payment order."))
    return found


@transaction.atomic
def open_order(order: PaymentOrder, *, acting_user: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """(document, signature object), as the treasury needs them; the look is recorded first, and the citizen reads it."""
    acting_as(acting_user, order.payer, Role.OFFICER)
    subject, case = subject_of_case(order.case), order.case
    route: dict[str, Any] = {
        "type": "view",
        "event": "payment",
        "matter": case.version.matter_id,
        "case": case.number,
        "requester": order.payer,
        "provider": "",
        "purpose": str(case.version.content.get("purpose", "")),
        "count": 1,
    }
    officer = by_officer(acting_user).officer
    named = trail.PersonNamed(subject.kind, subject.identifier, "subject", case.number, officer, ["payment"], None)
    trail.record(route, persons=(named,) if is_personal(subject.kind) else ())
    return document_of_order(order), orjson.loads(order.signature)


def mark_paid(order: PaymentOrder, *, acting_user: Any) -> PaymentOrder:
    """The treasury has paid. Raises RoleNeeded for anybody but an officer of the paying department, CaseMoved."""
    acting_as(acting_user, order.payer, Role.OFFICER)
    with transaction.atomic():
        answer(order, PaymentEvent.PAY, by_officer(acting_user))
    return order


def mark_returned(order: PaymentOrder, *, because: str, acting_user: Any) -> PaymentOrder:
    """The bank sent the money back, for one of PaymentOrder.Returned. Raises as `mark_paid`, and AnswerIncomplete."""
    acting_as(acting_user, order.payer, Role.OFFICER)
    if because not in PaymentOrder.Returned.values:
        message = _("Say why the money came back.")
        raise AnswerIncomplete(message, faults=[Fault("because", "MISSING", message)])
    with transaction.atomic():
        answer(order, PaymentEvent.RETURN, by_officer(acting_user), because=because)
    return order
