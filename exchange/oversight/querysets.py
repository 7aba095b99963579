"""Reads of questions, named for what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from exchange.oversight.lifecycle import QuestionState

if TYPE_CHECKING:
    from exchange.accounts.subject import Subject
    from exchange.oversight.models import Question  # noqa: F401 - named in the base class


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
