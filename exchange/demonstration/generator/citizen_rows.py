"""Rows of the registers about people: R01 population, R13 low-income families, R14 disability certificates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from exchange.demonstration.generator.gaps import or_gap
from exchange.demonstration.generator.people import Household, Person

Row = dict[str, str]

_LOW_INCOME = 0.04  # of households
_CERTIFICATE_DAYS = 3653  # a certificate holds ten years
_TYPES = ("physical", "visual", "hearing", "speech", "intellectual", "mental", "multiple")
_TYPE_WEIGHTS = (54, 12, 14, 2, 7, 8, 3)
_GRADE_WEIGHTS = (14, 28, 27, 31)


def population_rows(household: Household, chance: Random) -> Iterator[Row]:
    """Yield one R01 row for each person of the household, the dead and those who moved away included."""
    for person in household.people:
        yield population_row(person, household) | {
            "birth_date": or_gap(chance, person.birth.isoformat()),
            "relation": person.relation if person.relation == "head" else or_gap(chance, person.relation),
            "community": or_gap(chance, household.place.code),
        }


def population_row(person: Person, household: Household) -> Row:
    """Return the complete R01 row of a person."""
    return {
        "person": person.identity,
        "name": person.name,
        "former_name": person.former_name,
        "sex": person.sex,
        "birth_date": person.birth.isoformat(),
        "household": household.number,
        "relation": person.relation,
        "community": household.place.code,
        "registration": person.registration,
        "alive": "true" if person.alive else "false",
    }


def low_income_rows(household: Household, chance: Random, today: date) -> Iterator[Row]:
    """Yield one R13 row for each present member of a household in twenty-five; none for the others."""
    if chance.random() >= _LOW_INCOME:
        return
    start = today - timedelta(days=chance.randint(20, 420))
    end = start + timedelta(days=365 if chance.random() < 0.6 else 730)
    for person in household.people:
        if person.present:
            until = or_gap(chance, end.isoformat())
            yield {"person": person.identity, "household": household.number, "recognised_from": start.isoformat(), "until": until}


def disability_rows(household: Household, chance: Random, today: date) -> Iterator[Row]:
    """Yield an R14 row for each member who has a certificate: about six in a hundred, more of the old."""
    for person in household.people:
        if person.present and chance.random() < _share_with_certificate(person.age):
            yield _certificate(person, chance, today)


def _certificate(person: Person, chance: Random, today: date) -> Row:
    # one certificate in fifteen has run out; none is older than its holder
    issued = max(today - timedelta(days=chance.randint(1, round(_CERTIFICATE_DAYS * 1.07))), person.birth + timedelta(days=200))
    issued = min(issued, today)
    return {
        "person": person.identity,
        "type": chance.choices(_TYPES, _TYPE_WEIGHTS)[0],
        "grade": str(chance.choices((1, 2, 3, 4), _GRADE_WEIGHTS)[0]),
        "issued_on": or_gap(chance, issued.isoformat()),
        "valid_until": or_gap(chance, (issued + timedelta(days=_CERTIFICATE_DAYS)).isoformat()),
    }


def _share_with_certificate(age: int) -> float:
    if age < 18:
        return 0.015
    return 0.05 if age < 60 else 0.15
