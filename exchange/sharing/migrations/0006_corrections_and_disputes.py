"""Corrections and disputes between departments."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import exchange.sharing.lifecycle.corrections
import exchange.sharing.lifecycle.disputes


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("sharing", "0005_clocks"),
        ("catalog", "0002_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("entry", models.BigIntegerField()),
                ("item", models.CharField(max_length=64)),
                ("subject_kind", models.CharField(max_length=32)),
                ("subject_sealed", models.BinaryField()),
                ("subject_blind", models.BinaryField(max_length=32)),
                ("words", models.BinaryField()),
                ("answer", models.BinaryField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "OPEN"),
                            ("ACCEPTED", "ACCEPTED"),
                            ("PUBLISHED", "PUBLISHED"),
                            ("CONFIRMED", "CONFIRMED"),
                            ("UNDECIDED", "UNDECIDED"),
                            ("WITHDRAWN", "WITHDRAWN"),
                        ],
                        default=exchange.sharing.lifecycle.corrections.CorrectionState["OPEN"],
                        max_length=16,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("running_since", models.DateField()),
                ("due_on", models.DateField()),
                ("due_provisional", models.BooleanField(default=False)),
                ("due_verified", models.BooleanField(default=False)),
                (
                    "agreement",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="sharing.agreement"),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="catalog.dataset"),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections_received", to="catalog.department"
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="corrections_asked", to="catalog.department"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="catalog.revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction request",
                "verbose_name_plural": "correction requests",
                "ordering": ("due_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="CorrectionNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entries", models.JSONField(default=list)),
                ("told_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("department", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.department")),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "correction",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="sharing.correctionrequest"),
                ),
            ],
            options={
                "ordering": ("-told_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("CORRECTION", "The answer to a correction request"),
                            ("MISUSE", "How data under an agreement are used"),
                            ("OVERDUE", "An answer that is overdue"),
                            ("REFUSAL", "The refusal of a request"),
                        ],
                        max_length=16,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("TALKS", "TALKS"),
                            ("WITH_AUTHORITY", "WITH_AUTHORITY"),
                            ("SETTLED", "SETTLED"),
                            ("RULED", "RULED"),
                            ("WITHDRAWN", "WITHDRAWN"),
                        ],
                        default=exchange.sharing.lifecycle.disputes.DisputeState["TALKS"],
                        max_length=16,
                    ),
                ),
                ("running_since", models.DateField()),
                ("due_on", models.DateField()),
                ("due_provisional", models.BooleanField(default=False)),
                ("due_verified", models.BooleanField(default=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ruling",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ANSWER", "The owner answers by the day that the ruling names"),
                            ("LOOK_AGAIN", "The owner looks at it again and decides anew"),
                            ("NOTHING", "It stays as it is"),
                            ("STOP_USE", "The requester stops this use at once"),
                        ],
                        max_length=16,
                    ),
                ),
                ("ruling_ground", models.CharField(blank=True, max_length=64)),
                ("ruling_reason", models.TextField(blank=True)),
                ("ruling_until", models.DateField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="sharing.agreement"
                    ),
                ),
                (
                    "correction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="sharing.correctionrequest",
                    ),
                ),
                ("dataset", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.dataset")),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("opened_for", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.department")),
                (
                    "part",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="sharing.requestpart",
                    ),
                ),
                ("provider", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.department")),
                ("requester", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.department")),
                (
                    "ruled_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
                "ordering": ("due_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="DisputeMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("said_at", models.DateTimeField()),
                ("text", models.TextField()),
                ("is_proposal", models.BooleanField(default=False)),
                ("is_accepted", models.BooleanField(default=False)),
                ("department", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.department")),
                ("dispute", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="sharing.dispute")),
                (
                    "person",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("said_at", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            exchange.sharing.lifecycle.corrections.CorrectionState["OPEN"],
                            exchange.sharing.lifecycle.corrections.CorrectionState["ACCEPTED"],
                            exchange.sharing.lifecycle.corrections.CorrectionState["PUBLISHED"],
                            exchange.sharing.lifecycle.corrections.CorrectionState["CONFIRMED"],
                            exchange.sharing.lifecycle.corrections.CorrectionState["UNDECIDED"],
                            exchange.sharing.lifecycle.corrections.CorrectionState["WITHDRAWN"],
                        ],
                    )
                ),
                name="correction_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["OPEN", "ACCEPTED"])),
                fields=("requester", "entry", "item", "subject_blind"),
                name="correction_asked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["OPEN", "WITHDRAWN"]),
                    models.Q(("answer__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="correction_answered_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionnotice",
            constraint=models.UniqueConstraint(fields=("correction", "department"), name="correction_notice_once"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            exchange.sharing.lifecycle.disputes.DisputeState["TALKS"],
                            exchange.sharing.lifecycle.disputes.DisputeState["WITH_AUTHORITY"],
                            exchange.sharing.lifecycle.disputes.DisputeState["SETTLED"],
                            exchange.sharing.lifecycle.disputes.DisputeState["RULED"],
                            exchange.sharing.lifecycle.disputes.DisputeState["WITHDRAWN"],
                        ],
                    )
                ),
                name="dispute_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("about__in", ["CORRECTION", "MISUSE", "OVERDUE", "REFUSAL"])), name="dispute_about_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "RULED"), _negated=True),
                    models.Q(
                        models.Q(("ruling", ""), _negated=True),
                        models.Q(("ruling_reason", ""), _negated=True),
                        models.Q(("ruling_ground", ""), _negated=True),
                        ("ruled_by__isnull", False),
                        models.Q(("ruled_by", models.F("opened_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="dispute_ruled_with_reason_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("part__isnull", False), ("state__in", ["TALKS", "WITH_AUTHORITY"])),
                fields=("about", "part"),
                name="dispute_of_a_part_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("correction__isnull", False), ("state__in", ["TALKS", "WITH_AUTHORITY"])),
                fields=("about", "correction"),
                name="dispute_of_a_correction_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("agreement__isnull", False), ("state__in", ["TALKS", "WITH_AUTHORITY"])),
                fields=("about", "agreement"),
                name="dispute_of_an_agreement_once",
            ),
        ),
    ]
