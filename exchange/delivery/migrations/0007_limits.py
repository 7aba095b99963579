"""Limits by officer and by subject."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0006_changes")]

    operations: ClassVar = []
