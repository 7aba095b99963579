"""The data path's place among Django's apps."""

from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "exchange.delivery"
    label = "delivery"
