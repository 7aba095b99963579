"""The figures of a month, by matter, as everybody may read them: what few cases would give away is left out.

A matter with fewer than FEWEST decided cases in a month shows nothing but that: a median of three days is somebody's own
case. Totals add up what is shown and nothing else, so that no one can take the difference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.db.models import Count

from exchange.affairs.models import Matter
from exchange.oversight.models import CountedCase, SparedProof
from exchange.oversight.models.figures import Met

FEWEST = 5


@dataclass(frozen=True)
class MatterFigures:
    """One matter in one month. `met` counts former materials by how they were met; days are working days."""

    code: str
    title: str
    cases: int
    at_once: int = 0
    real_days: float = 0
    statutory_days: int | None = None
    promised_days: int | None = None
    met: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_shown(self) -> bool:
        """Whether there are enough cases to say more than that there are few."""
        return self.cases >= FEWEST

    @property
    def share_at_once(self) -> int:
        """Percent of the cases that were decided at once."""
        return round(100 * self.at_once / self.cases) if self.cases else 0

    @property
    def spared(self) -> int:
        """Proofs spared."""
        return self.met.get(Met.SPARED, 0)

    @property
    def promised(self) -> int:
        """Materials that the citizen promised or told instead."""
        return self.met.get(Met.PROMISED, 0) + self.met.get(Met.TOLD, 0)

    @property
    def brought(self) -> int:
        """Materials that the citizen brought after all, or that nobody could meet otherwise."""
        return self.met.get(Met.BROUGHT, 0)

    @property
    def by_officer(self) -> int:
        """Materials that an officer found out."""
        return self.met.get(Met.BY_OFFICER, 0)

    @property
    def failed(self) -> int:
        """Materials that were not met."""
        return self.met.get(Met.FAILED, 0)


@dataclass(frozen=True)
class Figures:
    """All matters in one month (its first day), in the order of their codes."""

    month: date
    matters: tuple[MatterFigures, ...]

    @property
    def shown(self) -> tuple[MatterFigures, ...]:
        """Those with enough cases."""
        return tuple(matter for matter in self.matters if matter.is_shown)

    @property
    def cases(self) -> int:
        """Decided cases of the matters that are shown."""
        return sum(matter.cases for matter in self.shown)

    @property
    def spared(self) -> int:
        """Proofs spared in the matters that are shown."""
        return sum(matter.spared for matter in self.shown)

    @property
    def share_at_once(self) -> int | None:
        """Percent decided at once in the matters that are shown; None where none is."""
        return round(100 * sum(matter.at_once for matter in self.shown) / self.cases) if self.cases else None

    def of(self, code: str) -> MatterFigures | None:
        """One matter; None where it had no decided case."""
        return next((matter for matter in self.matters if matter.code == code), None)


def figures_of(month: date) -> Figures:
    """The figures of the month in which this day lies, in three queries."""
    first, after = month_of(month), following(month)
    days: dict[str, list[int]] = defaultdict(list)
    at_once: Counter[str] = Counter()
    for matter, working_days, is_at_once in CountedCase.objects.filter(decided_on__gte=first, decided_on__lt=after).values_list(
        "matter", "working_days", "at_once"
    ):
        days[matter].append(working_days)
        at_once[matter] += is_at_once
    materials = _met_between(first, after)
    matters = {matter.code: matter for matter in Matter.objects.select_related("current")}
    return Figures(first, tuple(_figures(code, matters, days[code], at_once[code], materials.get(code, {})) for code in sorted(days)))


def months_until(month: date, number: int) -> list[date]:
    """First days of so many months, the given one last."""
    found = [month_of(month)]
    while len(found) < number:
        found.insert(0, month_of(found[0] - timedelta(days=1)))
    return found


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def following(day: date) -> date:
    """The first day of the month after a day's."""
    return month_of(month_of(day) + timedelta(days=31))


def _met_between(first: date, after: date) -> dict[str, dict[str, int]]:
    rows = SparedProof.objects.filter(decided_on__gte=first, decided_on__lt=after)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows.order_by().values("matter", "met").annotate(number=Count("id")):
        found[row["matter"]][row["met"]] = row["number"]
    return found


def _figures(code: str, matters: Mapping[str, Matter], days: Iterable[int], at_once: int, counted: Mapping[str, int]) -> MatterFigures:
    found, listed = matters.get(code), list(days)
    content: Mapping[str, Any] = found.current.content if found and found.current else {}
    limits: Mapping[str, Any] = content.get("days", {})
    title = found.current.title if found and found.current else code
    return MatterFigures(
        code=code,
        title=title,
        cases=len(listed),
        at_once=at_once,
        real_days=median(listed),
        statutory_days=limits.get("statutory"),
        promised_days=limits.get("committed"),
        met=dict(counted),
    )
