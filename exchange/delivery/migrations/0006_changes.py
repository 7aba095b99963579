"""Followers of changes and where webhooks go."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0005_sandbox")]

    operations: ClassVar = []
