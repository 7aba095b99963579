"""What people do with exports: either side, or the authority, cancels one; its rows are removed at once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.models import Department
from exchange.accounts.acting import roles_in
from exchange.accounts.errors import RoleNeeded
from exchange.accounts.models import Role
from exchange.delivery.exports import moves
from exchange.delivery.exports.errors import ExportEnded
from exchange.delivery.exports.lifecycle import OPEN, DeliveryEvent
from exchange.delivery.models import Delivery

REASON = "BY_AN_OFFICER"


def cancel(found: Delivery, *, acting_user: Any, department: Department) -> Delivery:
    """Cancel an export: the next piece does not leave. Raises RoleNeeded (403) or ExportEnded (409)."""
    if not may_cancel(found, acting_user, department):
        raise RoleNeeded(_("An officer of either party, or a reviewer of the authority, cancels an export."))
    if not moves.end(found, DeliveryEvent.CANCEL, reason=REASON, acting=str(acting_user.pk), side=department.code):
        raise ExportEnded(_("The export has ended meanwhile; look at it again."), state=found.state)
    return found


def may_cancel(found: Delivery, person: Any, department: Department) -> bool:
    """Whether this person takes that step, acting for this department."""
    roles = roles_in(person, department)
    if department.code in (found.requester, found.provider) and Role.OFFICER in roles:
        return True
    return department.code == settings.AUTHORITY_DEPARTMENT and Role.REVIEWER in roles


def can_be_cancelled(found: Delivery, person: Any, department: Department) -> bool:
    """The same, while the export is open."""
    return found.state in OPEN and may_cancel(found, person, department)
