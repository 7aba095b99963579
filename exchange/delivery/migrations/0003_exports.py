"""Deliveries of whole lists."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0002_errands")]

    operations: ClassVar = []
