"""The doors of Celery for this room: a tick that looks at the calendar. The work itself is rows."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task(name="affairs.tasks.tick")  # type: ignore[untyped-decorator] # Celery ships no types
def tick() -> int:
    """Begin due monthly runs and asking that was given up, take the offers to which nobody objected, close old cases; how much was done."""
    from exchange.affairs.actions.closing import close_settled
    from exchange.affairs.gathering.reviving import revive_gathering
    from exchange.affairs.offers.schedule import enqueue_assuming, start_due_runs

    now = timezone.now()
    return len(start_due_runs(now)) + (enqueue_assuming(now) is not None) + close_settled() + revive_gathering()
