"""The demonstration city's place among Django's apps."""

from __future__ import annotations

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    name = "exchange.demonstration"
    label = "demonstration"
