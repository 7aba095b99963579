"""The steps that parts and agreements took."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from catalog.models import Department
from exchange.sharing.models.agreements import Agreement
from exchange.sharing.models.columns import acting_person
from exchange.sharing.models.requests import RequestPart


class Move(models.Model):
    """One step of a part or an agreement, for the people who look at it; its digest is in the log."""

    part = models.ForeignKey(RequestPart, on_delete=models.CASCADE, null=True, blank=True, related_name="moves")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, null=True, blank=True, related_name="moves")
    event = models.CharField(max_length=32)
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16)
    at = models.DateTimeField()
    person = acting_person()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(condition=Q(part__isnull=False) | Q(agreement__isnull=False), name="move_of_something"),)

    def __str__(self) -> str:
        return f"{self.event} {self.from_state} {self.to_state}"
