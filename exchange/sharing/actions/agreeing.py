"""Signing: the provider's signature where its key is elsewhere, and the requester's, from which the agreement is in force."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing import projection
from exchange.sharing.clocks import reminders
from exchange.sharing.errors import NotAskable, NotThatSide, StateChanged
from exchange.sharing.lifecycle import AgreementEvent
from exchange.sharing.models import Agreement, ReminderKind
from exchange.sharing.moves import move_agreement
from exchange.sharing.sides import require_agreement_step
from exchange.sharing.signing import HandedIn, document_certificate, sign, verified


@transaction.atomic
def provide_signature(agreement: Agreement, *, signature: dict[str, Any], acting_user: Person, department: Department) -> None:
    """Hand in the provider's signature over `agreement.order`, made with the department's own key."""
    require_agreement_step(acting_user, department, agreement, AgreementEvent.PROVIDE_SIGNATURE)
    if not agreement.waits_for_provider:
        raise StateChanged(_("The provider has signed already."))
    certificate = document_certificate(acts.standing(), str(agreement.document["provider"]), now=timezone.now())
    good = verified(HandedIn(agreement.order, signature), certificate, role="provider")
    move_agreement(agreement, AgreementEvent.PROVIDE_SIGNATURE, acting_user=acting_user, department=department, provider_signature=good)


@transaction.atomic
def sign_agreement(
    agreement: Agreement, *, acting_user: Person, department: Department, signature: dict[str, Any] | None = None
) -> Agreement:
    """Sign for the requester and append the `agree` act: in force from it. `signature` where the key is elsewhere.

    Raises NotThatSide, StateChanged, FourEyes, KeyElsewhere (with the order to sign), OrderRefused.
    """
    require_agreement_step(acting_user, department, agreement, AgreementEvent.SIGN)
    if agreement.document["requester"] != department.code:
        raise NotThatSide(_("The text of this agreement names another requester."))
    if agreement.waits_for_provider:
        raise NotAskable(_("The provider has not signed yet."), code="PROVIDER_FIRST")
    certificate = document_certificate(acts.standing(), department.code, now=timezone.now())
    if signature is None:
        own = sign(agreement.order, certificate, role="requester")
    else:
        own = verified(HandedIn(agreement.order, signature), certificate, role="requester")
    signatures = [own] if agreement.offer_hash else [agreement.provider_signature or {}, own]
    act = acts.append(agreement.order, signatures, acting_user=acting_user)
    done: dict[str, Any] = {"requester_signature": own, "signed_by": acting_user, "act_seq": act.seq}
    move_agreement(agreement, AgreementEvent.SIGN, acting_user=acting_user, department=department, **done)
    projection.supersede(agreement, acts.standing())
    if agreement.document.get("supersedes"):
        reminders.settle(str(agreement.document["supersedes"]), ReminderKind.AGREEMENT_ENDS)
    return agreement
