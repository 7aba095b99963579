"""Errands to remote stores, and results that wait."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0001_initial")]

    operations: ClassVar = []
