"""Reads of licences and payment orders, named for what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from exchange.affairs.licences.lifecycle import LicenceStatus

if TYPE_CHECKING:
    from exchange.accounts.subject import Subject
    from exchange.affairs.models import Case, Licence, PaymentOrder  # noqa: F401 - named in the base classes


class LicenceQuerySet(models.QuerySet["Licence"]):
    """Licences."""

    def of(self, subject: Subject) -> LicenceQuerySet:
        """Those of one subject: always the one whom the account is bound to."""
        return self.filter(case__subject_blind=subject.blind)

    def beside(self, case: Case) -> LicenceQuerySet:
        """Those of the same person and matter from other applications."""
        same = self.filter(case__subject_blind=bytes(case.subject_blind), case__version__matter=case.version.matter_id)
        return same.exclude(case=case)

    def not_valid(self) -> LicenceQuerySet:
        """Those that were changed or revoked."""
        return self.exclude(status=LicenceStatus.VALID)


class PaymentOrderQuerySet(models.QuerySet["PaymentOrder"]):
    """Payment orders."""

    def of(self, subject: Subject) -> PaymentOrderQuerySet:
        """Those of one subject."""
        return self.filter(case__subject_blind=subject.blind)

    def paid_by(self, departments: Any) -> PaymentOrderQuerySet:
        """Those that one of `departments` (codes) pays."""
        return self.filter(payer__in=departments)
