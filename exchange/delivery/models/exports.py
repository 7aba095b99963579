"""One long-running export under one agreement. Nothing of it allows anything: each piece is decided by the signed acts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from exchange.delivery.exports.lifecycle import DeliveryState
from exchange.delivery.exports.querysets import DeliveryQuerySet


class Delivery(models.Model):
    """An export from its request to its end; the rows themselves lie in a file until they are collected.

    `number` is the public name. `request_key` is the hash of the requester's idempotency key; `revision` and `rows_hash` are
    the signed files that the rows are read from, `on` the hub's local day by which the row filter counts years.
    """

    number = models.CharField(max_length=32, unique=True)
    agreement = models.CharField(max_length=32, db_index=True)
    provider = models.CharField(max_length=64, db_index=True)
    requester = models.CharField(max_length=64, db_index=True)
    system = models.CharField(max_length=64)
    dataset = models.CharField(max_length=64)
    version = models.CharField(max_length=71)
    request_key = models.CharField(max_length=71)
    purpose = models.CharField(max_length=200)
    has_case = models.BooleanField()
    has_officer = models.BooleanField()
    form = models.CharField(max_length=8)
    columns = models.JSONField()
    seal_to = models.CharField(max_length=129, blank=True)
    revision = models.CharField(max_length=71)
    rows_hash = models.CharField(max_length=71)
    as_of = models.CharField(max_length=20)
    on = models.DateField()
    row_count = models.BigIntegerField()
    leaf = models.CharField(max_length=71)
    state = models.CharField(max_length=16, choices=DeliveryState.choices(), default=DeliveryState.PREPARING)
    progress = models.PositiveSmallIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    sent = models.BigIntegerField(default=0)
    manifest = models.TextField(blank=True)
    row_marks = models.JSONField(default=list)
    reason = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["agreement", "request_key"], name="export_asked_once")]

    def __str__(self) -> str:
        return f"export {self.number} {self.state}"
