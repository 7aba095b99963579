"""Make households one after another: a form of family, real places, invented names, numbers given once."""

from __future__ import annotations

from datetime import date
from random import Random

from exchange.demonstration.generator.forms import Seat, draw_form
from exchange.demonstration.generator.identifiers import IdentityNumbers
from exchange.demonstration.generator.names import Names
from exchange.demonstration.generator.people import Household, Person
from exchange.demonstration.generator.places import Place, Places

FIRST_SERIAL = 101
"""Household serials below belong to the named residents."""

_BORN_ELSEWHERE = {"head": 0.15, "spouse": 0.4, "child": 0.05, "parent": 0.3, "grandchild": 0.03}
_MOVED_AWAY = 0.006
_FORMER_NAME = 0.025


class Households:
    """Draws households; the n-th one of a seed is the same in every city that has at least n."""

    def __init__(self, chance: Random, places: Places, numbers: IdentityNumbers, names: Names) -> None:
        self._chance = chance
        self._places = places
        self._numbers = numbers
        self._names = names
        self._serial = FIRST_SERIAL

    def draw(self) -> Household:
        """Return the next household of one to six people."""
        place = self._places.draw(self._chance)
        seats = draw_form(self._chance)(self._chance)
        surnames = {"head": self._names.surname(self._chance), "spouse": self._names.surname(self._chance)}
        people = tuple(self._person(seat, place, surnames) for seat in seats)
        number = f"{place.code[:9]}{self._serial:07d}"
        self._serial += 1
        return Household(number, place, people)

    def _person(self, seat: Seat, place: Place, surnames: dict[str, str]) -> Person:
        chance, birth = self._chance, date.fromordinal(seat.born)
        surname = surnames.get(seat.surname) or self._names.surname(chance)
        county = place.county_code
        if chance.random() < _BORN_ELSEWHERE[seat.relation]:
            county = self._places.draw(chance).county_code
        code = self._places.identity_code(county, birth.year)
        former = surname + self._names.given(chance, seat.sex, birth.year) if chance.random() < _FORMER_NAME else ""
        return Person(
            identity=self._numbers.give(code, birth, seat.sex),
            name=surname + self._names.given(chance, seat.sex, birth.year),
            sex=seat.sex,
            birth=birth,
            relation=seat.relation,
            registration=_registration(chance, seat, birth),
            former_name=former,
        )


def _registration(chance: Random, seat: Seat, birth: date) -> str:
    """Return registered for nearly all; a head of household stays, so that the household has one."""
    if seat.relation == "head":
        return "registered"
    drawn = chance.random()
    if drawn < _MOVED_AWAY:
        return "moved_away"
    return "cancelled" if drawn < _MOVED_AWAY + _share_of_dead(birth.year) else "registered"


def _share_of_dead(birth_year: int) -> float:
    if birth_year > 1966:
        return 0.001
    return 0.01 if birth_year > 1946 else 0.06
