"""Pauses, extensions and reminders of clocks."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sharing", "0004_offers_and_ends")]

    operations: ClassVar = []
