"""What is read of webhooks, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from exchange.accounts import acting
from exchange.delivery.webhooks.lifecycle import WebhookState
from exchange.sharing.querysets import sees_everything

if TYPE_CHECKING:
    from exchange.delivery.models.changes import Webhook  # noqa: F401 - named in quotes below


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Webhooks."""

    def active(self) -> WebhookQuerySet:
        """Those that are called."""
        return self.filter(state=WebhookState.ACTIVE)

    def visible_to(self, person: Any) -> WebhookQuerySet:
        """Those of the person's departments as requesters; all for auditors and the authority's reviewers."""
        if sees_everything(person):
            return self
        return self.filter(requester__in=acting.departments_of(person))
