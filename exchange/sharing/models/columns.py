"""Columns that several tables of this room have."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

AGREEMENT_ID_LENGTH = 32


def acting_person() -> Any:
    """A person who did something; kept as long as what they did."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
