"""Limits by officer and by subject, holds, and what was tried at the public doors."""

from __future__ import annotations

import uuid
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
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("department", models.CharField(max_length=64)),
                ("system", models.CharField(blank=True, max_length=64)),
                ("alarm", models.CharField(max_length=32)),
                ("since", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "held caller",
                "verbose_name_plural": "held callers",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)), fields=("department", "system"), name="hold_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unfound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=64)),
                ("department", models.CharField(max_length=64)),
                ("minute", models.BigIntegerField()),
                ("asked", models.BigIntegerField(default=0)),
                ("unfound", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["minute"], name="unfound_minute")],
                "constraints": [models.UniqueConstraint(fields=("system", "minute"), name="unfound_minute_once")],
            },
        ),
    ]
