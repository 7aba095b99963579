"""What a granted case ends in: the licence, the orders to pay, and what becomes of both.

The tables of this room need this package's lifecycle, so what stands on the tables is imported where it is called.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exchange.affairs.licences.lifecycle import LicenceStatus
    from exchange.affairs.models import Case, Decision, Licence, PaymentOrder
    from exchange.affairs.rules import Judgement


def issue(case: Case, decision: Decision, judgement: Judgement, *, at: datetime) -> Licence:
    """Issue the licence of a granting decision, and the order to pay where it grants money, in the caller's transaction.

    An earlier licence of the case becomes CHANGED, what it still had ordered is stopped. Safe to run twice for one
    decision: the second time gives the first one's licence.
    """
    from exchange.affairs.licences import issuing

    return issuing.issue(case, decision, judgement, at=at)


def change_status(
    licence: Licence, *, status: LicenceStatus, reason: str, acting_user: Any = None, acting_system: str | None = None
) -> Licence:
    """Make a licence CHANGED or REVOKED, with the reason that its holder reads; one entry of the log.

    A revoked licence stops the payments that are ordered. Raises NotThisOfficer, CaseMoved, AnswerIncomplete.
    """
    from exchange.affairs.licences import standing

    return standing.change_status(licence, status=status, reason=reason, acting_user=acting_user, acting_system=acting_system)


def order_month(licence: Licence, *, month: str, at: datetime) -> PaymentOrder | None:
    """Order a later month's money (`2026-12`) for a licence that holds; None where there is none to pay. Safe to run twice."""
    from exchange.affairs.licences import paying

    return paying.order_month(licence, month=month, at=at)
