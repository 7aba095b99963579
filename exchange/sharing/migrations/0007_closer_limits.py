"""Limits by officer and by subject that a request may ask for."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("catalog", "0002_search"),
        ("sharing", "0006_corrections_and_disputes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="requestpart",
            name="per_officer_day",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="per_subject",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="requestpart",
            name="per_subject_days",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="requestpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("per_subject__isnull", True), ("per_subject_days__isnull", True)),
                    models.Q(("per_subject__isnull", False), ("per_subject_days__isnull", False)),
                    _connector="OR",
                ),
                name="request_part_subject_limit_whole",
            ),
        ),
    ]
