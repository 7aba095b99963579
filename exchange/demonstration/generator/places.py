"""Where people live and firms are registered: real communities, drawn by plausible weights, and the codes of their time."""

from __future__ import annotations

import csv
from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

from exchange.jurisdictions import divisions_path

_DATA = divisions_path().parent.parent / "demonstration"
_TOWN_ENDINGS = ("居委会", "居民委员会")
_ENDINGS = ("居民委员会", "居委会", "村民委员会", "村委会")
_TOWN_WEIGHT = 4  # a town community has about four times the households of a village


@dataclass(frozen=True, slots=True)
class Place:
    """One real community: its 12-digit code, the code of its county, and its address in Chinese down to the community."""

    code: str
    county_code: str
    address: str


class Places:
    """The communities of Chengdu, for drawing, and the identity codes of its counties through time."""

    def __init__(self) -> None:
        self._places, weights = _communities()
        self._by_code = {place.code: place for place in self._places}
        self._steps = list(accumulate(weights))
        self._identity_codes = _identity_codes()

    def draw(self, chance: Random) -> Place:
        """Return a community, likelier where more people live."""
        return self._places[bisect(self._steps, chance.random() * self._steps[-1])]

    def at(self, code: str) -> Place:
        """Return the community with this code; raises KeyError where there is none."""
        return self._by_code[code]

    def identity_code(self, county_code: str, birth_year: int) -> str:
        """Return the six digits with which the identity number of somebody born there in that year begins."""
        for first, last, code in self._identity_codes[county_code]:
            if first <= birth_year <= last:
                return code
        raise KeyError(f"no identity code of {county_code} for {birth_year}")

    def all_identity_codes(self) -> set[str]:
        """Return every code with which an identity number may begin."""
        return {code for periods in self._identity_codes.values() for _, _, code in periods}


def _communities() -> tuple[list[Place], list[float]]:
    rows = _read(divisions_path())
    names = {row["code"]: row["name"] for row in rows}
    communities = [row for row in rows if row["level"] == "community"]
    rough = [_TOWN_WEIGHT if row["name"].endswith(_TOWN_ENDINGS) else 1 for row in communities]
    totals: dict[str, float] = {}
    for row, weight in zip(communities, rough, strict=True):
        totals[row["code"][:6]] = totals.get(row["code"][:6], 0) + weight
    shares = {row["county_code"]: int(row["weight"]) for row in _read(_DATA / "county_weights.csv")}
    places = [_place(row, names) for row in communities]
    weights = [shares[place.county_code] * weight / totals[place.county_code] for place, weight in zip(places, rough, strict=True)]
    return places, weights


def _place(row: dict[str, str], names: dict[str, str]) -> Place:
    county = row["code"][:6]
    community = row["name"]
    for ending in _ENDINGS:
        community = community.removesuffix(ending) if community.endswith(ending) else community
    return Place(row["code"], county, f"成都市{names[county]}{names[row['parent_code']]}{community}")


def _identity_codes() -> dict[str, list[tuple[int, int, str]]]:
    periods: dict[str, list[tuple[int, int, str]]] = {}
    for row in _read(_DATA / "identity_codes.csv"):
        period = (int(row["first_birth_year"]), int(row["last_birth_year"]), row["identity_code"])
        periods.setdefault(row["county_code"], []).append(period)
    return periods


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
