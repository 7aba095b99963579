"""What would have happened under another text: past calls decided again, item by item. Pure.

The log knows what was asked and given, never about whom: so a row filter is not replayed, and whoever reads the result is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exchange.sharing.policy import Asked, Method, Policies, Policy, decide


@dataclass(frozen=True)
class Exchanged:
    """The shape of an answered call: what it asked for, by which system. Parameters that name somebody are not in it."""

    agreement: str
    system: str
    method: str
    purpose: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def names_of_facts(self) -> frozenset[str]:
        """The facts asked, each once."""
        return frozenset(name for name, _parameters in self.facts)


@dataclass(frozen=True)
class Replayed:
    """One shape of call under both texts. `refused` is the code of the new text's refusal, or empty."""

    exchanged: Exchanged
    calls: int
    subjects: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    masked: tuple[str, ...]
    refused: str = ""

    @property
    def changes(self) -> bool:
        """Whether the new text makes a difference to it."""
        return bool(self.gained or self.lost or self.masked or self.refused)


@dataclass(frozen=True)
class Rehearsal:
    """All shapes of past calls, those that change first."""

    lines: tuple[Replayed, ...]
    is_filtered: bool

    @property
    def calls(self) -> int:
        """How many calls were replayed."""
        return sum(line.calls for line in self.lines)

    @property
    def changed(self) -> tuple[Replayed, ...]:
        """Those that would have been answered otherwise."""
        return tuple(line for line in self.lines if line.changes)

    @property
    def unchanged_calls(self) -> int:
        """How many calls would have been answered alike."""
        return self.calls - sum(line.calls for line in self.changed)


Counted = Mapping[Exchanged, tuple[int, int]]


def rehearse(
    past: Counted, before: Mapping[str, Policy], after: Policy, *, parameters: Mapping[str, Mapping[str, object]], at: str
) -> Rehearsal:
    """Decide every past call (shape → calls, subjects) under `after`, and compare with the policy of its own agreement.

    `parameters` reads back what `Exchanged.facts` names; `at` is the UTC text of the moment for which `after` is tried.
    """
    trial = _Trial(after, parameters, at)
    lines = [trial.of(exchanged, counts, before.get(exchanged.agreement)) for exchanged, counts in past.items()]
    lines.sort(key=lambda line: (not line.changes, -line.calls, line.exchanged.system, line.exchanged.method))
    return Rehearsal(tuple(lines), is_filtered=bool(after.row_filter))


@dataclass(frozen=True)
class _Trial:
    """A text that is tried: its policy, the parameters of the facts that were asked, and the moment."""

    after: Policy
    parameters: Mapping[str, Mapping[str, object]]
    at: str

    def of(self, exchanged: Exchanged, counts: tuple[int, int], before: Policy | None) -> Replayed:
        """One shape of call under both texts."""
        refused = self._refusal(exchanged)
        old = _given(before, exchanged)
        new = frozenset() if refused else _given(self.after, exchanged)
        masked = () if refused or exchanged.facts or before is None else _newly_masked(before, self.after, old & new)
        return Replayed(exchanged, *counts, gained=tuple(sorted(new - old)), lost=tuple(sorted(old - new)), masked=masked, refused=refused)

    def _refusal(self, exchanged: Exchanged) -> str:
        asked = Asked(
            system=exchanged.system,
            agreement=self.after.agreement,
            method=Method(exchanged.method),
            purpose=exchanged.purpose,
            facts=tuple((name, self.parameters[written]) for name, written in exchanged.facts),
            has_case=True,
            has_officer=True,
        )
        refusal = decide(Policies((0, ""), {self.after.agreement: self.after}), asked, self.at).refusal
        return refusal.code if refusal else ""


def _given(policy: Policy | None, exchanged: Exchanged) -> frozenset[str]:
    """The facts that were asked and are agreed, or for a call without facts the items."""
    if policy is None:
        return frozenset()
    if exchanged.facts:
        return exchanged.names_of_facts & frozenset(policy.facts)
    return frozenset(policy.items)


def _newly_masked(before: Policy, after: Policy, kept: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(item for item in kept if after.masks.get(item) is not None and after.masks.get(item) != before.masks.get(item)))
