"""Errands to remote stores, and results that wait."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

_STATES = ["WAITING", "ASKED", "ANSWERED", "FAILED", "ABANDONED"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Errand",
            fields=[
                ("id", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("intent", models.BinaryField(max_length=32, unique=True)),
                ("department", models.CharField(max_length=60)),
                ("system", models.CharField(max_length=60)),
                ("agreement", models.CharField(max_length=32)),
                ("method", models.CharField(max_length=12)),
                ("provider", models.CharField(max_length=60)),
                ("dataset", models.CharField(max_length=60)),
                ("version", models.CharField(max_length=71)),
                ("store_kind", models.CharField(max_length=12)),
                ("once", models.BinaryField(max_length=32, null=True, unique=True)),
                ("asked", models.BinaryField(max_length=32)),
                ("state", models.CharField(choices=[(state, state) for state in _STATES], default="WAITING", max_length=12)),
                ("reason", models.CharField(blank=True, default="", max_length=24)),
                ("lease", models.CharField(blank=True, default="", max_length=32)),
                ("leased_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("not_before", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("blinds", models.BinaryField()),
                ("question", models.BinaryField()),
                ("result", models.BinaryField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("keep_until", models.DateTimeField(null=True)),
                ("collected_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "store_kind", "provider", "not_before"], name="errand_waiting"),
                    models.Index(fields=["keep_until"], name="errand_kept"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", _STATES)), name="errand_state_known"),
                    models.CheckConstraint(
                        condition=models.Q(("collected_at", None), ("result", None), _connector="OR"), name="errand_collected_once"
                    ),
                ],
            },
        ),
    ]
