"""`manage.py verify_log`: proves the stored log again, and names the first thing that is wrong."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.verification import Progress, VerificationReport, verify

_EVERY = 20_000


class Command(BaseCommand):
    """Exit code 0: all is proved. Exit code 1: the first bad act or entry stands on the error stream."""

    help = "Prove all acts, entries, disclosures and checkpoints again from the stored bytes."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Verify, showing progress on a long log."""
        report = verify(on_progress=self._tell)
        if report.first is not None:
            for finding in report.findings[1:]:
                self.stderr.write(f"also {finding}")
            raise CommandError(str(report.first), returncode=1)
        self.stdout.write(_summary(report))

    def _tell(self, progress: Progress) -> None:
        if progress.done % _EVERY == 0 and progress.total > _EVERY:
            self.stdout.write(f"{progress.done} of {progress.total} entries", ending="\r")
            self.stdout.flush()


def _summary(report: VerificationReport) -> str:
    lines = [
        f"All is proved: {report.size} entries under {report.checkpoints} checkpoints, {report.acts} acts,",
        f"{report.disclosures} disclosures, {report.persons} sealed persons; {report.waiting} entries wait for their place.",
    ]
    if report.persons_unread:
        lines.append(f"{report.persons_unread} sealed persons could not be opened, because their keys no longer exist.")
    return "\n".join(lines)
