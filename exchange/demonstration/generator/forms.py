"""Which people form a household: the forms of family, with ages that fit each other.

A form returns seats: relation to the head, sex, day of birth (proleptic ordinal) and whose surname the person has.
Days are drawn, not years, so that no child is born before a parent was twenty, nor after the reference date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from exchange.demonstration.generator.people import REFERENCE_DATE

YEAR = 365.2425
_TODAY = REFERENCE_DATE.toordinal()
_OLDEST = 101


@dataclass(frozen=True, slots=True)
class Seat:
    """One place in a household, before the person has a name. ``surname``: of the head, of the spouse, or another one."""

    relation: str
    sex: str
    born: int
    surname: str


Form = Callable[[Random], list[Seat]]


def draw_form(chance: Random) -> Form:
    """Return a form of family, in about the proportions of a Chinese city."""
    drawn = chance.random()
    for share, form in _FORMS:
        drawn -= share
        if drawn < 0:
            return form
    return _FORMS[-1][1]


def single(chance: Random) -> list[Seat]:
    """A person alone: young at work, or old."""
    youngest, oldest = _draw(chance, ((0.45, 20, 38), (0.30, 38, 62), (0.25, 62, 92)))
    sex = "female" if chance.random() < (0.62 if oldest > 70 else 0.46) else "male"
    return [Seat("head", sex, _born(chance, youngest, oldest), "head")]


def couple(chance: Random) -> list[Seat]:
    """Two people without children in the household."""
    youngest, oldest = _draw(chance, ((0.30, 23, 36), (0.30, 45, 62), (0.40, 62, 86)))
    return _couple(chance, youngest, oldest)


def parent_and_child(chance: Random) -> list[Seat]:
    """One parent with one or two children."""
    parent = Seat("head", "female" if chance.random() < 0.7 else "male", _born(chance, 28, 62), "head")
    children = _children(chance, parent.born, 1 + (chance.random() < 0.15), surname="head")
    return [parent, *children]


def family(chance: Random) -> list[Seat]:
    """A couple with one to three children."""
    parents = _couple(chance, 27, 62)
    count = 1 + (chance.random() < 0.30) + (chance.random() < 0.03)
    return [*parents, *_children(chance, _mother(parents).born, count, surname=_father(parents).surname)]


def three_generations(chance: Random) -> list[Seat]:
    """A couple with a child or two and one or both parents of the head."""
    seats = family(chance)[:4]  # with two of the older generation that makes six, the largest household
    both = chance.random() < 0.55
    mother_born = seats[0].born - round(chance.uniform(20.5, 34) * YEAR)
    father_born = mother_born - round(chance.uniform(-1, 4) * YEAR)
    earliest = _TODAY - round(_OLDEST * YEAR)
    mother = Seat("parent", "female", max(mother_born, earliest), "other")
    father = Seat("parent", "male", max(father_born, earliest), "head")
    only = mother if chance.random() < 0.65 else father
    return [*seats, mother, father] if both else [*seats, only]


def grandparents(chance: Random) -> list[Seat]:
    """An older couple with a grown child and a grandchild."""
    elders = _couple(chance, 54, 70)
    child = _born_after(chance, _mother(elders).born, 20.5, 27)
    grandchild = _born_after(chance, child, 23, 34)
    child_sex, grandchild_sex = _sex(chance), _sex(chance)
    surname = _father(elders).surname
    return [
        *elders,
        Seat("child", child_sex, child, surname),
        Seat("grandchild", grandchild_sex, grandchild, surname if child_sex == "male" else "other"),
    ]


_FORMS: tuple[tuple[float, Form], ...] = (
    (0.24, single),
    (0.25, couple),
    (0.08, parent_and_child),
    (0.28, family),
    (0.11, three_generations),
    (0.04, grandparents),
)


def _couple(chance: Random, youngest: int, oldest: int) -> list[Seat]:
    """Head and spouse; the woman's age lies between the bounds, the man is mostly a little older."""
    woman = _born(chance, youngest, oldest)
    man = woman - round(chance.triangular(-1, 6, 1.5) * YEAR)
    if chance.random() < 0.7:
        return [Seat("head", "male", man, "head"), Seat("spouse", "female", woman, "spouse")]
    return [Seat("head", "female", woman, "head"), Seat("spouse", "male", man, "spouse")]


def _children(chance: Random, parent_born: int, count: int, *, surname: str) -> list[Seat]:
    """Children of a parent, the eldest first; two who would be born within ten months of each other are twins."""
    days = sorted(_born_after(chance, parent_born, 21, 40) for _ in range(count))
    for place in range(1, count):
        if days[place] - days[place - 1] < 300:
            days[place] = days[place - 1]
    return [Seat("child", _sex(chance), day, surname) for day in days]


def _born_after(chance: Random, parent_born: int, youngest: float, oldest: float) -> int:
    """Return a day on which the parent's age lies between the bounds, never after the reference date."""
    first = parent_born + round(youngest * YEAR)
    last = min(parent_born + round(oldest * YEAR), _TODAY)
    return chance.randint(first, max(first, last))


def _born(chance: Random, youngest: int, oldest: int) -> int:
    """Return the day of birth of somebody whose age lies between the bounds, in years."""
    return _TODAY - round(chance.uniform(youngest, oldest) * YEAR)


def _draw(chance: Random, bands: tuple[tuple[float, int, int], ...]) -> tuple[int, int]:
    drawn = chance.random()
    for share, youngest, oldest in bands:
        drawn -= share
        if drawn < 0:
            return youngest, oldest
    return bands[-1][1], bands[-1][2]


def _sex(chance: Random) -> str:
    return "male" if chance.random() < 0.52 else "female"


def _mother(seats: list[Seat]) -> Seat:
    return next(seat for seat in seats if seat.sex == "female")


def _father(seats: list[Seat]) -> Seat:
    return next(seat for seat in seats if seat.sex == "male")
