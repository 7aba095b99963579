"""What the generator knows of a person and a household before any register has a row about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from exchange.demonstration.generator.places import Place

REFERENCE_DATE = date(2026, 11, 1)
"""Ages are drawn as of this day, so that a seed gives the same people whenever the city is built."""

ADULT_YEARS = 18


@dataclass(frozen=True, slots=True)
class Person:
    """One invented resident, as the population register knows them."""

    identity: str
    name: str
    sex: str
    birth: date
    relation: str
    registration: str = "registered"
    former_name: str = ""

    @property
    def alive(self) -> bool:
        return self.registration != "cancelled"

    @property
    def present(self) -> bool:
        """Living and registered in the city: only such people get new entries in the other registers."""
        return self.registration == "registered"

    @property
    def adult(self) -> bool:
        return self.age >= ADULT_YEARS

    @property
    def age(self) -> int:
        """Completed years on the reference date."""
        before_birthday = (REFERENCE_DATE.month, REFERENCE_DATE.day) < (self.birth.month, self.birth.day)
        return REFERENCE_DATE.year - self.birth.year - before_birthday


@dataclass(frozen=True, slots=True)
class Household:
    """People who are registered together; the first one is the head."""

    number: str
    place: Place
    people: tuple[Person, ...]
