"""Exports: the row of each, from its request to its end."""

from __future__ import annotations

from typing import ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0002_errands")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("agreement", models.CharField(db_index=True, max_length=32)),
                ("provider", models.CharField(db_index=True, max_length=64)),
                ("requester", models.CharField(db_index=True, max_length=64)),
                ("system", models.CharField(max_length=64)),
                ("dataset", models.CharField(max_length=64)),
                ("version", models.CharField(max_length=71)),
                ("request_key", models.CharField(max_length=71)),
                ("purpose", models.CharField(max_length=200)),
                ("has_case", models.BooleanField()),
                ("has_officer", models.BooleanField()),
                ("form", models.CharField(max_length=8)),
                ("columns", models.JSONField()),
                ("seal_to", models.CharField(blank=True, max_length=129)),
                ("revision", models.CharField(max_length=71)),
                ("rows_hash", models.CharField(max_length=71)),
                ("as_of", models.CharField(max_length=20)),
                ("on", models.DateField()),
                ("row_count", models.BigIntegerField()),
                ("leaf", models.CharField(max_length=71)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PREPARING", "PREPARING"),
                            ("READY", "READY"),
                            ("COLLECTING", "COLLECTING"),
                            ("COLLECTED", "COLLECTED"),
                            ("CANCELLED", "CANCELLED"),
                            ("STOPPED", "STOPPED"),
                            ("EXPIRED", "EXPIRED"),
                            ("FAILED", "FAILED"),
                        ],
                        default="PREPARING",
                        max_length=16,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("sent", models.BigIntegerField(default=0)),
                ("manifest", models.TextField(blank=True)),
                ("row_marks", models.JSONField(default=list)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [models.UniqueConstraint(fields=("agreement", "request_key"), name="export_asked_once")],
            },
        ),
    ]
