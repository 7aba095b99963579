"""The queue of questions that an officer of the provider answers. Whom they are about is sealed in the errand, not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Department
from exchange.delivery.models.errands import Errand
from exchange.delivery.officer.lifecycle import OfficerState
from exchange.delivery.officer.querysets import OfficerQuestionQuerySet

_REASON = 24


class OfficerQuestion(models.Model):
    """One errand in the queue of the department that answers it; `due_on` counts the working days of the signed version."""

    errand = models.OneToOneField(Errand, on_delete=models.CASCADE, primary_key=True, related_name="officer_question")
    provider = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=60)
    state = models.CharField(max_length=12, choices=OfficerState.choices(), default=OfficerState.WAITING)
    reason = models.CharField(max_length=_REASON, blank=True, default="")
    created_at = models.DateTimeField()
    due_on = models.DateField()
    due_is_provisional = models.BooleanField(default=False)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    objects = OfficerQuestionQuerySet.as_manager()

    if TYPE_CHECKING:
        errand_id: str
        provider_id: str
        requester_id: str

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(OfficerState)), name="officer_question_state_known"),
            models.CheckConstraint(
                condition=~Q(state=OfficerState.CLAIMED) | Q(claimed_by__isnull=False), name="officer_question_claimed_by_somebody"
            ),
        ]
        indexes = [models.Index(fields=["provider", "state", "due_on"], name="officer_queue")]

    def __str__(self) -> str:
        return f"question {self.errand_id} to {self.provider_id}: {self.state}"
