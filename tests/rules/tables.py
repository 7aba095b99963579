"""Reads the access tables, walks them, and tells every cell that is not as written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from tests.rules.city import PERSONAS, undone
from tests.rules.routes import PAGE

# `<str:number>` of a plain address, `(?P<code>…)` of one that is a regular expression.
_PLACEHOLDER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")


class Places(Protocol):
    """A city in which a table is walked: what the placeholders stand for by scenario, and browsers of its personas."""

    @property
    def places(self) -> dict[str, dict[str, Any]]: ...

    def client(self, persona: str) -> Any: ...


Send = Callable[[Any, "Row", str], int]


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


def deviations(city: Places, table: list[Row], send: Send) -> list[str]:
    """Every cell in which the hub does something else than what is written."""
    return list(_deviations(city, table, send))


def _deviations(city: Places, table: list[Row], send: Send) -> Iterator[str]:
    for row in table:
        got = {persona: _undone(city, row, persona, send) for persona in row.wanted}
        different = {
            persona: f"{row.wanted[persona]} is written, {status} came" for persona, status in got.items() if status != row.wanted[persona]
        }
        if different:
            yield f"{row.method} {row.route} ({row.scenario or 'as it stands'}): {different}"


def _undone(city: Places, row: Row, persona: str, send: Any) -> int:
    with undone():
        return int(send(city, row, persona))
