"""Standing offers, what is owed after an emergency, and orders that wait for a signature made elsewhere.

The signed acts decide what an offer allows: these rows are for pages, and for who may see what.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import CODE_LENGTH, HASH_LENGTH, Dataset, Department
from exchange.sharing.lifecycle.offers import OfferKind, OfferState
from exchange.sharing.models.agreements import Agreement
from exchange.sharing.models.columns import AGREEMENT_ID_LENGTH, acting_person
from exchange.sharing.offers import querysets


class StandingOffer(models.Model):
    """What an owner, or in an emergency the authority, signs in advance. `offer_hash` is what acts call it."""

    offer_id = models.CharField(max_length=AGREEMENT_ID_LENGTH, unique=True)
    offer_hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    kind = models.CharField(max_length=16, choices=OfferKind.choices())
    provider = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="offers_given")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="offers")
    named = models.ManyToManyField(Department, related_name="offers_received")
    document = models.JSONField()
    order = models.JSONField()
    signature = models.JSONField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=OfferState.choices(), default=OfferState.DRAFT)
    suspended_by = models.JSONField(default=dict, blank=True)
    state_reason = models.JSONField(null=True, blank=True)
    act_seq = models.BigIntegerField(null=True, blank=True)
    ended_seq = models.BigIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    not_after = models.DateTimeField()
    drafted_by = acting_person()
    signed_by = acting_person()
    signed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.StandingOfferQuerySet.as_manager()

    if TYPE_CHECKING:
        provider_id: str
        dataset_id: int
        drafted_by_id: uuid.UUID | None
        signed_by_id: uuid.UUID | None
        review: EmergencyReview

    class Meta:
        verbose_name = _("standing offer")
        verbose_name_plural = _("standing offers")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(OfferState)), name="standing_offer_state_known"),
            models.CheckConstraint(condition=Q(kind__in=list(OfferKind)), name="standing_offer_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=[OfferState.DRAFT, OfferState.WITHDRAWN]) | Q(act_seq__isnull=False),
                name="standing_offer_after_its_act",
            ),
        )

    def __str__(self) -> str:
        return self.offer_id

    def state_at(self, now: datetime) -> OfferState:
        """The state with the last day read against `now`."""
        ends = self.state in {OfferState.IN_FORCE, OfferState.SUSPENDED} and now > self.not_after
        return OfferState.EXPIRED if ends else OfferState(self.state)

    @property
    def is_emergency(self) -> bool:
        """Whether the authority declared it."""
        return self.kind == OfferKind.EMERGENCY


class EmergencyReview(models.Model):
    """What the authority owes the public after an emergency: what was used, and what follows. Figures only, no person."""

    offer = models.OneToOneField(StandingOffer, on_delete=models.PROTECT, related_name="review")
    due_on = models.DateField()
    used = models.JSONField(default=dict)
    finding = models.TextField(blank=True)
    follows = models.TextField(blank=True)
    written_by = acting_person()
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("review of an emergency")
        verbose_name_plural = _("reviews of emergencies")
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(written_at__isnull=True) | (~Q(finding="") & ~Q(follows="")), name="emergency_review_whole_or_not_at_all"
            ),
        )

    def __str__(self) -> str:
        return f"review of {self.offer_id}"


class WaitingOrder(models.Model):
    """A step that a person prepared and that the department's own machine signs: found by its number, done once."""

    number = models.CharField(max_length=32, unique=True)
    step = models.CharField(max_length=32)
    order = models.JSONField()
    keyid = models.CharField(max_length=2 * CODE_LENGTH)
    role = models.CharField(max_length=16)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    offer = models.ForeignKey(StandingOffer, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    words = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("order that waits for a signature")
        verbose_name_plural = _("orders that wait for a signature")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(agreement__isnull=False, offer__isnull=True) | Q(agreement__isnull=True, offer__isnull=False),
                name="waiting_order_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.keyid}"
