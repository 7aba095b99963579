"""Corrections that one department asks another for, and who is told when a value was put right."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import CODE_LENGTH, Dataset, Department, Revision
from exchange.sharing.corrections.querysets import CorrectionNoticeQuerySet, CorrectionRequestQuerySet
from exchange.sharing.lifecycle.corrections import CorrectionState
from exchange.sharing.models.agreements import Agreement
from exchange.sharing.models.columns import acting_person

NUMBER_LENGTH = 32


class CorrectionRequest(models.Model):
    """A department says that a value which it received looks wrong.

    `entry` is the exchange by which it received it. `words` holds what it believes, why and on what evidence, and `answer`
    what the provider found: both sealed under the subject's key. The identifier is sealed too, and stands nowhere else.
    """

    number = models.CharField(max_length=NUMBER_LENGTH, unique=True)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="corrections")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="corrections")
    requester = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="corrections_asked")
    provider = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="corrections_received")
    entry = models.BigIntegerField()
    item = models.CharField(max_length=CODE_LENGTH)
    subject_kind = models.CharField(max_length=32)
    subject_sealed = models.BinaryField(editable=False)
    subject_blind = models.BinaryField(max_length=32, editable=False)
    words = models.BinaryField(editable=False)
    answer = models.BinaryField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=16, choices=CorrectionState.choices(), default=CorrectionState.OPEN)
    asked_by = acting_person()
    asked_at = models.DateTimeField()
    answered_by = acting_person()
    answered_at = models.DateTimeField(null=True, blank=True)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    # Loads whose publisher said that they leave this value as it was.
    held_back = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # From when the provider's time runs: the asking, or the ruling that made it look again.
    running_since = models.DateField()
    due_on = models.DateField()
    due_provisional = models.BooleanField(default=False)
    due_verified = models.BooleanField(default=False)

    objects = CorrectionRequestQuerySet.as_manager()

    if TYPE_CHECKING:
        requester_id: str
        provider_id: str
        dataset_id: int
        asked_by_id: uuid.UUID | None
        answered_by_id: uuid.UUID | None

    class Meta:
        verbose_name = _("correction request")
        verbose_name_plural = _("correction requests")
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(CorrectionState)), name="correction_state_known"),
            models.UniqueConstraint(
                fields=("requester", "entry", "item", "subject_blind"),
                condition=Q(state__in=["OPEN", "ACCEPTED"]),
                name="correction_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["OPEN", "WITHDRAWN"]) | Q(answered_by__isnull=False, answer__isnull=False),
                name="correction_answered_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class CorrectionNotice(models.Model):
    """A department that received the old value is told, once for each correction: which of its calls brought it."""

    correction = models.ForeignKey(CorrectionRequest, on_delete=models.CASCADE, related_name="notices")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    entries = models.JSONField(default=list)
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = acting_person()

    objects = CorrectionNoticeQuerySet.as_manager()

    if TYPE_CHECKING:
        correction_id: int
        department_id: str

    class Meta:
        ordering = ("-told_at", "id")
        constraints = (models.UniqueConstraint(fields=("correction", "department"), name="correction_notice_once"),)

    def __str__(self) -> str:
        return f"{self.correction_id} {self.department_id}"
