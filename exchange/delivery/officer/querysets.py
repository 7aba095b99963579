"""What is read from the officers' queue, in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models

from exchange.accounts.acting import departments_as
from exchange.accounts.models import Role
from exchange.delivery.officer.lifecycle import OPEN_STATES

if TYPE_CHECKING:
    from exchange.delivery.models import OfficerQuestion  # noqa: F401 - named in quotes below


class OfficerQuestionQuerySet(models.QuerySet["OfficerQuestion"]):
    """Questions that officers answer."""

    def visible_to(self, person: Any) -> OfficerQuestionQuerySet:
        """Those of the departments for which this person is an officer or an administrator; nobody else knows of any."""
        return self.filter(provider__in=departments_as(person, Role.OFFICER) | departments_as(person, Role.ADMINISTRATOR))

    def open(self) -> OfficerQuestionQuerySet:
        """Not yet at their end."""
        return self.filter(state__in=OPEN_STATES)

    def ended(self) -> OfficerQuestionQuerySet:
        """Answered, or over without an answer."""
        return self.exclude(state__in=OPEN_STATES)

    def overdue(self, today: date) -> OfficerQuestionQuerySet:
        """Open, and their last day has passed."""
        return self.open().filter(due_on__lt=today)

    def by_due(self) -> OfficerQuestionQuerySet:
        """What is due first stands first."""
        return self.order_by("due_on", "created_at", "pk")
