"""Reads the access tables: a line for each address, method and scenario, a column for each persona."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from tests.rules.city import PERSONAS
from tests.rules.routes import PAGE

# `<str:number>` of a plain address, `(?P<code>…)` of one that is a regular expression.
_PLACEHOLDER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")


class Places(Protocol):
    """A city in which a table is walked: what the placeholders stand for by scenario, and browsers of its personas."""

    @property
    def places(self) -> dict[str, dict[str, Any]]: ...

    def client(self, persona: str) -> Any: ...


@dataclass(frozen=True)
class Row:
    """One line: who gets which status for `method` on `route` in `scenario`."""

    method: str
    route: str
    scenario: str
    wanted: dict[str, int]

    def path(self, city: Places) -> str:
        """The address with its placeholders filled."""
        place = city.places[self.scenario]
        route = self.route.replace(PAGE, "en/").replace("^", "").replace("\\.", ".").removesuffix("$")
        return "/" + _PLACEHOLDER.sub(lambda match: str(place[match[1] or match[2]]), route)


def rows(table: str, personas: Iterable[str] = PERSONAS) -> list[Row]:
    """The lines of a table; its first names the columns."""
    heading, *lines = [line.split() for line in table.splitlines() if line.strip()]
    assert heading[3:] == list(personas)
    return [_row(line, heading[3:]) for line in lines]


def _row(cells: list[str], personas: list[str]) -> Row:
    method, route, scenario, *statuses = cells
    return Row(method, route, scenario.strip("-"), dict(zip(personas, map(int, statuses), strict=True)))
