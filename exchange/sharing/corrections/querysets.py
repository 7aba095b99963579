"""Reads of corrections: who may see which, and what waits for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from exchange.accounts import acting
from exchange.sharing.lifecycle.corrections import CorrectionState
from exchange.sharing.querysets import sees_everything

if TYPE_CHECKING:
    from exchange.sharing.models.corrections import CorrectionNotice, CorrectionRequest  # noqa: F401 - named in base classes


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    """Corrections."""

    def visible_to(self, person: Any) -> CorrectionRequestQuerySet:
        """Those of the person's departments, on either side; all for auditors and the authority's reviewers."""
        if sees_everything(person):
            return self
        codes = acting.departments_of(person)
        return self.filter(Q(requester__in=codes) | Q(provider__in=codes))

    def waiting_for(self, department: str) -> CorrectionRequestQuerySet:
        """Those that the department must answer, the most urgent first."""
        return self.filter(state=CorrectionState.OPEN, provider=department).order_by("due_on", "id")


class CorrectionNoticeQuerySet(models.QuerySet["CorrectionNotice"]):
    """Notices about corrected values."""

    def visible_to(self, person: Any) -> CorrectionNoticeQuerySet:
        """Those to a department of the person, and no other's: not even the correcting one learns who else has the value."""
        return self.filter(department__in=acting.departments_of(person))

    def unseen(self, department: str) -> CorrectionNoticeQuerySet:
        """Those that nobody of the department has marked as done."""
        return self.filter(department=department, seen_at__isnull=True)
