"""The monthly run of a matter without application, and what it offered to whom; persons stand in sealed columns."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exchange.affairs.models.cases import Case
from exchange.affairs.models.matters import Matter, MatterVersion
from exchange.affairs.offers import querysets
from exchange.affairs.offers.lifecycle import CURRENT, OfferState, RunState


class OfferRun(models.Model):
    """One month (`2026-11`) of one matter: who was listed, asked, offered, skipped, stopped, paid on.

    `phase` says which of the run's two rounds `cursor` belongs to: those who receive (the number of the last decision
    that was looked at), then the list (the number of the last row that is settled in the file `revision`, a hash).
    A cursor is never an identifier.
    """

    class Phase(models.TextChoices):
        RECEIVERS = "RECEIVERS", _("Those who receive")
        LIST = "LIST", _("Those who may")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="offer_runs")
    version = models.ForeignKey(MatterVersion, on_delete=models.PROTECT, related_name="+")
    month = models.CharField(max_length=7)
    state = models.CharField(max_length=16, choices=RunState.choices(), default=RunState.WAITING)
    phase = models.CharField(max_length=16, choices=Phase, default=Phase.RECEIVERS)
    reason = models.CharField(max_length=64, blank=True)
    revision = models.CharField(max_length=71, blank=True)
    cursor = models.BigIntegerField(default=0)
    listed = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    offered = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    continued = models.PositiveIntegerField(default=0)
    stopped = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.OfferRunQuerySet.as_manager()

    if TYPE_CHECKING:
        matter_id: str
        version_id: int

    class Meta:
        verbose_name = _("monthly run")
        verbose_name_plural = _("monthly runs")
        ordering = ("-month", "matter")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("matter", "month"), name="offer_run_once_a_month"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in RunState]), name="offer_run_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.month} {self.state}"


class OfferBatch(models.Model):
    """One exchange of a run: its entry and its receipt, which name no person, kept once for all whom it answered.

    `receipt` is the receipt's JSON text; `run` is empty where facts were asked anew when an offer was accepted.
    """

    run = models.ForeignKey(OfferRun, on_delete=models.PROTECT, null=True, blank=True, related_name="batches")
    dataset = models.CharField(max_length=64)
    provider = models.CharField(max_length=64)
    agreement = models.CharField(max_length=71)
    asked_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    leaf = models.BinaryField(max_length=32)
    receipt = models.TextField()

    class Meta:
        verbose_name = _("exchange of a run")
        verbose_name_plural = _("exchanges of runs")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.dataset} {self.count}"


class Offer(models.Model):
    """What the hub offered to one person; `until_on` is the last day to object.

    `found` opened is `{requirement: {answer, as_of, batch}}`, sealed for the person: what was asked last before it was
    offered or taken, and in which OfferBatch.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="offers")
    version = models.ForeignKey(MatterVersion, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(OfferRun, on_delete=models.PROTECT, related_name="offers")
    subject_kind = models.CharField(max_length=32)
    subject_sealed = models.BinaryField()
    subject_blind = models.BinaryField(max_length=32)
    found = models.BinaryField()
    state = models.CharField(max_length=16, choices=OfferState.choices(), default=OfferState.OFFERED)
    reason = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    until_on = models.DateField()
    until_is_provisional = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assurance = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=16, default="en")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="offer")
    leaf = models.BinaryField(max_length=32)

    objects = querysets.OfferQuerySet.as_manager()

    if TYPE_CHECKING:
        matter_id: str
        version_id: int
        run_id: int
        case_id: uuid.UUID | None

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ("-made_at",)
        indexes = (
            models.Index(fields=("subject_blind", "-made_at"), name="offer_by_subject"),
            models.Index(fields=("state", "until_on"), name="offer_by_until"),
        )
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("matter", "subject_blind"),
                condition=Q(state__in=sorted(state.value for state in CURRENT)),
                name="offer_one_current_per_person",
            ),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in OfferState]), name="offer_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.state}"
