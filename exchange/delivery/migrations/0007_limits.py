"""Limits by officer and by subject, holds, and what was tried at the public doors."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0006_changes")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CloseUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agreement", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=8)),
                ("who", models.BinaryField(max_length=32)),
                ("period", models.CharField(max_length=20)),
                ("used", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agreement", "kind", "who", "period"), name="close_window_once")],
            },
        ),
    ]
