"""One-time codes sent to a registered phone, and the counters that slow down whoever guesses. No code is kept in clear."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CodeState(models.TextChoices):
    """Where a request for a code stands. WAITING and SILENT look the same from outside."""

    WAITING = "WAITING", _("the registers are being asked")
    SENT = "SENT", _("a code was sent")
    SILENT = "SILENT", _("nothing was sent")
    USED = "USED", _("the code was used")


class CodeRequest(models.Model):
    """Somebody wants to prove to be a subject. `claim_sealed` holds kind, identifier and name until the registers are asked.

    `code_hash` is HMAC-SHA256 of the code under a key outside the database, empty while none was sent; `tries` counts
    every attempt, also where there is no code to hit.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="code_requests")
    kind = models.CharField(max_length=32)
    claim_sealed = models.BinaryField(editable=False)
    code_hash = models.BinaryField(max_length=32, null=True, blank=True, editable=False)
    state = models.CharField(max_length=16, choices=CodeState, default=CodeState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=16, default="en")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    if TYPE_CHECKING:
        person_id: uuid.UUID

    class Meta:
        verbose_name = _("request for a code")
        verbose_name_plural = _("requests for codes")
        indexes = (models.Index(fields=("expires_at",), name="code_request_by_end"),)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=CodeState.values), name="code_request_state_known"),
            models.CheckConstraint(condition=~Q(state=CodeState.SENT) | Q(code_hash__isnull=False), name="code_request_sent_has_a_code"),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class RateCount(models.Model):
    """How often something was tried in one window of time: `bucket` is a keyed hash of what, who and when."""

    bucket = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("count of attempts")
        verbose_name_plural = _("counts of attempts")

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%H:%M}"
