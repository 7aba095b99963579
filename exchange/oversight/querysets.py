"""Reads of questions and alarms, named for what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models

from exchange.oversight.lifecycle import AlarmState, QuestionState

if TYPE_CHECKING:
    from exchange.accounts.subject import Subject
    from exchange.oversight.models import Alarm, Question  # noqa: F401 - named in the base classes


class AlarmQuerySet(models.QuerySet["Alarm"]):
    """Alarms. Whoever may read the log's pages sees all of them."""

    def raised(self) -> AlarmQuerySet:
        """Those that nobody has lifted."""
        return self.filter(state=AlarmState.RAISED)

    def accepted_until(self, since: datetime) -> dict[str, datetime]:
        """By department: when the authority last lifted an alarm about it; what was asked before counts no more."""
        rows = self.filter(state=AlarmState.LIFTED, department__isnull=False, lifted_at__gte=since).order_by("lifted_at")
        return {department: at for department, at in rows.values_list("department_id", "lifted_at") if department and at}


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions of citizens."""

    def of(self, subject: Subject) -> QuestionQuerySet:
        """Those of one subject: always of the one whom the account is bound to."""
        return self.filter(subject_blind=subject.blind)

    def asked_of(self, departments: Iterable[str]) -> QuestionQuerySet:
        """Those that one of `departments` (codes) has to answer."""
        return self.filter(department__in=list(departments))

    def waiting(self) -> QuestionQuerySet:
        """Those that are not answered, what is due first on top."""
        return self.filter(state=QuestionState.OPEN).order_by("due_on", "made_at")

    def late(self, today: date) -> QuestionQuerySet:
        """Those whose time is over."""
        return self.filter(state=QuestionState.OPEN, due_on__lt=today)
