"""Verifications that a person asked for: begun, carried out by a worker, cancelled, and their verdicts kept."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import checkpoints, trail
from audit.errors import Conflict
from audit.lifecycle import ACTIVE, RUN, RunEvent
from audit.models import VerificationRun
from audit.verification import Cancelled, Finding, Progress, VerificationReport, verify

_SECONDS_BETWEEN_NOTES = 0.5
Told = Callable[[int], None]


def begin(kind: str, *, acting_user: Any, report: dict[str, Any] | None = None) -> tuple[VerificationRun, bool]:
    """The run of this kind that is under way, or a new one; and whether it is new. In the caller's transaction."""
    running = VerificationRun.objects.filter(kind=kind, state__in=ACTIVE).first()
    if running is not None:
        return running, False
    return VerificationRun.objects.create(kind=kind, started_by=acting_user.pk, report=report or {}), True


def cancel(run: VerificationRun) -> None:
    """Stop a run; whoever carries it out notices at its next note. Raises Conflict when it has ended."""
    if not move(run.pk, RunEvent.CANCEL, finished_at=timezone.now()):
        raise Conflict(_("This verification has ended already."))


def give_up(run_id: uuid.UUID) -> None:
    """Say that a run could not be carried out."""
    move(run_id, RunEvent.FAIL, finished_at=timezone.now())


def move(run_id: uuid.UUID, event: RunEvent, **changes: Any) -> bool:
    """One conditional UPDATE by the table of moves; whether it met the row."""
    sources, target = RUN[event]
    return bool(VerificationRun.objects.filter(pk=run_id, state__in=sources).update(state=target, **changes))


def verify_log(run_id: uuid.UUID, told: Told) -> None:
    """Carry out a run over the live log and keep its verdict, in its row and as an entry. Safe to run twice."""
    if not move(run_id, RunEvent.START, done=0):
        return
    report = verify(on_progress=noting(run_id, told))
    if report.is_cancelled:
        return
    with transaction.atomic():
        size = checkpoints.newest_size(report.size) if report.is_sound else 0
        is_kept = move(
            run_id,
            RunEvent.FINISH,
            finished_at=timezone.now(),
            done=report.size,
            size=size,
            is_sound=report.is_sound,
            report=summary(report),
        )
        if is_kept:
            trail.record(_route(run_id, size, report))


def noting(run_id: uuid.UUID, told: Told, *, first: int = 0, share: int = 100) -> Callable[[Progress], None]:
    """A callback that keeps the progress, and stops when the run was cancelled.

    `first` and `share` are percent: where this verification begins in the whole work, and how much of it it is.
    """
    last = [0.0]

    def note(progress: Progress) -> None:
        if time.monotonic() - last[0] < _SECONDS_BETWEEN_NOTES and progress.done < progress.total:
            return
        last[0] = time.monotonic()
        percent = first + share * progress.done // max(progress.total, 1)
        done, total = (progress.done, progress.total) if share == 100 else (percent, 100)
        if not VerificationRun.objects.filter(pk=run_id, state__in=RUN[RunEvent.FINISH][0]).update(done=done, total=total):
            raise Cancelled
        told(percent)

    return note


def summary(report: VerificationReport) -> dict[str, Any]:
    """What is kept of a report: counts and findings, as JSON."""
    counts = ("size", "acts", "checkpoints", "disclosures", "persons", "persons_unread", "waiting")
    return {**{name: getattr(report, name) for name in counts}, "findings": [finding_document(item) for item in report.findings]}


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    return {"kind": finding.kind, "number": finding.number, "text": finding.text}


def newest(kind: str = VerificationRun.LOG) -> VerificationRun | None:
    """The run of this kind that was asked for last."""
    return VerificationRun.objects.filter(kind=kind).first()


def last_verdict() -> VerificationRun | None:
    """The newest run over the live log that came to a verdict."""
    return (
        VerificationRun.objects.filter(kind=VerificationRun.LOG, finished_at__isnull=False, state="DONE").order_by("-finished_at").first()
    )


def _route(run_id: uuid.UUID, size: int, report: VerificationReport) -> dict[str, Any]:
    acting = VerificationRun.objects.values_list("started_by", flat=True).get(pk=run_id)
    event = "sound" if report.is_sound else "faults_found"
    return {"type": "verification", "event": event, "size": size, "count": len(report.findings), "acting": str(acting)}
