"""Reads of cases, named for what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from exchange.affairs.lifecycle import CaseState

if TYPE_CHECKING:
    from exchange.accounts.subject import Subject
    from exchange.affairs.models import Case  # noqa: F401 - named in the base class

_UNDECIDED = (CaseState.STARTED, CaseState.GATHERING, CaseState.PREVIEW, CaseState.SUBMITTED)


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases."""

    def of(self, subject: Subject) -> CaseQuerySet:
        """Those of one subject: never of one whom the caller names, always of the one whom the account is bound to."""
        return self.filter(subject_blind=subject.blind)

    def led_by(self, departments: Any) -> CaseQuerySet:
        """Those whose matter one of `departments` (codes) leads."""
        return self.filter(version__matter__lead__in=departments)

    def for_officers(self) -> CaseQuerySet:
        """Those that wait for an officer's decision or review, the most urgent first."""
        waiting = models.Q(state=CaseState.SUBMITTED, officer_needed=True) | models.Q(state=CaseState.OBJECTED)
        return self.filter(waiting).order_by("due_on", "submitted_at")

    def undecided(self) -> CaseQuerySet:
        """Those that are neither decided nor withdrawn."""
        return self.filter(state__in=_UNDECIDED)
