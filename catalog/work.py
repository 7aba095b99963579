"""Work that must not be lost (design, section 9): a row first, a message second.

`enqueue` writes the row in the transaction of its cause and wakes a worker on commit. Whoever works holds a lease and
renews it; a worker that falls silent loses it, and the sweep wakes another. Handlers are registered by name, so news can
travel to a room above without importing it. A handler takes the target's id and a `renew` function, and is safe to run twice.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalog.lifecycle import WORK, WorkEvent
from catalog.models import Work

LEASE = timedelta(seconds=60)
RETRY_AFTER = timedelta(seconds=10)
MOST_ATTEMPTS = 8
SWEPT_AT_ONCE = 100
RUN_TASK = "catalog.tasks.run_work"
# News for the rooms above: rows of a dataset were published; the target is the revision's key.
REVISION_WORK = "catalog.revision_published"
# The same news for whoever tells followers that there are changes.
CHANGES_WORK = "catalog.rows_changed"

Renew = Callable[[int], None]
Handler = Callable[[str, Renew], None]

logger = logging.getLogger(__name__)
_handlers: dict[str, Handler] = {}


class LeaseLost(Exception):
    """Another worker has taken over: stop, and change nothing more."""


def register(name: str, handler: Handler) -> None:
    """Say who does the work of this name; called in AppConfig.ready of the room that knows how."""
    _handlers[name] = handler


def enqueue(name: str, target: object, *, not_before: timedelta = timedelta(0)) -> Work:
    """Write work into the caller's transaction; a worker is woken when it commits. `target` is an id, never personal data."""
    work = Work.objects.create(name=name, target=str(target), not_before=timezone.now() + not_before)
    transaction.on_commit(lambda: wake(work.pk))
    return work


def wake(work_id: int) -> None:
    """Send a message that carries the id. A broker that is away loses nothing: the sweep finds the row."""
    from celery import current_app

    try:
        current_app.signature(RUN_TASK, args=(work_id,)).apply_async()
    except Exception:  # noqa: BLE001 - whatever the broker says, the row stands and will be swept
        logger.warning("No worker could be woken; the sweep will find the work", extra={"work": work_id})


def lease(work_id: int) -> Work | None:
    """Take a piece of work that is due, for LEASE; None when somebody else has it, or it is finished."""
    token, now = uuid.uuid4().hex, timezone.now()
    sources, target = WORK[WorkEvent.LEASE]
    taken = (
        Work.objects.due(now)
        .filter(pk=work_id, state__in=sources)
        .update(state=target, lease=token, leased_until=now + LEASE, attempts=F("attempts") + 1)
    )
    return Work.objects.get(pk=work_id) if taken else None


def renew(work: Work, progress: int) -> None:
    """Keep the lease and write the progress (percent); raises LeaseLost when it has passed to somebody else."""
    kept = Work.objects.filter(pk=work.pk, lease=work.lease, state__in=WORK[WorkEvent.FINISH][0])
    if not kept.update(leased_until=timezone.now() + LEASE, progress=min(max(progress, 0), 100)):
        raise LeaseLost(work.pk)


def finish(work: Work) -> None:
    """The work is done; only the holder of the lease can say so."""
    _end(work, WorkEvent.FINISH, progress=100, finished_at=timezone.now(), error="")


def fail(work: Work, error: Exception) -> None:
    """Try again later, a little later each time, or give up after MOST_ATTEMPTS. Keeps the kind of error, not its text."""
    kind = type(error).__name__[:200]
    if work.attempts >= MOST_ATTEMPTS:
        _end(work, WorkEvent.GIVE_UP, error=kind, finished_at=timezone.now())
    else:
        _end(work, WorkEvent.RETRY, error=kind, not_before=timezone.now() + RETRY_AFTER * 2**work.attempts)


def _end(work: Work, event: WorkEvent, **changes: object) -> None:
    sources, target = WORK[event]
    held = Work.objects.filter(pk=work.pk, lease=work.lease, state__in=sources)
    if not held.update(state=target, leased_until=None, **changes):
        raise LeaseLost(work.pk)


def run(work_id: int) -> bool:
    """Lease a piece of work, do it, finish it; whether this call did it. Errors of the handler are kept for a retry."""
    work = lease(work_id)
    if work is None:
        return False
    try:
        _handlers[work.name](work.target, lambda progress: renew(work, progress))
        finish(work)
    except LeaseLost:
        return False
    except Exception as error:
        logger.exception("Work %s failed", work.name, extra={"work": work_id})
        fail(work, error)
        return False
    return True


def sweep() -> list[int]:
    """Ids of work that is due and that nobody holds."""
    return list(Work.objects.due(timezone.now()).order_by("not_before").values_list("pk", flat=True)[:SWEPT_AT_ONCE])


def due(name: str) -> list[int]:
    """Ids of work of one name that is due and that nobody holds: for who could begin it at once, without a worker's wake-up."""
    return list(Work.objects.due(timezone.now()).filter(name=name).order_by("not_before").values_list("pk", flat=True)[:SWEPT_AT_ONCE])
