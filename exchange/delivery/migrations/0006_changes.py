"""Followers of changes: where webhooks go, what they were sent, and each try."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0005_sandbox")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("agreement", models.CharField(db_index=True, max_length=32)),
                ("provider", models.CharField(max_length=64)),
                ("requester", models.CharField(db_index=True, max_length=64)),
                ("dataset", models.CharField(db_index=True, max_length=64)),
                ("url", models.CharField(max_length=500)),
                ("networks", models.JSONField()),
                ("ports", models.JSONField()),
                ("secret", models.BinaryField(blank=True, default=b"")),
                (
                    "state",
                    models.CharField(
                        choices=[("UNCONFIRMED", "UNCONFIRMED"), ("ACTIVE", "ACTIVE"), ("STOPPED", "STOPPED"), ("ENDED", "ENDED")],
                        default="UNCONFIRMED",
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("announced", models.TextField(blank=True)),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_by", models.UUIDField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ENDED"), _negated=True), fields=("agreement",), name="webhook_one_for_an_agreement"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["UNCONFIRMED", "ACTIVE", "STOPPED", "ENDED"])), name="webhook_state_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=36, unique=True)),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("WAITING", "WAITING"), ("DELIVERED", "DELIVERED"), ("GIVEN_UP", "GIVEN_UP")],
                        default="WAITING",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("next_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("webhook", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="delivery.webhook")),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="WebhookTry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=20)),
                (
                    "message",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="tries", to="delivery.webhookmessage"),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
    ]
