"""Agreements. Their states repeat what acts say: the acts are right, the rows are for pages."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import HASH_LENGTH, Dataset, Department
from exchange.sharing import querysets
from exchange.sharing.lifecycle import AgreementState
from exchange.sharing.models.columns import AGREEMENT_ID_LENGTH, acting_person
from exchange.sharing.models.requests import RequestPart


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
    approved_by = acting_person()
    signed_by = acting_person()
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
