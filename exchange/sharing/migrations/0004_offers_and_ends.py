"""Standing offers, emergencies, and how agreements follow each other."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sharing", "0003_reviewing")]

    operations: ClassVar = []
