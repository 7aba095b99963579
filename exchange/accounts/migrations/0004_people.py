"""Deputies, ends of service and quarterly confirmations."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0003_subject")]

    operations: ClassVar = []
