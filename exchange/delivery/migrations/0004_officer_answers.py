"""Questions that a person of the provider answers."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_STATES = ["WAITING", "CLAIMED", "ANSWERED", "UNANSWERED"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("catalog", "0002_search"),
        ("delivery", "0003_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="OfficerQuestion",
            fields=[
                (
                    "errand",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="officer_question",
                        serialize=False,
                        to="delivery.errand",
                    ),
                ),
                ("dataset", models.CharField(max_length=60)),
                ("state", models.CharField(choices=[(state, state) for state in _STATES], default="WAITING", max_length=12)),
                ("reason", models.CharField(blank=True, default="", max_length=24)),
                ("created_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("due_is_provisional", models.BooleanField(default=False)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "claimed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.department"),
                ),
                (
                    "requester",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.department"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "state", "due_on"], name="officer_queue")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", _STATES)), name="officer_question_state_known"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "CLAIMED"), _negated=True), ("claimed_by__isnull", False), _connector="OR"),
                        name="officer_question_claimed_by_somebody",
                    ),
                ],
            },
        ),
    ]
