"""Which rows an agreement is about: a closed language of rules on items (audit/proof/acts/rows.py, docs/decisions/0085). Pure.

A rule that is not known lets nothing pass, and neither does an empty or unreadable value, save where its absence is the
rule: a filter narrows, it never widens. The same said in SQL is exchange/sharing/row_sql.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeAlias

from audit.proof.acts.rows import alternatives, bound, filter_faults, is_date, is_decimal
from catalog.clocks import full_years


@dataclass(frozen=True)
class Among:
    """`{"in": […]}`: the value is one of these texts or whole numbers."""

    values: frozenset[str | int]

    def holds(self, value: object, today: date) -> bool:
        """Whether this value passes, whatever the day."""
        return isinstance(value, str | int) and value in self.values


@dataclass(frozen=True)
class NotAmong:
    """`{"not_in": […]}`: there is a value, and it is none of these. An empty item is not known to be another value."""

    values: frozenset[str | int]

    def holds(self, value: object, today: date) -> bool:
        """Whether this value passes, whatever the day."""
        return isinstance(value, str | int) and value != "" and value not in self.values


@dataclass(frozen=True)
class AtLeast:
    """`{"at_least": x}`: the value is x or more; whole numbers and decimals are compared as numbers, exactly, dates as days."""

    least: date | Decimal

    def holds(self, value: object, today: date) -> bool:
        """Whether this value passes, whatever the day."""
        found = _comparable(value, self.least)
        return found is not None and found >= self.least


@dataclass(frozen=True)
class AtMost:
    """`{"at_most": x}`: the value is x or less."""

    most: date | Decimal

    def holds(self, value: object, today: date) -> bool:
        """Whether this value passes, whatever the day."""
        found = _comparable(value, self.most)
        return found is not None and found <= self.most


@dataclass(frozen=True)
class YearsAtLeast:
    """`{"years_at_least": n}` on a date item: so many years are completed since that date, on the hub's local day."""

    years: int

    def holds(self, value: object, today: date) -> bool:
        """Whether so many years are completed on `today`; an unknown date never passes."""
        since = _as_date(value)
        return since is not None and full_years(since, today) >= self.years


@dataclass(frozen=True)
class YearsAtMost:
    """`{"years_at_most": n}` on a date item: no more years are completed; a day to come has completed none."""

    years: int

    def holds(self, value: object, today: date) -> bool:
        """Whether at most so many years are completed on `today`; an unknown date never passes."""
        since = _as_date(value)
        return since is not None and full_years(since, today) <= self.years


@dataclass(frozen=True)
class Present:
    """`{"present": true}`: there is a value; `false`: there is none."""

    is_wanted: bool

    def holds(self, value: object, today: date) -> bool:
        """Whether there is a value where one is wanted, and none where none is."""
        return (value not in (None, "")) is self.is_wanted


@dataclass(frozen=True)
class StartsWith:
    """`{"starts_with": "510104"}`: a code or text begins so."""

    prefix: str

    def holds(self, value: object, today: date) -> bool:
        """Whether this value passes, whatever the day."""
        return isinstance(value, str) and value.startswith(self.prefix)


@dataclass(frozen=True)
class Never:
    """A rule of a kind that this hub does not know."""

    def holds(self, value: object, today: date) -> bool:
        """Nothing passes."""
        return False


Rule: TypeAlias = Among | NotAmong | AtLeast | AtMost | YearsAtLeast | YearsAtMost | Present | StartsWith | Never
Rules: TypeAlias = tuple[tuple[str, Rule], ...]

_MADE: Mapping[str, Callable[[Any], Rule]] = {
    "in": lambda values: Among(frozenset(values)),
    "not_in": lambda values: NotAmong(frozenset(values)),
    "at_least": lambda value: AtLeast(bound(value)),
    "at_most": lambda value: AtMost(bound(value)),
    "years_at_least": YearsAtLeast,
    "years_at_most": YearsAtMost,
    "present": Present,
    "starts_with": StartsWith,
}


@dataclass(frozen=True)
class RowFilter:
    """A compiled filter: a row is inside if every rule of one alternative holds; without alternatives every row is."""

    alternatives: tuple[Rules, ...] = ()

    def __bool__(self) -> bool:
        """Whether it bounds the rows at all."""
        return bool(self.alternatives)

    @cached_property
    def items(self) -> frozenset[str]:
        """Every item that is looked at."""
        return frozenset(item for rules in self.alternatives for item, _rule in rules)


EVERY_ROW = RowFilter()


def compile_filter(row_filter: Mapping[str, Any] | None) -> RowFilter:
    """The filter of an agreement; what is not well formed lets nothing pass."""
    if any(True for _fault in filter_faults(row_filter)):
        return RowFilter(tuple(_each_or_never(rules) for rules in alternatives(row_filter)) or (((("", Never())),),))
    return RowFilter(tuple(_compiled(rules) for rules in alternatives(row_filter)))


def _each_or_never(rules: Any) -> Rules:
    """The items of a malformed filter are named all the same, so that a version without them is told apart."""
    return tuple((str(item), Never()) for item in rules) if isinstance(rules, Mapping) and rules else (("", Never()),)


def _compiled(rules: Mapping[str, Any]) -> Rules:
    return tuple((item, _MADE[name](value)) for item, rule in rules.items() for name, value in rule.items())


def rule_is_well_formed(rule: Any) -> bool:
    """Whether a rule has one or more of the known members, each of its form."""
    return not any(True for _fault in filter_faults({"item": rule}))


def fits_items(row_filter: Mapping[str, Any] | None, items: Mapping[str, str]) -> bool:
    """Whether every filtered item is declared (`items`: name → type) with a type for which its rules are."""
    return not any(True for _fault in filter_faults(row_filter, items))


def passes(rows: RowFilter, record: Mapping[str, Any], today: date) -> bool:
    """Whether a record is inside the agreed rows on the hub's local day."""
    if not rows.alternatives:
        return True
    return any(all(rule.holds(record.get(item), today) for item, rule in rules) for rules in rows.alternatives)


def _comparable(value: object, limit: date | Decimal) -> Any:
    """A value as what the limit is; None for anything else, and nothing else compares."""
    if isinstance(limit, date):
        return _as_date(value)
    is_number = type(value) is int or is_decimal(value)
    return Decimal(value) if is_number else None  # type: ignore[arg-type]


def _as_date(value: object) -> date | None:
    return date.fromisoformat(value) if is_date(value) else None  # type: ignore[arg-type]
