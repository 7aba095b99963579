"""Requests, their parts, and agreements. Agreement states repeat what acts say: the acts are right, the rows are for pages."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import CODE_LENGTH, HASH_LENGTH, Dataset, Department, Purpose
from exchange.sharing import querysets
from exchange.sharing.lifecycle import AgreementState, PartState, request_state

AGREEMENT_ID_LENGTH = 32


class Wish(models.TextChoices):
    """What was decided about one asked item or fact."""

    ASKED = "ASKED", _("Asked")
    GRANTED = "GRANTED", _("Granted")
    REFUSED = "REFUSED", _("Refused")


def _person() -> Any:
    """A person who did something; kept as long as what they did."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")


class SharingRequest(models.Model):
    """What a department asks others for, for one purpose; editable until it is decided."""

    number = models.CharField(max_length=32, unique=True)
    requester = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="sharing_requests")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    legal_basis = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    edition = models.PositiveIntegerField(default=1)
    # Digest of who sent which Idempotency-Key: a repeated POST finds the first request instead of making another.
    sent_as = models.CharField(max_length=HASH_LENGTH, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = querysets.SharingRequestQuerySet.as_manager()

    if TYPE_CHECKING:
        requester_id: str
        created_by_id: uuid.UUID
        purpose_id: str

    class Meta:
        verbose_name = _("sharing request")
        verbose_name_plural = _("sharing requests")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> PartState:
        """Derived from the parts (lifecycle.request_state)."""
        return request_state(PartState(part.state) for part in self.parts.all())


class RequestPart(models.Model):
    """The part of a request that goes to one dataset's owner; state and clock belong to it."""

    request = models.ForeignKey(SharingRequest, on_delete=models.CASCADE, related_name="parts")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="request_parts")
    state = models.CharField(max_length=16, choices=PartState.choices(), default=PartState.DRAFT)
    version_hash = models.CharField(max_length=HASH_LENGTH, blank=True)
    offer_hash = models.CharField(max_length=HASH_LENGTH, blank=True)
    systems = models.JSONField(default=list)
    methods = models.JSONField(default=list)
    row_filter = models.JSONField(null=True, blank=True)
    per_day = models.PositiveIntegerField(default=10_000)
    per_minute = models.PositiveIntegerField(default=600)
    fact_answers = models.PositiveIntegerField(default=3)
    fact_days = models.PositiveIntegerField(default=30)
    period_from = models.DateTimeField()
    period_until = models.DateTimeField()
    retention_days = models.PositiveIntegerField(default=30)
    supersedes = models.CharField(max_length=AGREEMENT_ID_LENGTH, blank=True)

    submitted_by = _person()
    submitted_at = models.DateTimeField(null=True, blank=True)
    checked_by = _person()
    checked_at = models.DateTimeField(null=True, blank=True)
    decided_by = _person()
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    ground = models.CharField(max_length=CODE_LENGTH, blank=True)
    notice = models.JSONField(default=list, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_rule = models.CharField(max_length=CODE_LENGTH, blank=True)
    due_provisional = models.BooleanField(default=False)
    due_verified = models.BooleanField(default=False)

    objects = querysets.RequestPartQuerySet.as_manager()

    if TYPE_CHECKING:
        request_id: int
        dataset_id: int
        submitted_by_id: uuid.UUID | None
        checked_by_id: uuid.UUID | None
        decided_by_id: uuid.UUID | None

    class Meta:
        verbose_name = _("part of a request")
        verbose_name_plural = _("parts of requests")
        ordering = ("request", "id")
        constraints = (
            models.UniqueConstraint(fields=("request", "dataset"), name="request_part_once_per_dataset"),
            models.CheckConstraint(condition=Q(state__in=list(PartState)), name="request_part_state_known"),
            models.CheckConstraint(condition=Q(period_until__gt=models.F("period_from")), name="request_part_period_runs_forward"),
            models.CheckConstraint(
                condition=~Q(state=PartState.REFUSED) | (~Q(decision_reason="") & ~Q(ground="")),
                name="request_part_refused_with_reason_and_ground",
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id}/{self.dataset_id} {self.state}"


class RequestedItem(models.Model):
    """One data item that is asked for, and what was decided about it."""

    part = models.ForeignKey(RequestPart, on_delete=models.CASCADE, related_name="items")
    name = models.CharField(max_length=CODE_LENGTH)
    decision = models.CharField(max_length=16, choices=Wish, default=Wish.ASKED)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("part", "id")
        constraints = (models.UniqueConstraint(fields=("part", "name"), name="requested_item_once"),)

    def __str__(self) -> str:
        return self.name


class RequestedFact(models.Model):
    """One fact that is asked for, with the values that each parameter may take, and what was decided about it."""

    part = models.ForeignKey(RequestPart, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=CODE_LENGTH)
    parameters = models.JSONField(default=dict)
    decision = models.CharField(max_length=16, choices=Wish, default=Wish.ASKED)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("part", "id")
        constraints = (models.UniqueConstraint(fields=("part", "name"), name="requested_fact_once"),)

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """The frozen, signed result of an approval. `agreement_id` is the hash of `document`; states are folded from acts."""

    agreement_id = models.CharField(max_length=AGREEMENT_ID_LENGTH, unique=True)
    part = models.OneToOneField(RequestPart, on_delete=models.PROTECT, null=True, blank=True, related_name="agreement")
    provider = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="agreements_given")
    requester = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="agreements_received")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="agreements")
    document = models.JSONField()
    order = models.JSONField()
    provider_signature = models.JSONField(null=True, blank=True)
    requester_signature = models.JSONField(null=True, blank=True)
    offer_hash = models.CharField(max_length=HASH_LENGTH, blank=True)
    state = models.CharField(max_length=16, choices=AgreementState.choices(), default=AgreementState.PROPOSED)
    suspended_by = models.JSONField(default=dict, blank=True)
    state_reason = models.JSONField(null=True, blank=True)
    superseded_by = models.CharField(max_length=AGREEMENT_ID_LENGTH, blank=True)
    act_seq = models.BigIntegerField(null=True, blank=True)
    ended_seq = models.BigIntegerField(null=True, blank=True)
    period_from = models.DateTimeField()
    period_until = models.DateTimeField()
    approved_by = _person()
    signed_by = _person()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.AgreementQuerySet.as_manager()

    if TYPE_CHECKING:
        part_id: int | None
        provider_id: str
        requester_id: str
        dataset_id: int
        approved_by_id: uuid.UUID | None

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(AgreementState)), name="agreement_state_known"),
            models.CheckConstraint(condition=Q(state=AgreementState.PROPOSED) | Q(act_seq__isnull=False), name="agreement_after_its_act"),
        )

    def __str__(self) -> str:
        return self.agreement_id

    def state_at(self, now: datetime) -> AgreementState:
        """The state with the period read against `now`: what is in force or suspended past its end is EXPIRED."""
        ends = self.state in {AgreementState.IN_FORCE, AgreementState.SUSPENDED} and now >= self.period_until
        return AgreementState.EXPIRED if ends else AgreementState(self.state)

    @property
    def waits_for_provider(self) -> bool:
        """Whether the provider's own key, which the hub does not hold, has yet to sign."""
        return self.state == AgreementState.PROPOSED and not self.provider_signature and not self.offer_hash


class Move(models.Model):
    """One step of a part or an agreement, for the people who look at it; its digest is in the log."""

    part = models.ForeignKey(RequestPart, on_delete=models.CASCADE, null=True, blank=True, related_name="moves")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="moves")
    event = models.CharField(max_length=32)
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16)
    at = models.DateTimeField()
    person = _person()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(condition=Q(part__isnull=False) | Q(agreement__isnull=False), name="move_of_something"),)

    def __str__(self) -> str:
        return f"{self.event} {self.from_state} {self.to_state}"
