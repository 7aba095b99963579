"""Tells Django that accounts is an application, and hands the catalogue the check of who may manage what."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Persons, roles and sign-in."""

    name = "exchange.accounts"
    label = "accounts"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer the catalogue's questions about people from now on."""
        from catalog import permission
        from exchange.accounts.checker import PeopleChecker

        permission.register(PeopleChecker())
