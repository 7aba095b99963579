"""Tells Django that affairs is an application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AffairsConfig(AppConfig):
    """Citizen services: matters, cases, evidence, decisions."""

    name = "exchange.affairs"
    label = "affairs"
    verbose_name = _("Citizen services")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the work that this room does in the background, its lifecycles for the page that shows them all, and what matters need."""
        from exchange.affairs import lifecycle_sections, stopping, works
        from exchange.affairs.matters.needs import needed_for
        from exchange.sharing import losses
        from exchange.sharing.least import add_source

        works.register_work()
        lifecycle_sections.add_to_page()
        add_source("matters", needed_for)
        losses.register("matters", stopping.stopped_by)
