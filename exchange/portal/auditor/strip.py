"""The thin strip of truth on an auditor's pages: up to where the log was really verified, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit import proofs, runs
from audit.models import VerificationRun
from exchange.portal.auditor.faults import faults_of


@dataclass(frozen=True)
class LogStrip:
    """`index` is the last entry that a sound verification proved under a signed root; None when there was none."""

    index: int | None
    verified_at: datetime | None
    fault: str
    fault_run: VerificationRun | None
    newest: int | None


def log_strip() -> LogStrip:
    """The last verdict, and never more: a run that found faults replaces what an earlier one proved."""
    checkpoint, run = proofs.published_checkpoint(), runs.last_verdict()
    newest = checkpoint.size - 1 if checkpoint else None
    if run is None or (run.is_sound and not run.size):
        return LogStrip(None, None, "", None, newest)
    if not run.is_sound:
        faults = faults_of(run.report)
        return LogStrip(None, run.finished_at, faults[0].title if faults else "", run, newest)
    return LogStrip(run.size - 1, run.finished_at, "", None, newest)
