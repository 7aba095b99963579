"""Invented Chinese names: a common surname, and one or two characters that people of that generation were given."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import Any

from exchange.jurisdictions import divisions_path
from exchange.jurisdictions.yaml_text import read_yaml

_ONE_CHARACTER = 0.16  # of given names


class Names:
    """Draws names for people and trade names for firms."""

    def __init__(self) -> None:
        data: dict[str, Any] = read_yaml(divisions_path().parent.parent / "demonstration" / "names.yaml")
        self._surnames: list[str] = list(data["surnames"])
        self._steps = list(accumulate(data["surnames"].values()))
        self._generations: list[dict[str, Any]] = data["given"]
        self._trade_names: list[str] = data["trade_names"]

    def surname(self, chance: Random) -> str:
        """Return a surname, the common ones oftener."""
        return self._surnames[bisect(self._steps, chance.random() * self._steps[-1])]

    def given(self, chance: Random, sex: str, birth_year: int) -> str:
        """Return a given name as people of that sex and year of birth have."""
        generation = next(part for part in self._generations if birth_year <= part["until"])
        characters: list[str] = generation[sex]
        first = chance.choice(characters)
        return first if chance.random() < _ONE_CHARACTER else first + chance.choice(characters)

    def trade_name(self, chance: Random) -> str:
        """Return a trade name of two or three characters."""
        return "".join(chance.choice(self._trade_names) for _ in range(2 + (chance.random() < 0.5)))
