"""Tells Django that accounts is an application, and tells the lower rooms who may manage what and who may read the log."""

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
        from audit import trail
        from audit.readers import register_auditors
        from catalog import permission, work
        from exchange.accounts import checks as checks
        from exchange.accounts import outbox, standing_in
        from exchange.accounts.acting import departments_as
        from exchange.accounts.checker import PeopleChecker
        from exchange.accounts.models import Role
        from exchange.accounts.programs import acting as programs

        permission.register(PeopleChecker())
        trail.register_said_beside(lambda: {**standing_in.said_in_entries(), **programs.said_in_entries()})
        work.register(outbox.WORK, outbox.deliver)
        register_auditors(lambda person: bool(departments_as(person, Role.AUDITOR)))
