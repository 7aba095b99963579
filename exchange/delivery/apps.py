"""The data path's place among Django's apps."""

from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "exchange.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Name the work that this room does in the background."""
        from exchange.delivery.exports.works import register_work as register_exports

        register_exports()
