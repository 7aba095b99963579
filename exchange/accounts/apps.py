"""Tells Django that accounts is an application, and hands the catalogue the check of who may manage what."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Persons, roles and sign-in."""

    name = "exchange.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
