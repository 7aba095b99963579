"""A key that is refused all day must not grow the log: after 60 refusals a minute, one entry stands for the rest."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

REFUSALS_A_MINUTE = 60
Key = tuple[str, str, str]


@dataclass
class RefusalRate:
    """Refusals by key and minute in this process. ``reasons`` holds what has no entry of its own yet."""

    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    reasons: dict[tuple[Key, int], Counter[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, caller: Key, reason: str, minute: int) -> int:
        """Count one refusal of (keyid, system, department); past the limit its reason waits for the summary."""
        with self.lock:
            key = (caller[0], minute)
            self.counts[key] += 1
            if self.counts[key] > REFUSALS_A_MINUTE:
                self.reasons.setdefault((caller, minute), Counter())[reason] += 1
            return self.counts[key]

    def due(self, minute: int) -> list[tuple[Key, int, Counter[str]]]:
        """Summaries of past minutes, taken out: each becomes one entry."""
        with self.lock:
            past = [entry for entry in self.reasons if entry[1] < minute]
            for key in [key for key in self.counts if key[1] < minute]:
                del self.counts[key]
            return [(caller, at, self.reasons.pop((caller, at))) for caller, at in past]

    def put_back(self, summaries: list[tuple[Key, int, Counter[str]]]) -> None:
        """The transaction that should have recorded them failed."""
        with self.lock:
            for caller, at, reasons in summaries:
                self.reasons.setdefault((caller, at), Counter()).update(reasons)


RATE = RefusalRate()
