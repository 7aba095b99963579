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
        from catalog.work import REVISION_WORK
        from exchange.accounts import open_work
        from exchange.sharing import renewals, role_reminders
        from exchange.sharing.clocks import parts, reminders
        from exchange.sharing.corrections import clock as correction_clock
        from exchange.sharing.corrections import telling
        from exchange.sharing.disputes import clock as dispute_clock
        from exchange.sharing.open_work import UnfinishedRequests

        work.register(reminders.WORK, reminders.run)
        reminders.register("agreements", renewals.due_reminders)
        work.register(REVISION_WORK, telling.revision_published)
        reminders.register("parts", parts.due_reminders)
        reminders.register("corrections", correction_clock.due_reminders)
        reminders.register("disputes", dispute_clock.due_reminders)
        reminders.register("corrected", telling.due_reminders)
        reminders.register("roles", role_reminders.due_reminders)
        open_work.register("requests", UnfinishedRequests())
