"""Questions of citizens: why did you look me up? Words and answer are sealed under the citizen's own key."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Department
from exchange.oversight import querysets
from exchange.oversight.lifecycle import QuestionState


class Question(models.Model):
    """A citizen asks the department that asked about them. `entry` is the line that the question is about.

    `reference` is what that department called the case in its own call; the officer sees it, and never who asks.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.BigIntegerField()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="citizens_questions")
    reference = models.CharField(max_length=128, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="questions")
    language = models.CharField(max_length=16, default="en")
    subject_kind = models.CharField(max_length=32)
    subject_sealed = models.BinaryField()
    subject_blind = models.BinaryField(max_length=32)
    words = models.BinaryField()
    state = models.CharField(max_length=16, choices=QuestionState.choices(), default=QuestionState.OPEN)
    made_at = models.DateTimeField()
    due_on = models.DateField()
    due_is_provisional = models.BooleanField(default=False)
    due_is_verified = models.BooleanField(default=False)
    answer = models.BinaryField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.QuestionQuerySet.as_manager()

    if TYPE_CHECKING:
        department_id: str
        person_id: uuid.UUID | None

    class Meta:
        verbose_name = _("question of a citizen")
        verbose_name_plural = _("questions of citizens")
        ordering = ("-made_at",)
        indexes = (
            models.Index(fields=("subject_blind", "-made_at"), name="question_by_subject"),
            models.Index(fields=("department", "state", "due_on"), name="question_by_department"),
        )
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=[state.value for state in QuestionState]), name="question_state_known"),
            models.CheckConstraint(
                condition=Q(state=QuestionState.ANSWERED, answer__isnull=False)
                | (~Q(state=QuestionState.ANSWERED) & Q(answer__isnull=True)),
                name="question_answered_with_words",
            ),
            models.UniqueConstraint(fields=("subject_blind", "entry"), condition=Q(state=QuestionState.OPEN), name="question_open_once"),
        ]

    def __str__(self) -> str:
        return f"question {self.state}"
