"""What the watch over questions and doors has noticed, and what the authority made of it. No row names a person or an address."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Department
from exchange.oversight import querysets
from exchange.oversight.lifecycle import AlarmState


class Alarm(models.Model):
    """One alarm: about a caller (`department`, and `system` unless it is all of them), or about a public `door`.

    `counted` holds the figures by name, as they stood when it was raised. `stops` says whether the caller is held by it.
    """

    number = models.CharField(max_length=32, unique=True)
    rule = models.CharField(max_length=16)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="alarms")
    system = models.CharField(max_length=64, blank=True)
    door = models.CharField(max_length=32, blank=True)
    counted = models.JSONField(default=dict)
    stops = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=AlarmState.choices(), default=AlarmState.RAISED)
    raised_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    objects = querysets.AlarmQuerySet.as_manager()

    if TYPE_CHECKING:
        department_id: str | None
        lifted_by_id: uuid.UUID | None

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ("-raised_at", "-id")
        indexes = (models.Index(fields=("state", "-raised_at"), name="alarm_open"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=[state.value for state in AlarmState]), name="alarm_state_known"),
            models.CheckConstraint(
                condition=Q(department__isnull=False, door="") | (Q(department__isnull=True) & ~Q(door="")), name="alarm_about_one"
            ),
            models.CheckConstraint(
                condition=~Q(state=AlarmState.LIFTED) | (Q(lifted_at__isnull=False) & ~Q(reason="")), name="alarm_lifted_with_reason"
            ),
            models.UniqueConstraint(
                fields=("department", "system"), condition=Q(state=AlarmState.RAISED, door=""), name="alarm_of_caller_once"
            ),
            models.UniqueConstraint(fields=("door",), condition=Q(state=AlarmState.RAISED) & ~Q(door=""), name="alarm_of_door_once"),
        ]

    def __str__(self) -> str:
        return self.number
