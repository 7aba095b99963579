"""Standing offers, emergencies, orders that wait for a signature, and how agreements follow each other."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("sharing", "0003_reviewing"),
        ("catalog", "0002_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="StandingOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("offer_id", models.CharField(max_length=32, unique=True)),
                ("offer_hash", models.CharField(max_length=71, unique=True)),
                (
                    "kind",
                    models.CharField(choices=[("OFFER", "OFFER"), ("FRAMEWORK", "FRAMEWORK"), ("EMERGENCY", "EMERGENCY")], max_length=16),
                ),
                ("document", models.JSONField()),
                ("order", models.JSONField()),
                ("signature", models.JSONField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "DRAFT"),
                            ("WITHDRAWN", "WITHDRAWN"),
                            ("IN_FORCE", "IN_FORCE"),
                            ("SUSPENDED", "SUSPENDED"),
                            ("REVOKED", "REVOKED"),
                            ("EXPIRED", "EXPIRED"),
                        ],
                        default="DRAFT",
                        max_length=16,
                    ),
                ),
                ("suspended_by", models.JSONField(blank=True, default=dict)),
                ("state_reason", models.JSONField(blank=True, null=True)),
                ("act_seq", models.BigIntegerField(blank=True, null=True)),
                ("ended_seq", models.BigIntegerField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("not_after", models.DateTimeField()),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("dataset", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="catalog.dataset")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("named", models.ManyToManyField(related_name="offers_received", to="catalog.department")),
                (
                    "provider",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="offers_given", to="catalog.department"),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "standing offer",
                "verbose_name_plural": "standing offers",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="EmergencyReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField()),
                ("used", models.JSONField(default=dict)),
                ("finding", models.TextField(blank=True)),
                ("follows", models.TextField(blank=True)),
                ("written_at", models.DateTimeField(blank=True, null=True)),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "offer",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="review", to="sharing.standingoffer"),
                ),
            ],
            options={
                "verbose_name": "review of an emergency",
                "verbose_name_plural": "reviews of emergencies",
                "ordering": ("due_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="WaitingOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("step", models.CharField(max_length=32)),
                ("order", models.JSONField()),
                ("keyid", models.CharField(max_length=128)),
                ("role", models.CharField(max_length=16)),
                ("words", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sharing.agreement"
                    ),
                ),
                ("department", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalog.department")),
                (
                    "offer",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sharing.standingoffer"
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "order that waits for a signature",
                "verbose_name_plural": "orders that wait for a signature",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.AddConstraint(
            model_name="standingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["DRAFT", "WITHDRAWN", "IN_FORCE", "SUSPENDED", "REVOKED", "EXPIRED"])),
                name="standing_offer_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["OFFER", "FRAMEWORK", "EMERGENCY"])), name="standing_offer_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="standingoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["DRAFT", "WITHDRAWN"]), ("act_seq__isnull", False), _connector="OR"),
                name="standing_offer_after_its_act",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("written_at__isnull", True),
                    models.Q(models.Q(("finding", ""), _negated=True), models.Q(("follows", ""), _negated=True)),
                    _connector="OR",
                ),
                name="emergency_review_whole_or_not_at_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreement__isnull", False), ("offer__isnull", True)),
                    models.Q(("agreement__isnull", True), ("offer__isnull", False)),
                    _connector="OR",
                ),
                name="waiting_order_of_one_thing",
            ),
        ),
    ]
