"""What a guided request says, and how it is reviewed."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sharing", "0002_sent_as")]

    operations: ClassVar = []
