"""Tells Django that the portal is an application, so that its templates, tags and static files are found."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The pages of the hub."""

    name = "exchange.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the work that pages ask for and a worker does."""
        from exchange.portal.auditor import checking

        checking.register_work()
