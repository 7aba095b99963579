"""A reminder of an alarm."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("catalog", "0002_search"),
        ("sharing", "0007_closer_limits"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="reminder",
            name="reminder_kind_known",
        ),
        migrations.AlterField(
            model_name="reminder",
            name="kind",
            field=models.CharField(
                choices=[
                    ("AGREEMENT_ENDS", "An agreement ends soon"),
                    ("ALARM_RAISED", "Persons were looked up in numbers that nobody foresaw"),
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
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "AGREEMENT_ENDS",
                            "ALARM_RAISED",
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
        ),
    ]
