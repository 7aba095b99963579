"""What stops a caller that sweeps persons, and what of its questions found nobody. A row here narrows; none widens."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Hold(models.Model):
    """Calls of one system, or (`system` empty) of every system of a department, are refused until it is lifted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.CharField(max_length=64)
    system = models.CharField(max_length=64, blank=True)
    alarm = models.CharField(max_length=32)
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("held caller")
        verbose_name_plural = _("held callers")
        constraints = [
            models.UniqueConstraint(fields=["department", "system"], condition=Q(lifted_at__isnull=True), name="hold_once"),
        ]

    def __str__(self) -> str:
        return f"hold {self.alarm} on {self.system or self.department}"


class Unfound(models.Model):
    """How many subjects a system was answered about in a minute (since 1970), and of how many there was no record. Names nobody."""

    system = models.CharField(max_length=64)
    department = models.CharField(max_length=64)
    minute = models.BigIntegerField()
    asked = models.BigIntegerField(default=0)
    unfound = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "minute"], name="unfound_minute_once")]
        indexes = [models.Index(fields=["minute"], name="unfound_minute")]

    def __str__(self) -> str:
        return f"{self.system} in minute {self.minute}: {self.unfound} of {self.asked} unknown"
