"""Requests, their parts, and what each part wishes for."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import CODE_LENGTH, HASH_LENGTH, Dataset, Department, Purpose
from exchange.sharing import querysets
from exchange.sharing.lifecycle import PartState, RefusalGround, request_state
from exchange.sharing.models.columns import AGREEMENT_ID_LENGTH, acting_person


class Wish(models.TextChoices):
    """What was decided about one asked item or fact."""

    ASKED = "ASKED", _("Asked")
    GRANTED = "GRANTED", _("Granted")
    MASKED = "MASKED", _("Masked")
    REFUSED = "REFUSED", _("Refused")


_REFUSED_RIGHTLY = ~Q(decision=Wish.REFUSED) | (~Q(reason="") & Q(ground__in=list(RefusalGround)))


class SharingRequest(models.Model):
    """What a department asks others for, for one purpose; editable until it is decided."""

    number = models.CharField(max_length=32, unique=True)
    requester = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="sharing_requests")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    legal_basis = models.JSONField(default=list)
    # False: the purpose's own text, copied again when the request is sent, as it then stands.
    basis_is_own = models.BooleanField(default=False)
    title = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    recipients = models.TextField(blank=True)
    contact_office = models.CharField(max_length=200, blank=True)
    contact_telephone = models.CharField(max_length=64, blank=True)
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
    # Closer limits, where any were asked for: subjects a day by one officer, and questions about one subject in so many days.
    per_officer_day = models.PositiveIntegerField(null=True, blank=True)
    per_subject = models.PositiveIntegerField(null=True, blank=True)
    per_subject_days = models.PositiveIntegerField(null=True, blank=True)
    period_from = models.DateTimeField()
    period_until = models.DateTimeField()
    retention_days = models.PositiveIntegerField(default=30)
    monthly_subjects = models.PositiveIntegerField(null=True, blank=True)
    supersedes = models.CharField(max_length=AGREEMENT_ID_LENGTH, blank=True)
    # What was proposed as the least when the part was sent: {"items": [name…], "facts": [name…], "because": [sentence…]}.
    proposal = models.JSONField(default=dict, blank=True)

    submitted_by = acting_person()
    submitted_at = models.DateTimeField(null=True, blank=True)
    checked_by = acting_person()
    checked_at = models.DateTimeField(null=True, blank=True)
    first_approved_by = acting_person()
    first_approved_at = models.DateTimeField(null=True, blank=True)
    decided_by = acting_person()
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
        first_approved_by_id: uuid.UUID | None
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
                condition=Q(per_subject__isnull=True, per_subject_days__isnull=True)
                | Q(per_subject__isnull=False, per_subject_days__isnull=False),
                name="request_part_subject_limit_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=PartState.REFUSED) | (~Q(decision_reason="") & Q(ground__in=list(RefusalGround))),
                name="request_part_refused_with_reason_and_ground",
            ),
            models.CheckConstraint(
                condition=~Q(state=PartState.APPROVED_ONCE) | Q(first_approved_by__isnull=False),
                name="request_part_first_approved_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id}/{self.dataset_id} {self.state}"


class Wished(models.Model):
    """What an asked item and an asked fact have in common: why it is asked for, and what was decided about it."""

    name = models.CharField(max_length=CODE_LENGTH)
    justification = models.TextField(blank=True)
    remark = models.TextField(blank=True)
    decision = models.CharField(max_length=16, choices=Wish, default=Wish.ASKED)
    reason = models.TextField(blank=True)
    ground = models.CharField(max_length=CODE_LENGTH, blank=True)
    kind: ClassVar[str]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def wish(self) -> str:
        """Its place in a decision: `items.grade`, `facts.valid`."""
        return f"{self.kind}.{self.name}"


class RequestedItem(Wished):
    """One data item that is asked for. Masked: so many characters at each end stay readable."""

    part = models.ForeignKey(RequestPart, on_delete=models.CASCADE, related_name="items")
    kind = "items"
    keep_first = models.PositiveSmallIntegerField(null=True, blank=True)
    keep_last = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("part", "id")
        constraints = (
            models.UniqueConstraint(fields=("part", "name"), name="requested_item_once"),
            models.CheckConstraint(condition=Q(decision__in=list(Wish)), name="requested_item_decision_known"),
            models.CheckConstraint(condition=_REFUSED_RIGHTLY, name="requested_item_refused_on_a_ground"),
            models.CheckConstraint(
                condition=Q(decision=Wish.MASKED, keep_first__isnull=False, keep_last__isnull=False)
                | (~Q(decision=Wish.MASKED) & Q(keep_first__isnull=True, keep_last__isnull=True)),
                name="requested_item_masked_as_said",
            ),
        )


class RequestedFact(Wished):
    """One fact that is asked for, with the values that each parameter may take. A yes or no cannot be masked."""

    part = models.ForeignKey(RequestPart, on_delete=models.CASCADE, related_name="facts")
    kind = "facts"
    parameters = models.JSONField(default=dict)

    class Meta:
        ordering = ("part", "id")
        constraints = (
            models.UniqueConstraint(fields=("part", "name"), name="requested_fact_once"),
            models.CheckConstraint(
                condition=Q(decision__in=[Wish.ASKED, Wish.GRANTED, Wish.REFUSED]), name="requested_fact_decision_known"
            ),
            models.CheckConstraint(condition=_REFUSED_RIGHTLY, name="requested_fact_refused_on_a_ground"),
        )


class PartMessage(models.Model):
    """One message between the parties of a part. It stays in the row; the log learns its digest."""

    part = models.ForeignKey(RequestPart, on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=16)
    text = models.TextField()

    if TYPE_CHECKING:
        part_id: int

    class Meta:
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="part_message_says_something"),)

    def __str__(self) -> str:
        return f"{self.part_id} {self.side}"
