"""What met, or failed to meet, each requirement; shared by the cases of one joint matter or household."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exchange.affairs.lifecycle import EvidenceState, ObjectionState


class EvidenceSet(models.Model):
    """Evidence about one subject that one or more cases use."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("evidence set")
        verbose_name_plural = _("evidence sets")

    def __str__(self) -> str:
        return str(self.id)


class Preview(models.TextChoices):
    """What the citizen said of a piece of evidence before handing it over."""

    ACCEPTED = "ACCEPTED", _("Accepted")
    DISPUTED = "DISPUTED", _("This is wrong")
    DECLINED = "DECLINED", _("Not handed over")


class Evidence(models.Model):
    """One requirement's answer. `found` opened is JSON `{answer, values, as_of}`; answers never stand in clear.

    `leaf` is the leaf hash of the exchange's entry, `receipt` its receipt (sealed JSON). `source` counts the
    requirement's sources from 0: which of the ordered ones was asked last.
    """

    evidence_set = models.ForeignKey(EvidenceSet, on_delete=models.CASCADE, related_name="evidence")
    requirement = models.CharField(max_length=64)
    round = models.PositiveSmallIntegerField(default=1)
    source = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=24, choices=EvidenceState.choices(), default=EvidenceState.ASKED)
    preview = models.CharField(max_length=16, choices=Preview, blank=True)
    dataset = models.CharField(max_length=64, blank=True)
    provider = models.CharField(max_length=64, blank=True)
    agreement = models.CharField(max_length=71, blank=True)
    found = models.BinaryField(null=True, blank=True)
    receipt = models.BinaryField(null=True, blank=True)
    leaf = models.BinaryField(max_length=32, null=True, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        evidence_set_id: uuid.UUID

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("evidence_set", "id")
        constraints = (
            models.UniqueConstraint(fields=("evidence_set", "requirement"), name="evidence_once_per_requirement"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in EvidenceState]), name="evidence_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.requirement} {self.state}"


class Objection(models.Model):
    """A citizen says that what a register holds about them is wrong; goes to the provider, with a clock. Words are sealed.

    It hangs on a piece of evidence of a case, or on one line of "who looked me up" (`entry`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, null=True, blank=True, related_name="objections")
    entry = models.BigIntegerField(null=True, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="objections")
    subject_kind = models.CharField(max_length=32)
    subject_sealed = models.BinaryField()
    subject_blind = models.BinaryField(max_length=32)
    provider = models.CharField(max_length=64)
    dataset = models.CharField(max_length=64)
    words = models.BinaryField()
    state = models.CharField(max_length=16, choices=ObjectionState.choices(), default=ObjectionState.OPEN)
    made_at = models.DateTimeField()
    due_on = models.DateField()
    due_is_provisional = models.BooleanField(default=False)
    answer = models.BinaryField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ("-made_at",)
        indexes = (
            models.Index(fields=("subject_blind", "-made_at"), name="objection_by_subject"),
            models.Index(fields=("provider", "state", "due_on"), name="objection_by_provider"),
        )

    def __str__(self) -> str:
        return f"objection {self.state}"


class Upload(models.Model):
    """A file that a citizen handed in for one requirement: sealed on disk under FILES_DIR/uploads, named by its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="uploads")
    filename = models.BinaryField()
    media_type = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return f"{self.media_type} {self.size}"
