"""Corrections and disputes between departments."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sharing", "0005_clocks")]

    operations: ClassVar = []
