"""Rows of R16: drivers, one row for each of their vehicles, one with empty vehicle columns where there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from random import Random

from exchange.demonstration.generator.citizen_rows import Row
from exchange.demonstration.generator.gaps import or_gap
from exchange.demonstration.generator.identifiers import NumberPlates
from exchange.demonstration.generator.people import Household, Person

FIRST_RECORD = 1001
"""Record numbers below belong to the named residents."""

_CLASSES = ("C1", "C2", "B2", "A1", "D", "E")
_CLASS_WEIGHTS = (64, 22, 4, 1, 3, 6)
_VEHICLES, _VEHICLE_WEIGHTS = (0, 1, 2, 3), (34, 55, 9, 2)


class VehicleRows:
    """Draws drivers and their vehicles."""

    def __init__(self, chance: Random, today: date, reserved_plates: Collection[str]) -> None:
        self._chance = chance
        self._today = today
        self._plates = NumberPlates(reserved_plates)
        self._record = FIRST_RECORD

    def of(self, household: Household) -> Iterator[Row]:
        """Yield the R16 rows of the household's drivers."""
        for person in household.people:
            if person.present and person.adult and self._chance.random() < _share_of_drivers(person.age):
                yield from self._driver(person)

    def _driver(self, person: Person) -> Iterator[Row]:
        driver = self._licence(person)
        values = [self._value() for _ in range(self._chance.choices(_VEHICLES, _VEHICLE_WEIGHTS)[0])]
        # where the value of one vehicle is missing, nobody can say what they are worth together
        total = "" if "" in values else f"{sum(int(value.removesuffix('.00')) for value in values)}.00"
        vehicles = [(self._plates.give(), value) for value in values] or [("", "")]
        for plate, value in vehicles:
            yield driver | {"record": self._next_record(), "vehicle": plate, "vehicle_value": value, "vehicles_value": total}

    def _licence(self, person: Person) -> Row:
        chance = self._chance
        expires = self._today + timedelta(days=chance.randint(-60, 3600))
        points = chance.choices((0, chance.randint(1, 9), 12), (78, 20.5, 1.5))[0]
        offences = chance.choices((0, chance.randint(1, 5)), (86, 14))[0]
        return {
            "driver": person.identity,
            "licence_class": chance.choices(_CLASSES, _CLASS_WEIGHTS)[0],
            "licence_expires": or_gap(chance, expires.isoformat()),
            "points": or_gap(chance, str(points)),
            "open_offences": or_gap(chance, str(offences)),
        }

    def _value(self) -> str:
        """Return what a vehicle is worth, in yuan with two decimals, or a gap."""
        worth = round(self._chance.lognormvariate(11.3, 0.6) / 1000) * 1000
        return or_gap(self._chance, f"{max(worth, 2000)}.00")

    def _next_record(self) -> str:
        record = f"{self._record:09d}"
        self._record += 1
        return record


def _share_of_drivers(age: int) -> float:
    if age < 60:
        return 0.54
    return 0.28 if age < 70 else 0.03
