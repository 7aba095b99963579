"""Reads of offers: who may see which."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from exchange.accounts import acting
from exchange.sharing.lifecycle.offers import OfferKind, OfferState
from exchange.sharing.querysets import sees_everything

if TYPE_CHECKING:
    from exchange.sharing.models import StandingOffer  # noqa: F401 - named in base classes

_BEFORE_ITS_ACT = (OfferState.DRAFT, OfferState.WITHDRAWN)


class StandingOfferQuerySet(models.QuerySet["StandingOffer"]):
    """Offers."""

    def visible_to(self, person: Any) -> StandingOfferQuerySet:
        """The owner's own, and signed ones for those who are named; an emergency's draft is the authority's alone."""
        if sees_everything(person):
            return self
        codes = acting.departments_of(person)
        own = Q(provider__in=codes) & ~Q(kind=OfferKind.EMERGENCY, state__in=_BEFORE_ITS_ACT)
        named = Q(named__in=codes) & ~Q(state__in=_BEFORE_ITS_ACT)
        return self.filter(own | named).distinct()

    def emergencies(self) -> StandingOfferQuerySet:
        """Those that the authority declared by an act."""
        return self.filter(kind=OfferKind.EMERGENCY).exclude(state__in=_BEFORE_ITS_ACT)

    def with_review_open(self, now: datetime) -> StandingOfferQuerySet:
        """Emergencies that have ended, by time or by an act, and are not reviewed yet."""
        ended = Q(state=OfferState.REVOKED) | Q(not_after__lt=now)
        return self.emergencies().filter(ended, review__written_at__isnull=True)
