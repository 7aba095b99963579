"""docs/lifecycles.md as text, from the tables themselves: a page that nobody can forget to renew. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalog import lifecycle as catalog_lifecycle
from exchange.sharing import lifecycle
from exchange.sharing.lifecycle.clocks import EXTENSION, EXTENSION_SIDES
from exchange.sharing.lifecycle.corrections import CORRECTION, CORRECTION_SIDES
from exchange.sharing.lifecycle.disputes import DISPUTE, DISPUTE_SIDES

Table = Mapping[Any, tuple[frozenset[Any], Any]]


@dataclass(frozen=True)
class Section:
    """One lifecycle of the page: its title, its table, and by event who takes the step."""

    title: str
    table: Table
    sides: Mapping[Any, Iterable[StrEnum]] = field(default_factory=dict)


_OF_ROOMS_ABOVE: dict[str, Section] = {}


def add_sections(*sections: Section) -> None:
    """Rooms above this one name their tables when the hub starts; the page shows them by title."""
    _OF_ROOMS_ABOVE.update({section.title: section for section in sections})


def as_markdown() -> str:
    """The whole page: one table for each lifecycle, events in alphabetical order."""
    sections = [
        _section("Part of a sharing request", lifecycle.PART, lifecycle.PART_SIDES),
        _section("Agreement", lifecycle.AGREEMENT, lifecycle.AGREEMENT_SIDES),
        _section("Standing offer or framework", lifecycle.OFFER, lifecycle.OFFER_SIDES),
        _section("Emergency", lifecycle.OFFER, lifecycle.EMERGENCY_SIDES),
        _section("Extension of a clock", EXTENSION, EXTENSION_SIDES),
        _section("Correction between departments", CORRECTION, CORRECTION_SIDES),
        _section("Dispute", DISPUTE, DISPUTE_SIDES),
        _section("Load of a file", catalog_lifecycle.LOAD, {}),
        _section("Piece of work", catalog_lifecycle.WORK, {}),
        *(_section(more.title, more.table, more.sides) for more in _OF_ROOMS_ABOVE.values()),
    ]
    head = (
        "# Lifecycles\n\n"
        "Written by `manage.py write_lifecycles` from the tables in `lifecycle.py`; a test compares the two.\n"
        "A state changes by one conditional UPDATE of a row below, or not at all (409).\n"
        "An agreement is EXPIRED when its period, read against the clock, is over; no event leads there.\n"
        "`resume` leads to IN_FORCE when no other side has suspended too, else the agreement stays SUSPENDED.\n"
    )
    return "\n".join([head, *sections])


def _section(title: str, table: Table, sides: Mapping[Any, Iterable[StrEnum]]) -> str:
    rows = [_row(event, table[event], sides.get(event)) for event in sorted(table)]
    lines = [f"## {title}", "", "| event | from | to | by |", "|---|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _row(event: StrEnum, move: tuple[frozenset[StrEnum], StrEnum | None], sides: Iterable[StrEnum] | None) -> str:
    sources, target = move
    by = ", ".join(sorted(side.value.lower() for side in sides or ())) or "the hub"
    return f"| {event.value} | {', '.join(sorted(sources))} | {target.value if target else 'unchanged'} | {by} |"
