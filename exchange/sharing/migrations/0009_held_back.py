"""Files of which their publisher says that they leave a corrected value as it was."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = (("sharing", "0008_alarm_reminder"),)

    operations = (
        migrations.AddField(
            model_name="correctionrequest",
            name="held_back",
            field=models.JSONField(blank=True, default=list),
        ),
    )
