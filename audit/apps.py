"""The audit room as a Django application: what happened, provably."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the check that refuses databases which could lose an acknowledged commit."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read back the durability of every connection that this process opens."""
        from audit import durability

        durability.watch_connections()
