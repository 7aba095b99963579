"""Keys that may ask the sandbox."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0004_officer_answers")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SandboxKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=40, unique=True)),
                ("public_key", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={"verbose_name": "sandbox key", "verbose_name_plural": "sandbox keys"},
        ),
    ]
