"""What a verification says: how much was proved, and what was found, in the order of the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

MOST_FINDINGS = 20


class Cancelled(Exception):
    """Raised by a progress callback to stop."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `kind` is act, entry, checkpoint, tile, waiting or head; `number` its place."""

    kind: str
    number: int
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the verification is: entries done of those there were at its start."""

    done: int
    total: int


@dataclass(slots=True)
class VerificationReport:
    """Counts of what was proved. `persons_unread` are those whose key no longer exists: counted, not opened."""

    size: int = 0
    acts: int = 0
    checkpoints: int = 0
    disclosures: int = 0
    persons: int = 0
    persons_unread: int = 0
    waiting: int = 0
    is_cancelled: bool = False
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether everything was proved and nothing is wrong."""
        return not self.findings and not self.is_cancelled

    @property
    def first(self) -> Finding | None:
        """The first bad act or, where the acts are sound, the first bad entry."""
        return self.findings[0] if self.findings else None

    def add(self, kind: str, number: int, text: str) -> None:
        """Note something that is wrong; after MOST_FINDINGS the rest is left out."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(kind, number, text))


OnProgress = Callable[[Progress], None]
