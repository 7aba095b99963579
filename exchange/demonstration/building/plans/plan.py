"""What one planned request says, and how far the building leads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from exchange.sharing.actions import PartTerms

WIDE: Mapping[str, Any] = {"per_day": 100_000_000, "per_minute": 10_000_000, "fact_answers": 10_000_000, "fact_days": 1}
"""For agreements that scripts and load tests call: no limit that a demonstration would meet."""


class Goal(StrEnum):
    """Where the building leaves a request or its agreement."""

    DRAFT = "cannot be handed in: a law forbids sharing"
    SUBMITTED = "waits for the authority"
    CHECKED = "waits for the owner"
    RETURNED = "waits for the requester"
    REFUSED = "refused by the owner"
    PROPOSED = "waits for the requester's signature"
    IN_FORCE = "in force"
    SUSPENDED = "suspended by the owner"
    REVOKED = "revoked by the owner"


IS_SIGNED = frozenset({Goal.IN_FORCE, Goal.SUSPENDED, Goal.REVOKED})


@dataclass(frozen=True)
class Plan:
    """One request about one dataset. `reason` is in the requester's own words and different for each: it finds the request again.

    `answer`: what the authority or the owner writes when the goal is not to grant; `ground` its code. `in_scripts`: part of demo.json.
    """

    name: str
    requester: str
    dataset: str
    purpose: str
    reason: str
    systems: tuple[str, ...]
    methods: tuple[str, ...]
    items: tuple[str, ...] = ()
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    row_filter: Mapping[str, Any] | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    goal: Goal = Goal.IN_FORCE
    answer: str = ""
    ground: str = ""
    asked: tuple[Mapping[str, Any], ...] = ()

    @property
    def in_scripts(self) -> bool:
        """Whether demo.json names the agreement: in force, wide, with facts to ask or items to read."""
        return self.goal is Goal.IN_FORCE and self.limits == WIDE

    def terms(self) -> PartTerms:
        """What the part of the request asks for."""
        return PartTerms(
            items=self.items,
            facts=self.facts,
            methods=self.methods,
            systems=self.systems,
            row_filter=self.row_filter,
            monthly_subjects=min(self.limits.get("per_day", MONTHLY) * DAYS_A_MONTH, MOST_A_MONTH),
            justifications=dict.fromkeys(self._wishes(), self.reason),
            **self.limits,
        )

    def _wishes(self) -> list[str]:
        return [*(f"items.{name}" for name in self.items), *(f"facts.{name}" for name in self.facts)]


def in_both(chinese: str, english: str) -> str:
    """What a person wrote, for readers of either language: free text is shown as it is, never translated."""
    return f"{chinese}\n{english}"


MONTHLY = 600
DAYS_A_MONTH = 30
MOST_A_MONTH = 1_000_000_000
"""Subjects a month that every department of the demonstration declares."""
SAID: Mapping[str, str] = {
    "title": "凭数据办事，不用证明 · Decided by data, without papers",
    "recipients": in_both("承办科室的经办人员", "Officers of the section that handles the matter"),
    "contact_office": "数据共享联络处 · Office for data sharing",
    "contact_telephone": "028-5550 0100",
}
"""What every request of the demonstration says beside its own reason."""
