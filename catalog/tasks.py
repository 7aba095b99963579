"""The doors of Celery: a message carries an id, the work is a row."""

from __future__ import annotations

from celery import shared_task

from catalog import loads, work


@shared_task(name=work.RUN_TASK)  # type: ignore[untyped-decorator] # Celery ships no types
def run_work(work_id: int) -> bool:
    """Do one piece of work, if it is still to be done."""
    return work.run(work_id)


@shared_task(name="catalog.tasks.sweep_work")  # type: ignore[untyped-decorator] # Celery ships no types
def sweep_work() -> int:
    """Wake workers for work that a lost message or a killed worker left behind; clear away what killed checks left."""
    due = work.sweep()
    for work_id in due:
        work.wake(work_id)
    loads.sweep_working()
    return len(due)
