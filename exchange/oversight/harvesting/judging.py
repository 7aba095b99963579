"""When is it a harvest? Figures of one caller in, findings out. Pure: the thresholds are data, the clock is the reader's.

Two levels are judged by the same rules: one system, and all systems of a department together, so that several keys, systems,
agreements or addresses gain nothing. What a department declared (its monthly volume) and stays inside is no finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Why an alarm was raised."""

    VOLUME = "VOLUME"
    UNUSUAL = "UNUSUAL"
    BLIND = "BLIND"
    BREADTH = "BREADTH"


@dataclass(frozen=True)
class Thresholds:
    """`exchange/jurisdictions/<code>/harvesting.yaml`. Counts are subjects; shares are percent."""

    now_least: int
    volume_factor: int
    unusual_least: int
    unusual_factor: int
    blind_least: int
    blind_percent: int
    breadth_least: int
    breadth_agreements: int
    rules: frozenset[Rule] = frozenset(Rule)


@dataclass(frozen=True)
class Seen:
    """What one caller asked. `system` empty: all of the department. "Now" is the last ten minutes.

    `persons` counts different subjects; `declared` is the monthly volume of the agreements that were used, None where one of
    them declared none; `busiest_day` is the most in one of the 28 days before today.
    """

    department: str
    system: str
    asked_now: int
    persons_now: int
    unfound_now: int
    agreements: int
    systems: int
    asked_month: int
    asked_today: int
    busiest_day: int
    declared: int | None

    @property
    def is_declared(self) -> bool:
        """Whether everything asked this month lies inside what was declared."""
        return self.declared is not None and self.asked_month <= self.declared


@dataclass(frozen=True)
class Found:
    """One rule that holds for one caller."""

    rule: Rule
    seen: Seen


def judge(seen: Seen, limits: Thresholds) -> list[Found]:
    """Every rule that holds, in the order of the rules. Who asks few persons now is left alone, whatever was before."""
    if seen.asked_now < limits.now_least or seen.is_declared:
        return []
    return [Found(rule, seen) for rule, holds in _RULES.items() if rule in limits.rules and holds(seen, limits)]


def _volume(seen: Seen, limits: Thresholds) -> bool:
    return seen.declared is not None and seen.asked_month > limits.volume_factor * seen.declared


def _unusual(seen: Seen, limits: Thresholds) -> bool:
    least = max(limits.unusual_least, limits.unusual_factor * seen.busiest_day)
    return seen.declared is None and seen.asked_today > least


def _blind(seen: Seen, limits: Thresholds) -> bool:
    return seen.unfound_now >= limits.blind_least and 100 * seen.unfound_now >= limits.blind_percent * seen.asked_now


def _breadth(seen: Seen, limits: Thresholds) -> bool:
    return seen.agreements >= limits.breadth_agreements and seen.persons_now >= limits.breadth_least


_RULES: Mapping[Rule, Callable[[Seen, Thresholds], bool]] = {
    Rule.VOLUME: _volume,
    Rule.UNUSUAL: _unusual,
    Rule.BLIND: _blind,
    Rule.BREADTH: _breadth,
}
