"""What is read of exports, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from exchange.accounts import acting
from exchange.delivery.exports.lifecycle import OPEN
from exchange.sharing.querysets import sees_everything

if TYPE_CHECKING:
    from exchange.delivery.models.exports import Delivery  # noqa: F401 - named in quotes below


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Exports."""

    def open(self) -> DeliveryQuerySet:
        """Not ended yet."""
        return self.filter(state__in=OPEN)

    def visible_to(self, person: Any) -> DeliveryQuerySet:
        """Those to which a department of the person is a party; all for auditors and the authority's reviewers."""
        if sees_everything(person):
            return self
        codes = acting.departments_of(person)
        return self.filter(Q(requester__in=codes) | Q(provider__in=codes))
