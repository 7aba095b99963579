"""Tells Django that oversight is an application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OversightConfig(AppConfig):
    """Access records, questions to departments, figures."""

    name = "exchange.oversight"
    label = "oversight"
    verbose_name = _("Oversight")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the work that this room does in the background."""
        from exchange.oversight import works

        works.register_work()
