"""The Celery application: messages are only wake-ups; the work itself is a row (design, section 9)."""

from __future__ import annotations

import logging
import os

from celery import Celery
from kombu import serialization

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")

app = Celery("mianzheng")


def _configure() -> None:
    from django.conf import settings

    app.conf.update(
        broker_url=settings.BROKER_URL,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
        timezone="UTC",
        beat_schedule={
            "sweep-work": {"task": "catalog.tasks.sweep_work", "schedule": 5.0},
            # whoever sweeps persons is held within the minute: the log's index is at most ten seconds old
            "harvesting": {"task": "oversight.tasks.watch", "schedule": 10.0},
            # looks at the local calendar: monthly runs from the first at 02:00, offers to which nobody objected
            "offers": {"task": "affairs.tasks.tick", "schedule": 900.0},
            # writes this hour's work of reminding, once
            "reminders": {"task": "sharing.tasks.tick", "schedule": 300.0},
        },
        beat_max_loop_interval=1,  # beat sleeps this long at most: it must hear that it is to stop
        beat_schedule_filename=str(settings.HUB_HOME / "broker" / "beat-schedule"),
    )
    if settings.BROKER_URL.startswith("filesystem"):
        logging.getLogger("kombu.connection").setLevel(logging.ERROR)  # it warns that a folder has no host name
        folder = settings.HUB_HOME / "broker"
        for name in ("queue", "control"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        app.conf.broker_transport_options = {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.25,  # seconds; the default of one makes wake-ups and stopping slow
        }


_configure()
serialization.disable_insecure_serializers(allowed=["json"])  # type: ignore[no-untyped-call]  # kombu ships no types
app.autodiscover_tasks()
