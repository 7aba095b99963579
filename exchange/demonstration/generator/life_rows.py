"""Rows of R05, deaths and cremations, and of R20, records that the law seals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from exchange.demonstration.generator.citizen_rows import Row
from exchange.demonstration.generator.people import ADULT_YEARS, Household, Person

FIRST_SEALED_RECORD = 101
"""Record numbers below belong to the named residents."""

_CREMATED = 0.94  # of those who died; the others were buried, or died elsewhere
_SEALED = 0.0008  # of grown-up residents
_OLDEST_SEALED = 60


def death_rows(household: Household, chance: Random, today: date) -> Iterator[Row]:
    """Yield an R05 row for each member whose registration was cancelled after death."""
    for person in household.people:
        if not person.alive:
            died = max(today - timedelta(days=chance.randint(20, 2500)), person.birth)
            cremated = died + timedelta(days=chance.randint(1, 5))
            yield {
                "person": person.identity,
                "died_on": died.isoformat(),
                "cremated_on": cremated.isoformat() if chance.random() < _CREMATED else "",
                "cause": chance.choice(("疾病", "疾病", "疾病", "意外", "")),
            }


class SealedRows:
    """Draws the few records that are sealed."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._record = FIRST_SEALED_RECORD

    def of(self, household: Household) -> Iterator[Row]:
        """Yield the R20 rows of the household: none for nearly all."""
        for person in household.people:
            if person.present and ADULT_YEARS < person.age <= _OLDEST_SEALED and self._chance.random() < _SEALED:
                yield {"record": self._next(), "person": person.identity, "sealed_on": self._sealed_on(person).isoformat()}

    def _sealed_on(self, person: Person) -> date:
        return person.birth + timedelta(days=self._chance.randint(14 * 366, 18 * 365))

    def _next(self) -> str:
        record = f"{self._record:09d}"
        self._record += 1
        return record
