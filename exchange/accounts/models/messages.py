"""The outbox: what leaves the hub for a person, as rows first (exchange/accounts/outbox.py)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a message travels. PORTAL: it is read on the person's own page and goes nowhere."""

    MAIL = "MAIL", _("by mail")
    PORTAL = "PORTAL", _("on your account page")
    SMS = "SMS", _("by text message")
    WEBHOOK = "WEBHOOK", _("to a program")


class MessageState(models.TextChoices):
    """Where a message stands."""

    WAITING = "WAITING", _("Waiting to be sent")
    SENT = "SENT", _("Sent")
    FAILED = "FAILED", _("Could not be sent")
    EXPIRED = "EXPIRED", _("Too old to be sent")


class Message(models.Model):
    """One message to one address. Address and text are sealed; both are emptied once the message has left or has no more use.

    `template` names the text (exchange/accounts/message_texts.py). A message of channel PORTAL has a person, no address, and
    in place of the text what fills its places: it is written in the language of whoever reads it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    channel = models.CharField(max_length=16, choices=Channel)
    template = models.CharField(max_length=32)
    language = models.CharField(max_length=16)
    address_sealed = models.BinaryField(null=True, blank=True, editable=False)
    text_sealed = models.BinaryField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=16, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    written_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        person_id: uuid.UUID | None

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-written_at",)
        indexes = (
            models.Index(fields=("person", "-written_at"), name="message_by_person"),
            models.Index(fields=("state", "written_at"), name="message_by_state"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="message_channel_known"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            models.CheckConstraint(condition=~Q(channel=Channel.PORTAL) | Q(person__isnull=False), name="message_portal_has_a_person"),
        )

    def __str__(self) -> str:
        return f"{self.template} {self.state}"
