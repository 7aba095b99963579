"""What a guided request says, and how it is reviewed."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def say_why_it_was_refused(apps: Any, schema_editor: Any) -> None:
    """Refusals from before items had a ground of their own: that of their part, else that the purpose needed less."""
    for name in ("RequestedItem", "RequestedFact"):
        rows = apps.get_model("sharing", name).objects.using(schema_editor.connection.alias).filter(decision="REFUSED")
        for row in rows.select_related("part"):
            row.ground = row.part.ground or "BEYOND_PURPOSE"
            row.reason = row.reason or row.part.decision_reason or "Refused."
            row.save(update_fields=["ground", "reason"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sharing", "0002_sent_as"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PartMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("side", models.CharField(max_length=16)),
                ("text", models.TextField()),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="requestpart",
            name="request_part_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="requestpart",
            name="request_part_refused_with_reason_and_ground",
        ),
        migrations.AddField(
            model_name="requestedfact",
            name="ground",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="requestedfact",
            name="justification",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="requestedfact",
            name="remark",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="requesteditem",
            name="ground",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="requesteditem",
            name="justification",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="requesteditem",
            name="keep_first",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="requesteditem",
            name="keep_last",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="requesteditem",
            name="remark",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="first_approved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="first_approved_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="monthly_subjects",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="proposal",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="sharingrequest",
            name="basis_is_own",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="sharingrequest",
            name="contact_office",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="sharingrequest",
            name="contact_telephone",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="sharingrequest",
            name="recipients",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="sharingrequest",
            name="title",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="requestedfact",
            name="decision",
            field=models.CharField(
                choices=[("ASKED", "Asked"), ("GRANTED", "Granted"), ("MASKED", "Masked"), ("REFUSED", "Refused")],
                default="ASKED",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="requesteditem",
            name="decision",
            field=models.CharField(
                choices=[("ASKED", "Asked"), ("GRANTED", "Granted"), ("MASKED", "Masked"), ("REFUSED", "Refused")],
                default="ASKED",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="requestpart",
            name="state",
            field=models.CharField(
                choices=[
                    ("DRAFT", "DRAFT"),
                    ("SUBMITTED", "SUBMITTED"),
                    ("CHECKED", "CHECKED"),
                    ("APPROVED_ONCE", "APPROVED_ONCE"),
                    ("RETURNED", "RETURNED"),
                    ("APPROVED", "APPROVED"),
                    ("REFUSED", "REFUSED"),
                    ("WITHDRAWN", "WITHDRAWN"),
                ],
                default="DRAFT",
                max_length=16,
            ),
        ),
        migrations.RunPython(say_why_it_was_refused, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="requestedfact",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["ASKED", "GRANTED", "REFUSED"])), name="requested_fact_decision_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="requestedfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "REFUSED"), _negated=True),
                    models.Q(
                        models.Q(("reason", ""), _negated=True),
                        ("ground__in", ["BEYOND_PURPOSE", "LAW_FORBIDS", "LEGAL_BASIS_MISSING", "NOT_HELD", "NOT_NEEDED_FOR_DUTY"]),
                    ),
                    _connector="OR",
                ),
                name="requested_fact_refused_on_a_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="requesteditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["ASKED", "GRANTED", "MASKED", "REFUSED"])), name="requested_item_decision_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="requesteditem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "REFUSED"), _negated=True),
                    models.Q(
                        models.Q(("reason", ""), _negated=True),
                        ("ground__in", ["BEYOND_PURPOSE", "LAW_FORBIDS", "LEGAL_BASIS_MISSING", "NOT_HELD", "NOT_NEEDED_FOR_DUTY"]),
                    ),
                    _connector="OR",
                ),
                name="requested_item_refused_on_a_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="requesteditem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "MASKED"), ("keep_first__isnull", False), ("keep_last__isnull", False)),
                    models.Q(models.Q(("decision", "MASKED"), _negated=True), ("keep_first__isnull", True), ("keep_last__isnull", True)),
                    _connector="OR",
                ),
                name="requested_item_masked_as_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["DRAFT", "SUBMITTED", "CHECKED", "APPROVED_ONCE", "RETURNED", "APPROVED", "REFUSED", "WITHDRAWN"])
                ),
                name="request_part_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "REFUSED"), _negated=True),
                    models.Q(
                        models.Q(("decision_reason", ""), _negated=True),
                        ("ground__in", ["BEYOND_PURPOSE", "LAW_FORBIDS", "LEGAL_BASIS_MISSING", "NOT_HELD", "NOT_NEEDED_FOR_DUTY"]),
                    ),
                    _connector="OR",
                ),
                name="request_part_refused_with_reason_and_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "APPROVED_ONCE"), _negated=True), ("first_approved_by__isnull", False), _connector="OR"
                ),
                name="request_part_first_approved_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="partmessage",
            name="department",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.department"),
        ),
        migrations.AddField(
            model_name="partmessage",
            name="part",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="sharing.requestpart"),
        ),
        migrations.AddField(
            model_name="partmessage",
            name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name="partmessage",
            constraint=models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="part_message_says_something"),
        ),
    ]
