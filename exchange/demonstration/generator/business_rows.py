"""Rows of R15: firms, shops and cooperatives, each represented by an adult of the population register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from exchange.demonstration.generator.citizen_rows import Row
from exchange.demonstration.generator.gaps import or_gap
from exchange.demonstration.generator.identifiers import CreditCodes
from exchange.demonstration.generator.names import Names
from exchange.demonstration.generator.people import ADULT_YEARS, REFERENCE_DATE, Household, Person
from exchange.demonstration.generator.places import Place, Places

_FOUNDS = 0.121  # of households; a few founders have two, which makes one entity for eight households
_SECOND_ENTITY = 0.1
_DISQUALIFIED = 0.02
_OLDEST = 78
_FIRST_REGISTRATION = date(1993, 1, 1)

_KINDS, _KIND_WEIGHTS = ("company", "sole_trader", "cooperative"), (42, 55, 3)
_STATUSES, _STATUS_WEIGHTS = ("active", "suspended", "licence_revoked", "deregistered"), (84, 3, 4, 9)
_SCOPES: dict[str, tuple[dict[str, str], tuple[int, ...]]] = {
    "company": (
        {
            "food_production": "食品",
            "manufacturing": "机械制造",
            "construction": "建筑工程",
            "wholesale": "商贸",
            "transport": "物流",
            "catering": "餐饮管理",
            "software": "软件",
            "design_consulting": "设计咨询",
            "education_training": "教育咨询",
        },
        (4, 10, 12, 24, 8, 10, 16, 10, 6),
    ),
    "sole_trader": (
        {"retail": "百货店", "catering": "餐馆", "household_services": "家政服务部", "lodging": "客栈", "food_production": "食品作坊"},
        (42, 34, 12, 6, 6),
    ),
    "cooperative": ({"farming": "种植"}, (1,)),
}
_SECOND_SCOPES = ("none", "retail", "catering", "wholesale", "design_consulting")
_SECOND_WEIGHTS = (70, 10, 8, 7, 5)


class BusinessRows:
    """Draws the entities that the people of a household represent."""

    def __init__(self, chance: Random, places: Places, names: Names) -> None:
        self._chance = chance
        self._places = places
        self._names = names
        self._codes = CreditCodes()

    def of(self, household: Household) -> Iterator[Row]:
        """Yield the R15 rows of the household: none for most."""
        if self._chance.random() >= _FOUNDS:
            return
        adults = [person for person in household.people if person.present and person.adult and person.age <= _OLDEST]
        if not adults:
            return
        founder = self._chance.choice(adults)
        disqualified = self._chance.random() < _DISQUALIFIED
        for _ in range(1 + (self._chance.random() < _SECOND_ENTITY)):
            yield self._entity(founder, household.place, disqualified=disqualified)

    def _entity(self, founder: Person, home: Place, *, disqualified: bool) -> Row:
        chance = self._chance
        kind = chance.choices(_KINDS, _KIND_WEIGHTS)[0]
        scopes, weights = _SCOPES[kind]
        scope = chance.choices(list(scopes), weights)[0]
        second = chance.choices(_SECOND_SCOPES, _SECOND_WEIGHTS)[0]
        place = home if kind == "cooperative" or chance.random() < 0.6 else self._places.draw(chance)
        return {
            "entity": self._codes.give(kind, place.county_code),
            "name": self._name(kind, scopes[scope], place),
            "kind": kind,
            "status": "licence_revoked" if disqualified else chance.choices(_STATUSES, _STATUS_WEIGHTS)[0],
            "representative": founder.identity,
            "representative_disqualified": "true" if disqualified else "false",
            "scope": scope,
            "second_scope": "none" if second == scope else second,
            "registered_capital": or_gap(chance, _capital(chance, kind)),
            "registered_on": or_gap(chance, _registered_on(chance, founder).isoformat()),
            "community": place.code,
            "registered_address": or_gap(chance, f"{place.address}{chance.randint(1, 320)}号"),
        }

    def _name(self, kind: str, trade: str, place: Place) -> str:
        name = self._names.trade_name(self._chance)
        if kind == "company":
            return f"成都{name}{trade}有限公司"
        county = place.address.removeprefix("成都市")[:2]
        if kind == "cooperative":
            return f"{county}{name}{trade}农民专业合作社"
        return f"{county}{name}{trade}"


def _capital(chance: Random, kind: str) -> str:
    """Return the registered capital in ten thousand yuan, with two decimals."""
    amounts = {"company": (10, 50, 100, 200, 500, 1000), "sole_trader": (1, 2, 5, 10, 20), "cooperative": (20, 50, 100)}
    return f"{chance.choice(amounts[kind])}.{chance.choice((0, 0, 0, 0, 50)):02d}"


def _registered_on(chance: Random, founder: Person) -> date:
    """Return a day when the founder was grown up, in the time since firms are registered, the recent years likelier."""
    grown_up = founder.birth + timedelta(days=round((ADULT_YEARS + 0.01) * 365.2425))
    first = max(grown_up, _FIRST_REGISTRATION)
    span = (REFERENCE_DATE - first).days
    return REFERENCE_DATE - timedelta(days=round(span * chance.random() ** 2))
