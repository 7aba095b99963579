"""Tells Django that sharing is an application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharingConfig(AppConfig):
    """Requests and agreements."""

    name = "exchange.sharing"
    label = "sharing"
    verbose_name = _("Requests and agreements")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the work that this room does in the background, and what it reminds of."""
        from catalog import work
        from exchange.sharing import renewals
        from exchange.sharing.clocks import parts, reminders

        work.register(reminders.WORK, reminders.run)
        reminders.register("agreements", renewals.due_reminders)
        reminders.register("parts", parts.due_reminders)
