"""Questions that a person of the provider answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0003_exports")]

    operations: ClassVar = []
