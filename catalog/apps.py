"""The room that knows who holds what: departments, datasets, their descriptions, and the files behind them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """The catalogue."""

    name = "catalog"
    label = "catalog"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the work that this room does in the background, and what `manage.py check` asks."""
        from catalog import checks as _checks  # noqa: F401 - importing it registers them
        from catalog import loads

        loads.register_work()
