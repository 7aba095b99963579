"""The one way in which licences and payment orders change: a conditional UPDATE of a row of the lifecycle table."""

from __future__ import annotations

from typing import Any

from exchange.affairs.licences.lifecycle import LICENCE, PAYMENT, LicenceEvent, PaymentEvent
from exchange.affairs.models import Licence, PaymentOrder
from exchange.affairs.moves import moved_on


def move_licence(licence: Licence, event: LicenceEvent, **changes: Any) -> None:
    """Move `licence` by `event`, other columns with it. Zero rows: CaseMoved (409)."""
    sources, target = LICENCE[event]
    if not Licence.objects.filter(pk=licence.pk, status__in=sources).update(status=target, **changes):
        raise moved_on()
    licence.refresh_from_db()


def move_payment(order: PaymentOrder, event: PaymentEvent, **changes: Any) -> None:
    """The same for a payment order."""
    sources, target = PAYMENT[event]
    if not PaymentOrder.objects.filter(pk=order.pk, state__in=sources).update(state=target, **changes):
        raise moved_on()
    order.refresh_from_db()
