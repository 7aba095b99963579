"""Where a department wants to hear that there are changes, what it was sent, and each try. No row of data, no body of an answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from exchange.delivery.webhooks.lifecycle import ENDED, MessageState, WebhookState
from exchange.delivery.webhooks.querysets import WebhookQuerySet


class Webhook(models.Model):
    """One address of a requester under one agreement, confirmed by the sharing authority before the hub calls it.

    `networks` and `ports` bound where its name may lead. `secret` is sealed (exchange/accounts/columns.py);
    it was shown once. `announced` is the stand of the register that was told last, as canonical JSON; empty: none.
    """

    number = models.CharField(max_length=32, unique=True)
    agreement = models.CharField(max_length=32, db_index=True)
    provider = models.CharField(max_length=64)
    requester = models.CharField(max_length=64, db_index=True)
    dataset = models.CharField(max_length=64, db_index=True)
    url = models.CharField(max_length=500)
    networks = models.JSONField()
    ports = models.JSONField()
    secret = models.BinaryField(blank=True, default=b"")
    state = models.CharField(max_length=12, choices=WebhookState.choices(), default=WebhookState.UNCONFIRMED)
    reason = models.CharField(max_length=40, blank=True)
    announced = models.TextField(blank=True)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement"], condition=~models.Q(state=ENDED), name="webhook_one_for_an_agreement"),
            models.CheckConstraint(condition=models.Q(state__in=list(WebhookState)), name="webhook_state_known"),
        ]

    def __str__(self) -> str:
        return f"webhook {self.number} {self.state}"


class WebhookMessage(models.Model):
    """One message: the same number and the same body however often it is sent, so that its receiver can tell a repetition."""

    number = models.CharField(max_length=36, unique=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="messages")
    body = models.TextField()
    state = models.CharField(max_length=12, choices=MessageState.choices(), default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"message {self.number} {self.state}"


class WebhookTry(models.Model):
    """One try to deliver a message: the status that came back, or why there was none."""

    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"try of message {self.message_id}: {self.status or self.reason}"
