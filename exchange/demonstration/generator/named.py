"""The residents whom stories name: read from ``residents.yaml``, put at the front of every city, the same in all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from exchange.demonstration.generator.citizen_rows import Row, population_row
from exchange.demonstration.generator.people import Household, Person
from exchange.demonstration.generator.places import Places

Resident = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NamedResidents:
    """The named residents, and which numbers nobody else may be given."""

    residents: tuple[Resident, ...]
    identities: frozenset[str]
    plates: frozenset[str]
    households: int
    people: int

    def rows(self, code: str, places: Places, today: date) -> Iterator[Row]:
        """Yield the rows of one register about the named residents; dates given in days are counted from ``today``."""
        if code == "R01":
            yield from (_population(resident, places) for resident in self.residents if "population" in resident)
            return
        for resident in self.residents:
            for row in resident["registers"].get(code, []):
                yield {item: _text(value, today) for item, value in row.items()}


def named_residents(residents: dict[str, Resident]) -> NamedResidents:
    """Return the named residents as loaded by ``exchange.jurisdictions.load_residents``."""
    everybody = tuple(residents.values())
    registered = [resident for resident in everybody if "population" in resident]
    vehicles = [row for resident in everybody for row in resident["registers"].get("R16", [])]
    return NamedResidents(
        residents=everybody,
        identities=frozenset(identifier["id"] for resident in everybody for identifier in resident["identifiers"]),
        plates=frozenset(row["vehicle"] for row in vehicles),
        households=len({resident["population"]["household"] for resident in registered}),
        people=len(registered),
    )


def _population(resident: Resident, places: Places) -> Row:
    facts = resident["population"]
    person = Person(
        identity=resident["identifiers"][0]["id"],
        name=resident["name"]["zh"],
        sex=facts["sex"],
        birth=date.fromisoformat(facts["birth_date"]),
        relation=facts["relation"],
        registration=facts["registration"],
        former_name=facts["former_name"],
    )
    return population_row(person, Household(facts["household"], places.at(facts["community"]), (person,)))


def _text(value: Any, today: date) -> str:
    """Return a value as a file has it: ``{in_days: 60}`` becomes the date sixty days after ``today``."""
    if isinstance(value, dict):
        return (today + timedelta(days=value["in_days"])).isoformat()
    return str(value)
