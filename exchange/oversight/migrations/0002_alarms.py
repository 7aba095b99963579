"""Alarms."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import exchange.oversight.lifecycle


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("catalog", "0002_search"),
        ("oversight", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("rule", models.CharField(max_length=16)),
                ("system", models.CharField(blank=True, max_length=64)),
                ("door", models.CharField(blank=True, max_length=32)),
                ("counted", models.JSONField(default=dict)),
                ("stops", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("RAISED", "RAISED"), ("LIFTED", "LIFTED")],
                        default=exchange.oversight.lifecycle.AlarmState["RAISED"],
                        max_length=16,
                    ),
                ),
                ("raised_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "department",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="alarms", to="catalog.department"
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "alarm",
                "verbose_name_plural": "alarms",
                "ordering": ("-raised_at", "-id"),
                "indexes": [models.Index(fields=["state", "-raised_at"], name="alarm_open")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["RAISED", "LIFTED"])), name="alarm_state_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("department__isnull", False), ("door", "")),
                            models.Q(("department__isnull", True), models.Q(("door", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="alarm_about_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", exchange.oversight.lifecycle.AlarmState["LIFTED"]), _negated=True),
                            models.Q(("lifted_at__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="alarm_lifted_with_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("door", ""), ("state", exchange.oversight.lifecycle.AlarmState["RAISED"])),
                        fields=("department", "system"),
                        name="alarm_of_caller_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state", exchange.oversight.lifecycle.AlarmState["RAISED"]), models.Q(("door", ""), _negated=True)
                        ),
                        fields=("door",),
                        name="alarm_of_door_once",
                    ),
                ],
            },
        ),
    ]
