"""Random row filters that fit a dataset's types: every rule, several on one item, alternatives; values near those of the records."""

from __future__ import annotations

import random
from typing import Any

DATES = ["1944-02-29", "1946-11-20", "1946-11-21", "1946-11-22", "1990-11-21", "2000-02-29", "2024-02-28", "2026-11-21", "2031-03-01"]
VALUES: dict[str, list[Any]] = {
    "integer": [-2, -1, 0, 1, 2, 3],
    "decimal": ["-2.5", "-2", "-0.5", "-0.0000000001", "0", "0.5", "1", "1.5", "1.25", "99999999999999999.9999999999"],
    "date": DATES,
    "boolean": [0, 1],
    "text": ["a", "1", "true", "=a", "510104", "5101", "é", "中文", "中", "%", "A"],
}
ORDERED = ("integer", "decimal", "date")


def random_filter(chance: random.Random, types: dict[str, str]) -> dict[str, Any] | None:
    """A filter of some of the items, about one in ten of them with no rule at all."""
    if chance.random() < 0.1:
        return None
    if chance.random() < 0.3:
        return {"any": [random_rules(chance, types) for _ in range(chance.randint(1, 4))]}
    return random_rules(chance, types)


def random_rules(chance: random.Random, types: dict[str, str]) -> dict[str, Any]:
    """One to three items, each with one to three rules."""
    return {item: random_rule(chance, types[item]) for item in chance.sample(sorted(types), chance.randint(1, min(3, len(types))))}


def random_rule(chance: random.Random, kind: str) -> dict[str, Any]:
    """One to three members that are for this type."""
    makers = {name: maker for name, maker in MAKERS.items() if kind in maker[0]}
    return {name: makers[name][1](chance, kind) for name in chance.sample(sorted(makers), chance.choice((1, 1, 1, 2, 3)))}


def _values(chance: random.Random, kind: str) -> list[Any]:
    known = VALUES["text" if kind in ("code", "identifier") else kind]
    return chance.sample(known, chance.randint(1, min(4, len(known))))


def _value(chance: random.Random, kind: str) -> Any:
    return _values(chance, kind)[0]


_ALL = ("integer", "decimal", "date", "boolean", "text", "code", "identifier")
MAKERS: dict[str, Any] = {
    "in": (_ALL, _values),
    "not_in": (_ALL, _values),
    "present": (_ALL, lambda chance, _kind: chance.random() < 0.7),
    "at_least": (ORDERED, _value),
    "at_most": (ORDERED, _value),
    "years_at_least": (("date",), lambda chance, _kind: chance.choice((0, 1, 26, 79, 80, 81, 150))),
    "years_at_most": (("date",), lambda chance, _kind: chance.choice((0, 1, 26, 79, 80, 81, 150))),
    "starts_with": (("text", "code", "identifier"), lambda chance, _kind: chance.choice(("5101", "510104", "a", "中", "=", "é", "%"))),
}


def random_record(chance: random.Random, types: dict[str, str]) -> dict[str, Any]:
    """A record as a store gives it: booleans as such, some items empty, some texts of no length."""
    return {item: None if chance.random() < 0.15 else _found(chance, kind) for item, kind in types.items()}


def _found(chance: random.Random, kind: str) -> Any:
    if kind == "boolean":
        return chance.random() < 0.5
    if kind in ("text", "code", "identifier") and chance.random() < 0.1:
        return ""
    return _value(chance, kind)
