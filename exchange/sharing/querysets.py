"""Reads of requests and agreements: who may see which, and what waits for whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from exchange.accounts import acting
from exchange.accounts.models import Role
from exchange.sharing.lifecycle import AgreementState, PartState

if TYPE_CHECKING:
    from exchange.sharing.models import Agreement, RequestPart, SharingRequest  # noqa: F401 - named in base classes


def sees_everything(person: Any) -> bool:
    """Auditors, and reviewers of the sharing authority, see every request and agreement."""
    if acting.departments_as(person, Role.AUDITOR):
        return True
    return settings.AUTHORITY_DEPARTMENT in acting.departments_as(person, Role.REVIEWER)


class SharingRequestQuerySet(models.QuerySet["SharingRequest"]):
    """Requests."""

    def visible_to(self, person: Any) -> SharingRequestQuerySet:
        """Those of the person's departments and those, once submitted, that reach their datasets; all for auditors."""
        if sees_everything(person):
            return self
        codes = acting.departments_of(person)
        reached = Q(parts__dataset__provider__in=codes) & ~Q(parts__state=PartState.DRAFT)
        return self.filter(Q(requester__in=codes) | reached).distinct()


class RequestPartQuerySet(models.QuerySet["RequestPart"]):
    """Parts of requests."""

    def visible_to(self, person: Any) -> RequestPartQuerySet:
        """As the requests, but an owner sees its own parts only."""
        if sees_everything(person):
            return self
        codes = acting.departments_of(person)
        reached = Q(dataset__provider__in=codes) & ~Q(state=PartState.DRAFT)
        return self.filter(Q(request__requester__in=codes) | reached)

    def waiting_for_check(self) -> RequestPartQuerySet:
        """Those that lie with the authority, the most urgent first."""
        return self.filter(state=PartState.SUBMITTED).order_by("due_on", "id")

    def waiting_for_decision(self, codes: frozenset[str]) -> RequestPartQuerySet:
        """Those that lie with the owners `codes`, the most urgent first."""
        return self.filter(state=PartState.CHECKED, dataset__provider__in=codes).order_by("due_on", "id")

    def waiting_for_second(self, codes: frozenset[str]) -> RequestPartQuerySet:
        """Those that a first officer of the owners `codes` approved and a second has yet to confirm."""
        return self.filter(state=PartState.APPROVED_ONCE, dataset__provider__in=codes).order_by("due_on", "id")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements."""

    def visible_to(self, person: Any) -> AgreementQuerySet:
        """Those to which a department of the person is a party; all for auditors and the authority's reviewers."""
        if sees_everything(person):
            return self
        codes = acting.departments_of(person)
        return self.filter(Q(requester__in=codes) | Q(provider__in=codes))

    def in_force(self, at: datetime) -> AgreementQuerySet:
        """For pages; what is really allowed is compiled from the acts (policy.py)."""
        return self.filter(state=AgreementState.IN_FORCE, period_from__lte=at, period_until__gt=at)

    def waiting_for_signature(self, codes: frozenset[str]) -> AgreementQuerySet:
        """Proposed, and the requester among `codes` has yet to sign."""
        return self.filter(state=AgreementState.PROPOSED, requester__in=codes)
