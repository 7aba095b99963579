"""Refusals to people who manage webhooks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, Invalid, Missing


class NoSuchWebhook(Missing):
    """There is no such webhook, or it is not the person's to see: both look the same."""

    code = "NO_SUCH_WEBHOOK"
    title = _("No such webhook")


class WebhookMoved(Conflict):
    """The webhook or its message has moved on."""

    code = "WEBHOOK_MOVED"
    title = _("This webhook has changed meanwhile")


class WebhookWrong(Invalid):
    """The address, its networks or its ports cannot be used."""

    code = "WEBHOOK_WRONG"
    title = _("Please correct the webhook")
