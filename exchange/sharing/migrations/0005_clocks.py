"""Pauses, extensions and reminders of clocks."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import exchange.sharing.lifecycle.clocks


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("sharing", "0004_offers_and_ends"),
        ("catalog", "0002_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ClockPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("CORRECTION", "Correction"), ("DISPUTE", "Dispute"), ("PART", "Part of a request")], max_length=16
                    ),
                ),
                ("target", models.CharField(max_length=64)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("DISPUTE", "a dispute is open"),
                            ("PROVIDER_OUTAGE", "the provider's system is down"),
                            ("PUBLIC_NOTICE", "a public notice runs"),
                            ("SITE_VISIT", "a site visit is under way"),
                            ("SUPPLEMENT", "something was missing and is being completed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "paused_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("since", "id"),
                "indexes": [models.Index(fields=["kind", "target"], name="clock_pause_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["DISPUTE", "PROVIDER_OUTAGE", "PUBLIC_NOTICE", "SITE_VISIT", "SUPPLEMENT"])),
                        name="clock_pause_reason_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("kind", "target", "reason"),
                        name="clock_pause_open_once_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("CORRECTION", "Correction"), ("DISPUTE", "Dispute"), ("PART", "Part of a request")], max_length=16
                    ),
                ),
                ("target", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("ASKED", "ASKED"), ("GRANTED", "GRANTED"), ("REFUSED", "REFUSED")],
                        default=exchange.sharing.lifecycle.clocks.ExtensionState["ASKED"],
                        max_length=16,
                    ),
                ),
                ("days", models.PositiveIntegerField()),
                ("reason", models.TextField()),
                ("answer", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("department", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.department")),
            ],
            options={
                "ordering": ("asked_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    exchange.sharing.lifecycle.clocks.ExtensionState["ASKED"],
                                    exchange.sharing.lifecycle.clocks.ExtensionState["GRANTED"],
                                    exchange.sharing.lifecycle.clocks.ExtensionState["REFUSED"],
                                ],
                            )
                        ),
                        name="extension_state_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("days__gt", 0)), name="extension_has_days"),
                    models.UniqueConstraint(fields=("kind", "target"), name="extension_asked_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "ASKED"),
                            models.Q(("decided_by__isnull", False), models.Q(("decided_by", models.F("asked_by")), _negated=True)),
                            _connector="OR",
                        ),
                        name="extension_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("AGREEMENT_ENDS", "An agreement ends soon"),
                            ("CORRECTION_DUE", "A correction request is due soon"),
                            ("CORRECTION_ESCALATED", "A department leaves a correction request unanswered"),
                            ("CORRECTION_OVERDUE", "A correction request is overdue"),
                            ("DISPUTE_DUE", "A dispute is due soon"),
                            ("DISPUTE_ESCALATED", "A dispute is left lying"),
                            ("DISPUTE_OVERDUE", "A dispute is overdue"),
                            ("REQUEST_DUE", "A data request is due soon"),
                            ("REQUEST_ESCALATED", "A department leaves a data request unanswered"),
                            ("REQUEST_OVERDUE", "A data request is overdue"),
                            ("ROLES_UNCONFIRMED", "Roles wait to be confirmed"),
                        ],
                        max_length=32,
                    ),
                ),
                ("target", models.CharField(max_length=64)),
                ("on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "department",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="catalog.department"),
                ),
            ],
            options={
                "ordering": ("-on", "id"),
                "indexes": [models.Index(fields=["department", "settled_at"], name="reminder_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "AGREEMENT_ENDS",
                                    "CORRECTION_DUE",
                                    "CORRECTION_ESCALATED",
                                    "CORRECTION_OVERDUE",
                                    "DISPUTE_DUE",
                                    "DISPUTE_ESCALATED",
                                    "DISPUTE_OVERDUE",
                                    "REQUEST_DUE",
                                    "REQUEST_ESCALATED",
                                    "REQUEST_OVERDUE",
                                    "ROLES_UNCONFIRMED",
                                ],
                            )
                        ),
                        name="reminder_kind_known",
                    ),
                    models.UniqueConstraint(fields=("kind", "target", "on"), name="reminder_once"),
                ],
            },
        ),
    ]
