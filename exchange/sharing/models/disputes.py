"""Disputes between a provider and a requester, and what was said in them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import CODE_LENGTH, Dataset, Department
from exchange.sharing.disputes.querysets import DisputeQuerySet
from exchange.sharing.lifecycle.disputes import DisputeState
from exchange.sharing.models.agreements import Agreement
from exchange.sharing.models.columns import acting_person
from exchange.sharing.models.corrections import NUMBER_LENGTH, CorrectionRequest
from exchange.sharing.models.requests import RequestPart


class Quarrel(models.TextChoices):
    """What a dispute is about."""

    CORRECTION = "CORRECTION", _("The answer to a correction request")
    MISUSE = "MISUSE", _("How data under an agreement are used")
    OVERDUE = "OVERDUE", _("An answer that is overdue")
    REFUSAL = "REFUSAL", _("The refusal of a request")


class Ruling(models.TextChoices):
    """What the authority orders. It never signs for an owner."""

    ANSWER = "ANSWER", _("The owner answers by the day that the ruling names")
    LOOK_AGAIN = "LOOK_AGAIN", _("The owner looks at it again and decides anew")
    NOTHING = "NOTHING", _("It stays as it is")
    STOP_USE = "STOP_USE", _("The requester stops this use at once")


class Dispute(models.Model):
    """Provider and requester disagree; they talk first, then the authority may rule."""

    number = models.CharField(max_length=NUMBER_LENGTH, unique=True)
    about = models.CharField(max_length=16, choices=Quarrel)
    part = models.ForeignKey(RequestPart, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes")
    correction = models.ForeignKey(CorrectionRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    opened_for = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    opened_by = acting_person()
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=DisputeState.choices(), default=DisputeState.TALKS)
    running_since = models.DateField()
    due_on = models.DateField()
    due_provisional = models.BooleanField(default=False)
    due_verified = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ruling = models.CharField(max_length=16, choices=Ruling, blank=True)
    ruling_ground = models.CharField(max_length=CODE_LENGTH, blank=True)
    ruling_reason = models.TextField(blank=True)
    ruling_until = models.DateField(null=True, blank=True)
    ruled_by = acting_person()

    objects = DisputeQuerySet.as_manager()

    if TYPE_CHECKING:
        requester_id: str
        provider_id: str
        opened_for_id: str
        opened_by_id: uuid.UUID | None
        ruled_by_id: uuid.UUID | None
        part_id: int | None
        correction_id: int | None
        agreement_id: int | None

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(DisputeState)), name="dispute_state_known"),
            models.CheckConstraint(condition=Q(about__in=Quarrel.values), name="dispute_about_known"),
            models.CheckConstraint(
                condition=~Q(state="RULED")
                | (~Q(ruling="") & ~Q(ruling_reason="") & ~Q(ruling_ground="") & Q(ruled_by__isnull=False) & ~Q(ruled_by=F("opened_by"))),
                name="dispute_ruled_with_reason_by_another",
            ),
            models.UniqueConstraint(
                fields=("about", "part"),
                condition=Q(part__isnull=False, state__in=["TALKS", "WITH_AUTHORITY"]),
                name="dispute_of_a_part_once",
            ),
            models.UniqueConstraint(
                fields=("about", "correction"),
                condition=Q(correction__isnull=False, state__in=["TALKS", "WITH_AUTHORITY"]),
                name="dispute_of_a_correction_once",
            ),
            models.UniqueConstraint(
                fields=("about", "agreement"),
                condition=Q(agreement__isnull=False, state__in=["TALKS", "WITH_AUTHORITY"]),
                name="dispute_of_an_agreement_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class DisputeMessage(models.Model):
    """What one side said; a proposal may be accepted by the other."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="messages")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    person = acting_person()
    said_at = models.DateTimeField()
    text = models.TextField()
    is_proposal = models.BooleanField(default=False)
    is_accepted = models.BooleanField(default=False)

    if TYPE_CHECKING:
        dispute_id: int
        department_id: str
        person_id: uuid.UUID | None

    class Meta:
        ordering = ("said_at", "id")

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.department_id}"
