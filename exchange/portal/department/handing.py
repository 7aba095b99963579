"""Where a department keeps its key: a step is prepared under a number, and `hub sign` takes it on the department's own machine."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from audit import acts
from exchange.portal.department.desk import Desk
from exchange.sharing.errors import KeyElsewhere
from exchange.sharing.models import Agreement, StandingOffer, WaitingOrder
from exchange.sharing.offers.handing import Prepared, prepare
from exchange.sharing.signing import document_certificate


def prepared_elsewhere(
    desk: Desk, thing: Agreement | StandingOffer, step: str, elsewhere: KeyElsewhere, words: dict[str, str]
) -> WaitingOrder:
    """The step that the hub cannot sign, waiting under its number."""
    data: dict[str, Any] = elsewhere.data
    return prepare(Prepared(step, data["order"], data["keyid"], data["role"], words), thing, **desk.acting)


def prepared_for_owner(desk: Desk, agreement: Agreement) -> WaitingOrder:
    """The owner's signature under a fixed text, waiting under its number."""
    certificate = document_certificate(acts.standing(), desk.department.code, now=timezone.now())
    return prepare(Prepared("provide_signature", agreement.order, certificate.keyid, "provider", {}), agreement, **desk.acting)


def command(order: WaitingOrder) -> str:
    """What to type on the department's machine."""
    return f"hub sign {order.number} --base-url {settings.PUBLIC_URLS[0]}"


def words_of(data: dict[str, Any]) -> dict[str, str]:
    """Reason and ground of a form, as the step needs them again."""
    return {name: data[name] for name in ("reason", "ground") if name in data}
