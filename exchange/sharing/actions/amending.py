"""Changing or renewing an agreement in force: a draft filled with its terms, that takes its place without a gap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from audit.proof.acts import AgreementState as FoldedState
from catalog.models import Department, Purpose
from exchange.accounts.acting import acting_as
from exchange.accounts.models import Person, Role
from exchange.sharing.actions.asking import PartTerms, RequestWords, draft_request
from exchange.sharing.errors import NotThatSide, StateChanged
from exchange.sharing.lifecycle import PartState
from exchange.sharing.models import Agreement, RequestPart
from exchange.sharing.quota import terms_of_quota

_UNDECIDED = (PartState.DRAFT, PartState.RETURNED, PartState.SUBMITTED, PartState.CHECKED)
LONGEST_AGAIN = timedelta(days=365)


@transaction.atomic
def amend(agreement: Agreement, *, acting_user: Person, department: Department) -> RequestPart:
    """Begin a request that would replace `agreement`, with everything as it is; a change that was begun already is found again.

    The old one works until the act of the new one. Raises RoleNeeded, NotThatSide, StateChanged.
    """
    return _begin(agreement, until=agreement.period_until, acting_user=acting_user, department=department)


@transaction.atomic
def renew(agreement: Agreement, *, acting_user: Person, department: Department) -> RequestPart:
    """The same with a new period: from now, as long as the old one was, at most a year past its end."""
    length = min(agreement.period_until - agreement.period_from, LONGEST_AGAIN)
    until = max(agreement.period_until, timezone.now()) + length
    return _begin(agreement, until=until, acting_user=acting_user, department=department)


def may_be_replaced(agreement: Agreement) -> bool:
    """Whether the acts hold it in force, so that another may take its place; what came of an emergency ends with it."""
    standing = acts.standing()
    found = standing.agreements.get(agreement.agreement_id)
    if found is None or found.state is not FoldedState.IN_FORCE:
        return False
    return found.offer is None or standing.offers[found.offer].emergency is None


def _begin(agreement: Agreement, *, until: datetime, acting_user: Person, department: Department) -> RequestPart:
    acting_as(acting_user, department, Role.OFFICER)
    if agreement.requester_id != department.code:
        raise NotThatSide(_("The requester begins a change; the owner can suspend or revoke, and say what should change."))
    if not may_be_replaced(agreement):
        raise StateChanged(_("Only an agreement in force can be changed or renewed: ask anew."), state=agreement.state)
    begun = RequestPart.objects.filter(supersedes=agreement.agreement_id, request__requester=department, state__in=_UNDECIDED)
    found = begun.select_related("request", "dataset").order_by("-pk").first()
    if found is not None:
        return found
    request = draft_request(
        _words(agreement), parts={agreement.dataset: _terms(agreement, until)}, acting_user=acting_user, department=department
    )
    return RequestPart.objects.select_related("request", "dataset").get(request=request)


def terms_of(agreement: Agreement) -> PartTerms:
    """Everything that a change of an agreement begins with: its own terms and period."""
    return _terms(agreement, agreement.period_until)


def _words(agreement: Agreement) -> RequestWords:
    """What the first request said; the legal basis is the signed one."""
    text, before = agreement.document, agreement.part.request if agreement.part else None
    names = ("reason", "title", "recipients", "contact_office", "contact_telephone")
    said = {name: getattr(before, name) for name in names} if before else {}
    return RequestWords(Purpose.objects.get(code=text["purposes"][0]), legal_basis=text["legal_basis"], **said)


def _terms(agreement: Agreement, until: datetime) -> PartTerms:
    text: Mapping[str, Any] = agreement.document
    before = agreement.part
    quota: Mapping[str, Any] = terms_of_quota(text["quota"])
    wishes = [*before.items.all(), *before.facts.all()] if before else []
    return PartTerms(
        items=text["items"],
        facts={fact["fact"]: fact["with"] for fact in text["facts"]},
        methods=text["methods"],
        systems=text["systems"],
        row_filter=text["row_filter"],
        period_from=timezone.now(),
        period_until=until,
        retention_days=text["retention"]["days"],
        supersedes=agreement.agreement_id,
        monthly_subjects=before.monthly_subjects if before else None,
        justifications={wish.wish: wish.justification for wish in wishes},
        **quota,
    )
