"""Which rows an agreement is about: closed kinds of rules on items, all of which must hold. Pure.

A rule that is not known lets nothing pass, and neither does an empty or unreadable value: a filter narrows, it never widens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from catalog.clocks import full_years

MOST_YEARS = 150


@dataclass(frozen=True)
class Among:
    """`{"in": […]}`: the value is one of these texts or whole numbers."""

    values: frozenset[str | int]

    def holds(self, value: object, today: date) -> bool:
        """Whether this value passes, whatever the day."""
        return isinstance(value, str | int) and value in self.values


@dataclass(frozen=True)
class YearsAtLeast:
    """`{"years_at_least": n}` on a date item: so many years are completed since that date, on the hub's local day."""

    years: int

    def holds(self, value: object, today: date) -> bool:
        """Whether so many years are completed on `today`; an unknown date never passes."""
        since = _as_date(value)
        return since is not None and full_years(since, today) >= self.years


@dataclass(frozen=True)
class Never:
    """A rule of a kind that this hub does not know."""

    def holds(self, value: object, today: date) -> bool:
        """Nothing passes."""
        return False


Rule: TypeAlias = Among | YearsAtLeast | Never


def compile_filter(row_filter: Mapping[str, Any] | None) -> dict[str, Rule]:
    """The rule of each filtered item of an agreement."""
    return {item: _compile_rule(rule) for item, rule in (row_filter or {}).items()}


def _compile_rule(rule: Mapping[str, Any]) -> Rule:
    if rule_is_well_formed(rule):
        return Among(frozenset(rule["in"])) if "in" in rule else YearsAtLeast(rule["years_at_least"])
    return Never()


def rule_is_well_formed(rule: Any) -> bool:
    """Whether a rule is exactly `{in: […]}` or `{years_at_least: n}` with n from 0 to 150."""
    if not isinstance(rule, Mapping) or len(rule) != 1:
        return False
    if "in" in rule:
        values = rule["in"]
        return isinstance(values, list) and bool(values) and all(type(value) in (str, int) for value in values)
    years = rule.get("years_at_least")
    return type(years) is int and 0 <= years <= MOST_YEARS


def fits_items(row_filter: Mapping[str, Any] | None, items: Mapping[str, str]) -> bool:
    """Whether every filtered item is declared (`items`: name → type), and years are counted from dates only."""
    rules = compile_filter(row_filter)
    return all(item in items and (items[item] == "date" or not isinstance(rule, YearsAtLeast)) for item, rule in rules.items())


def passes(rules: Mapping[str, Rule], record: Mapping[str, Any], today: date) -> bool:
    """Whether a record is inside the agreed rows on the hub's local day."""
    return all(rule.holds(record.get(item), today) for item, rule in rules.items())


def _as_date(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
