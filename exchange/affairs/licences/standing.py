"""Changes what a licence is worth: replaced, or revoked by an officer of its matter or by the engine."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from exchange.accounts.acting import acting_as, in_place_of
from exchange.accounts.models import Role
from exchange.affairs import sealing
from exchange.affairs.errors import AnswerIncomplete, NotThisOfficer
from exchange.affairs.licences import paying
from exchange.affairs.licences.lifecycle import LicenceEvent, LicenceStatus
from exchange.affairs.licences.moves import move_licence
from exchange.affairs.models import Case, Licence, MatterUserObjectPermission
from exchange.affairs.reading import plan_of
from exchange.affairs.recorded import THE_HUB, By, by_officer, record_step, subject_of_case

REPLACED = "REPLACED"
_EVENTS = {LicenceStatus.CHANGED: LicenceEvent.CHANGE, LicenceStatus.REVOKED: LicenceEvent.REVOKE}
_PERMISSION = "officer_of_matter"


def change_status(licence: Licence, *, status: LicenceStatus, reason: str, acting_user: Any, acting_system: str | None) -> Licence:
    """See exchange.affairs.licences.change_status."""
    if (acting_user is None) == (acting_system is None):
        raise TypeError("either a person or a system acts")
    if acting_user is not None:
        require_officer(licence.case, acting_user)
    event = _EVENTS[LicenceStatus(status)]
    _require_reason(reason)
    with transaction.atomic():
        _change(licence, event, reason.strip(), by_officer(acting_user) if acting_user else THE_HUB)
        paying.stop_ordered(licence)
    return licence


def replace_earlier(case: Case) -> None:
    """Make the licence that holds so far CHANGED: a later decision takes its place. In the caller's transaction.

    Of a matter that pays, also those of the person's earlier applications, so that nobody receives the same twice. What
    these had ordered stays ordered, and is taken off the new order.
    """
    for licence in case.licences.filter(status=LicenceStatus.VALID):
        _change(licence, LicenceEvent.CHANGE, REPLACED, THE_HUB)
        paying.stop_ordered(licence)
    if plan_of(case).payment is not None:
        for licence in Licence.objects.beside(case).filter(status=LicenceStatus.VALID).select_related("case__version__matter"):
            _change(licence, LicenceEvent.CHANGE, REPLACED, THE_HUB)


def reason_of(licence: Licence) -> str:
    """Why it does not hold any more, for its holder; empty while it does. REPLACED where a later one took its place."""
    if not licence.reason:
        return ""
    return str(sealing.unseal(subject_of_case(licence.case), licence.reason, context=_context(licence)))


def require_officer(case: Case, person: Any) -> None:
    """Return when `person` is an officer of the case's matter, now. Raises RoleNeeded or NotThisOfficer."""
    matter = case.version.matter
    acting_as(person, matter.lead_id, Role.OFFICER)
    rows = MatterUserObjectPermission.objects.filter(user=in_place_of(person), content_object=matter, permission__codename=_PERMISSION)
    if not rows.exists():
        raise NotThisOfficer(_("You do not decide cases of this matter. Ask your administrator."))


def _change(licence: Licence, event: LicenceEvent, reason: str, by: By) -> None:
    leaf = record_step(licence.case, f"licence_{event.value}d", by=by)
    sealed = sealing.seal(subject_of_case(licence.case), reason, context=_context(licence))
    move_licence(licence, event, changed_at=timezone.now(), reason=sealed, leaf=leaf)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        fault = Fault("reason", "MISSING", _("Give the reason. The holder reads it."))
        raise AnswerIncomplete(_("Give the reason. The holder reads it."), faults=[fault])


def _context(licence: Licence) -> str:
    return f"licence:{licence.id}:reason"
