"""The doors of Celery for this room: a tick that looks at the clocks. The work itself is a row."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task(name="sharing.tasks.tick")  # type: ignore[untyped-decorator] # Celery ships no types
def tick() -> bool:
    """Have this hour's reminders made; whether nobody had asked for them yet."""
    from exchange.sharing.clocks import reminders

    return reminders.enqueue(timezone.now())
