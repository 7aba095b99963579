"""One provider's bulkhead and breaker: how many questions at once, and whether asking makes sense at all. Pure.

A provider that fails again and again is not asked for a while, longer each time; then one question is let through as a probe.
Times are seconds of a clock that never goes back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_AT_ONCE = 4
FAILURES_IN_A_ROW = 5
OPEN_FOR_S = 15.0
LONGEST_OPEN_S = 300.0


@dataclass
class Breaker:
    """Closed: questions pass. Open until `open_until`: none does. After that one passes (`is_probing`), and decides."""

    running: int = 0
    failures: int = 0
    times_opened: int = 0
    open_until: float = 0.0
    is_probing: bool = False

    def room(self, now: float) -> int:
        """How many questions may be put at this moment."""
        if self.is_open(now) or self.is_probing:
            return 0
        return max(MOST_AT_ONCE - self.running, 0) if self.times_opened == 0 else min(1, MOST_AT_ONCE - self.running)

    def is_open(self, now: float) -> bool:
        """Whether nobody is asked at all."""
        return now < self.open_until

    def began(self) -> None:
        """A question was put."""
        self.running += 1
        self.is_probing = self.times_opened > 0

    def succeeded(self) -> None:
        """An answer came that holds what was agreed: everything is forgotten."""
        self.running -= 1
        self.failures, self.times_opened, self.open_until, self.is_probing = 0, 0, 0.0, False

    def failed(self, now: float) -> None:
        """No answer, or none that counts."""
        self.running -= 1
        self.failures += 1
        if self.is_probing or self.failures >= FAILURES_IN_A_ROW:
            self.open_until = now + min(OPEN_FOR_S * 2**self.times_opened, LONGEST_OPEN_S)
            self.times_opened += 1
            self.failures, self.is_probing = 0, False


@dataclass
class Breakers:
    """One for each provider, in this process."""

    by_provider: dict[str, Breaker] = field(default_factory=dict)

    def of(self, provider: str) -> Breaker:
        """The provider's own."""
        return self.by_provider.setdefault(provider, Breaker())

    def full(self, now: float) -> list[str]:
        """Providers that can take no question now, though they are not open: their errands stay where they are."""
        return [name for name, breaker in self.by_provider.items() if not breaker.is_open(now) and not breaker.room(now)]
