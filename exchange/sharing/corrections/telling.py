"""When a corrected value is published, everybody who received the old one is told; found by blind, never by name.

The rooms above are told too, by a work row of the name SETTLED: cases that used the value are looked at again.
"""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import trail
from catalog import work
from catalog.models import Department, Revision
from exchange.sharing.corrections.choosing import is_settled_by
from exchange.sharing.corrections.clock import route_of
from exchange.sharing.corrections.received import receivers
from exchange.sharing.corrections.sealing import subject_of
from exchange.sharing.errors import StateChanged
from exchange.sharing.lifecycle.corrections import CORRECTION, CorrectionEvent, CorrectionState
from exchange.sharing.models import CorrectionNotice, CorrectionRequest

# The index of the newest calls may be a little behind when a correction is published: they are looked for again.
_LOOK_AGAIN = timedelta(days=2)
# News for the rooms above: a correction is published, or more calls that brought the old value were found; the target is its key.
SETTLED = "correction.settled"


def revision_published(target: str, _renew: work.Renew) -> None:
    """Handler of the catalogue's news: the revision puts right whatever its provider has accepted. Safe to run twice."""
    revision = Revision.objects.select_related("dataset").filter(pk=int(target)).first()
    if revision is None:
        return
    for correction in _accepted().filter(dataset=revision.dataset_id):
        _publish_if_later(correction, revision)


def due_reminders(_today: date) -> None:
    """What the tick makes up for: a revision of which no news came, and calls that the index did not have yet."""
    for correction in _accepted().select_related("dataset__current_revision"):
        newest = correction.dataset.current_revision
        if newest is not None:
            _publish_if_later(correction, newest)
    since = timezone.now() - _LOOK_AGAIN
    for correction in CorrectionRequest.objects.filter(state=CorrectionState.PUBLISHED, published_at__gte=since).select_related(
        "agreement", "dataset"
    ):
        with transaction.atomic():
            tell(correction)


def _publish_if_later(correction: CorrectionRequest, revision: Revision) -> None:
    """A file that came in before the answer, or that was said not to hold it, puts nothing right; whoever is second does nothing."""
    if not is_settled_by(correction, list(revision.loads.all())):
        return
    with contextlib.suppress(StateChanged), transaction.atomic():
        publish(correction, revision=revision)


def publish(correction: CorrectionRequest, *, revision: Revision | None) -> None:
    """The corrected value is out: name the revision, tell everybody. Call inside a transaction. Raises StateChanged."""
    sources, target = CORRECTION[CorrectionEvent.PUBLISH]
    rows = CorrectionRequest.objects.filter(pk=correction.pk, state__in=sources)
    if not rows.update(state=target, revision=revision, published_at=timezone.now()):
        raise StateChanged(state=correction.state)
    correction.refresh_from_db()
    route = route_of(correction, "publish", side=correction.provider_id, acting="hub")
    trail.record({**route, "revision": revision.act_seq} if revision else route)
    tell(correction)


def tell(correction: CorrectionRequest) -> int:
    """A notice for each department that received the old value, once; how many say something new. Inside a transaction.

    A department reads which of its own calls brought the value. Whose value it is stands in its own receipts, not here.
    """
    found = receivers(correction.agreement, entry=correction.entry, item=correction.item, subject=subject_of(correction))
    found.setdefault(correction.requester_id, [correction.entry])
    told = sum(_tell(correction, code, entries) for code, entries in sorted(found.items()))
    if told:
        work.enqueue(SETTLED, correction.pk)
    return told


def _tell(correction: CorrectionRequest, code: str, entries: list[int]) -> bool:
    department = Department.objects.filter(code=code).first()
    if department is None:
        return False
    given: dict[str, Any] = {"entries": entries, "told_at": timezone.now()}
    notice, is_new = CorrectionNotice.objects.get_or_create(correction=correction, department=department, defaults=given)
    if is_new:
        trail.record(route_of(correction, "tell", side=code, acting="hub"))
    elif not set(entries) <= set(notice.entries):
        merged = sorted({*notice.entries, *entries})
        CorrectionNotice.objects.filter(pk=notice.pk).update(entries=merged, seen_at=None, seen_by=None)
        return True
    return is_new


def _accepted() -> Any:
    return CorrectionRequest.objects.filter(state=CorrectionState.ACCEPTED).select_related("agreement", "dataset")
