"""Reads of disputes: who may see which, and what waits for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from exchange.accounts import acting
from exchange.sharing.lifecycle.disputes import DisputeState
from exchange.sharing.querysets import sees_everything

if TYPE_CHECKING:
    from exchange.sharing.models.disputes import Dispute  # noqa: F401 - named in the base class


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Disputes."""

    def visible_to(self, person: Any) -> DisputeQuerySet:
        """Those of the person's departments; all for auditors and the authority's reviewers."""
        if sees_everything(person):
            return self
        codes = acting.departments_of(person)
        return self.filter(Q(requester__in=codes) | Q(provider__in=codes))

    def open(self) -> DisputeQuerySet:
        """Those that have not ended, the most urgent first."""
        return self.filter(state__in=(DisputeState.TALKS, DisputeState.WITH_AUTHORITY)).order_by("due_on", "id")
