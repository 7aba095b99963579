"""Reads of runs and offers, named for what they mean."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

from exchange.affairs.offers.lifecycle import CURRENT, TAKEN, OfferState

if TYPE_CHECKING:
    from exchange.accounts.subject import Subject
    from exchange.affairs.models import Offer, OfferRun  # noqa: F401 - named in the base classes


class OfferRunQuerySet(models.QuerySet["OfferRun"]):
    """Monthly runs."""

    def led_by(self, departments: Any) -> OfferRunQuerySet:
        """Those of matters that one of `departments` (codes) leads."""
        return self.filter(matter__lead__in=departments)


class OfferQuerySet(models.QuerySet["Offer"]):
    """Offers."""

    def of(self, subject: Subject) -> OfferQuerySet:
        """Those of one subject: of the one whom the account is bound to, never of one whom the caller names."""
        return self.filter(subject_blind=subject.blind)

    def current(self) -> OfferQuerySet:
        """Those that stand: at most one for a person and a matter."""
        return self.filter(state__in=CURRENT)

    def open(self) -> OfferQuerySet:
        """Those that wait for the person's word."""
        return self.filter(state=OfferState.OFFERED)

    def unopposed(self, today: date) -> OfferQuerySet:
        """Those to which nobody objected, and whose last day is over."""
        return self.open().filter(until_on__lt=today)

    def unsettled(self) -> OfferQuerySet:
        """Those that were taken and are no case yet."""
        return self.filter(state__in=TAKEN, case__isnull=True)
