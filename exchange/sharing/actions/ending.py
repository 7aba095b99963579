"""Suspending, resuming and revoking: signed acts of either side or the authority, each with a reason and a ground."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from audit.errors import Fault
from audit.ground import log_origin
from audit.proof.canonical import fresh_nonce
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing import jurisdiction
from exchange.sharing.clocks import reminders
from exchange.sharing.errors import NotAskable, NotThatSide
from exchange.sharing.lifecycle import AgreementEvent, Side
from exchange.sharing.models import Agreement, ReminderKind
from exchange.sharing.moves import move_agreement
from exchange.sharing.projection import folded
from exchange.sharing.sides import require_agreement_step
from exchange.sharing.signing import HandedIn, signed_order


@transaction.atomic
def suspend(
    agreement: Agreement, *, reason: str, ground: str, acting_user: Person, department: Department, handed: HandedIn | None = None
) -> Agreement:
    """Stop an agreement until the same side resumes it: the next batch refuses."""
    return _act(agreement, AgreementEvent.SUSPEND, reason_words(reason, ground), acting_user, department, handed)


@transaction.atomic
def revoke(
    agreement: Agreement, *, reason: str, ground: str, acting_user: Person, department: Department, handed: HandedIn | None = None
) -> Agreement:
    """End an agreement for ever: the next batch refuses, and only a new request opens it again."""
    return _act(agreement, AgreementEvent.REVOKE, reason_words(reason, ground), acting_user, department, handed)


@transaction.atomic
def resume(agreement: Agreement, *, reason: str, acting_user: Person, department: Department, handed: HandedIn | None = None) -> Agreement:
    """Lift one's own side's suspension; what another side suspended stays suspended. Raises NotThatSide."""
    return _act(agreement, AgreementEvent.RESUME, reason_words(reason, "CAUSE_REMOVED"), acting_user, department, handed)


def reason_words(reason: str, ground: str) -> dict[str, str]:
    """A reason and a coded ground as orders carry them. Raises NotAskable with every fault."""
    faults = []
    if not reason.strip():
        faults.append(Fault("reason", "required", _("Write why, so that the other side can act on it.")))
    if ground not in jurisdiction.ending_grounds():
        codes = ", ".join(jurisdiction.ending_grounds())
        faults.append(Fault("ground", "unknown", _("Choose a ground among: %(codes)s.") % {"codes": codes}))
    if faults:
        raise NotAskable(_("This needs a reason and a ground."), faults=faults)
    return {"text": reason, "ground": ground}


def _act(
    agreement: Agreement,
    event: AgreementEvent,
    reason: dict[str, str],
    acting_user: Person,
    department: Department,
    handed: HandedIn | None,
) -> Agreement:
    side = require_agreement_step(acting_user, department, agreement, event)
    order: dict[str, Any] = {
        "type": event.value,
        "target": agreement.agreement_id,
        "reason": reason,
        "hub": log_origin(),
        "nonce": fresh_nonce(),
    }
    if event is AgreementEvent.RESUME:
        order["suspend"] = _own_suspension(agreement, side)
    role = side.value.lower()
    order, signature = signed_order(order, department.code, role=role, now=timezone.now(), handed=handed)
    acts.append(order, [signature], acting_user=acting_user)
    after = folded(agreement.agreement_id, acts.standing())
    move_agreement(agreement, event, acting_user=acting_user, department=department, note=reason["text"], **after)
    if event is AgreementEvent.REVOKE:
        reminders.settle(agreement.agreement_id, ReminderKind.AGREEMENT_ENDS)
    return agreement


def _own_suspension(agreement: Agreement, side: Side) -> str:
    standing = acts.standing().agreements.get(agreement.agreement_id)
    found = standing.suspended_by.get(side.value.lower()) if standing else None
    if found is None:
        raise NotThatSide(_("Your side has not suspended it: the side that did must resume."))
    return found
