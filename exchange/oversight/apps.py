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
        """Name the work that this room does in the background, and its lifecycle for the page that shows them all."""
        from exchange.oversight import works
        from exchange.oversight.lifecycle import ALARM, ALARM_SIDES, QUESTION
        from exchange.sharing.lifecycle_page import Section, add_sections

        works.register_work()
        add_sections(Section("Question of a citizen", QUESTION), Section("Alarm", ALARM, ALARM_SIDES))
