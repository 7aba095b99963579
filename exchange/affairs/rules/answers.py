"""What was found for one requirement, and the three answers that a rule knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exchange.affairs.lifecycle import EvidenceState


class Answer(StrEnum):
    """Kleene's three values: what is not known is never a no."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"

    @property
    def opposite(self) -> Answer:
        """YES for NO and NO for YES; UNKNOWN stays."""
        return _OPPOSITE[self]


_OPPOSITE = {Answer.YES: Answer.NO, Answer.NO: Answer.YES, Answer.UNKNOWN: Answer.UNKNOWN}


@dataclass(frozen=True)
class Found:
    """What became of one requirement's question.

    `state` is an EvidenceState, `answer` what the register said, `values` its records (item: value), `source` the
    dataset's code, `as_of` the time at which the register held so ("2026-11-20T22:46:00Z"), `preview` what the citizen
    said of it (ACCEPTED, DISPUTED, DECLINED or empty).
    """

    requirement: str
    state: str
    answer: str = "UNKNOWN"
    values: Sequence[Mapping[str, Any]] = ()
    source: str = ""
    provider: str = ""
    as_of: str = ""
    preview: str = ""

    def __repr__(self) -> str:
        # values and answers are about a person: they stand in no log and no failure report
        return f"Found({self.requirement!r}, {self.state!r}, …)"

    @property
    def is_contested(self) -> bool:
        """Whether the citizen says that it is wrong, or does not hand it over: then it counts as not known."""
        spoken = {EvidenceState.DISPUTED.value, EvidenceState.DECLINED.value}
        return self.state in spoken or self.preview in spoken
