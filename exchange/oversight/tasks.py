"""The doors of Celery for this room: a tick that looks for harvests."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task(name="oversight.tasks.watch")  # type: ignore[untyped-decorator] # Celery ships no types
def watch() -> int:
    """Look at what was asked in the last minutes; how many alarms were raised."""
    from exchange.oversight.harvesting.alarms import watch as look

    return len(look(timezone.now()))
