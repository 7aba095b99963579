"""Errands to remote stores, and the results that wait to be collected. Whom they are about stands nowhere in clear."""

from __future__ import annotations

from django.db import models

from exchange.delivery.errands.lifecycle import ErrandState


class Errand(models.Model):
    """One question to a remote store, from its intent to the collected result.

    `blinds` (32 bytes each, joined) find the keys of the persons it names; `question` and `result` are sealed under all
    of those keys together, so that destroying one of them destroys both. `once` and `asked` are HMACs of the caller's
    idempotency key and of what was asked under it.
    """

    id = models.CharField(primary_key=True, max_length=32)
    intent = models.BinaryField(max_length=32, unique=True)
    department = models.CharField(max_length=60)
    system = models.CharField(max_length=60)
    agreement = models.CharField(max_length=32)
    method = models.CharField(max_length=12)
    provider = models.CharField(max_length=60)
    dataset = models.CharField(max_length=60)
    version = models.CharField(max_length=71)
    store_kind = models.CharField(max_length=12)
    once = models.BinaryField(max_length=32, null=True, unique=True)
    asked = models.BinaryField(max_length=32)
    state = models.CharField(max_length=12, choices=ErrandState.choices(), default=ErrandState.WAITING)
    reason = models.CharField(max_length=24, blank=True, default="")
    lease = models.CharField(max_length=32, blank=True, default="")
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    blinds = models.BinaryField()
    question = models.BinaryField()
    result = models.BinaryField(null=True)
    finished_at = models.DateTimeField(null=True)
    keep_until = models.DateTimeField(null=True)
    collected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(ErrandState)), name="errand_state_known"),
            models.CheckConstraint(condition=models.Q(collected_at=None) | models.Q(result=None), name="errand_collected_once"),
        ]
        indexes = [
            models.Index(fields=["state", "store_kind", "provider", "not_before"], name="errand_waiting"),
            models.Index(fields=["keep_until"], name="errand_kept"),
        ]

    def __str__(self) -> str:
        return f"errand {self.id} to {self.provider}: {self.state}"
