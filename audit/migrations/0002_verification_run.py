"""Verifications that a person asked for, with their verdicts."""

import uuid

from django.db import migrations, models

_STATES = ["QUEUED", "RUNNING", "DONE", "CANCELLED", "FAILED"]


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="VerificationRun",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("LOG", "LOG"), ("REHEARSAL", "REHEARSAL")], max_length=16)),
                ("state", models.CharField(choices=[(name, name) for name in _STATES], default="QUEUED", max_length=16)),
                ("started_by", models.UUIDField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("is_sound", models.BooleanField(default=False)),
                ("report", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["kind", "-created_at"], name="audit_run_newest")],
                "constraints": [models.CheckConstraint(condition=models.Q(("state__in", _STATES)), name="audit_run_state_known")],
            },
        ),
    ]
