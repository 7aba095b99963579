"""The rows of an agreement or offer: a closed language of rules on items, its shape, its types, and when one filter is inside another.

`null`: every row. `{item: rule, …}`: every rule holds. `{"any": [{item: rule, …}, …]}`: one of these holds. A rule has one or
more members, and all of them hold (docs/decisions/0085):

    in, not_in                      values                          every type of item
    at_least, at_most               a bound, itself inside          integer, decimal (text), date (text)
    years_at_least, years_at_most   completed years since a date    date
    present                         true or false                   every type of item
    starts_with                     the beginning of a text         code, identifier, text

A row whose item is empty passes `present: false` and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from audit.proof.acts.standing import OrderFault
from audit.proof.canonical import JSON, Document

MOST_ALTERNATIVES = 8
MOST_ITEMS = 16
"""Items that one alternative may name."""
MOST_VALUES = 1_000
LONGEST_PREFIX = 64
MOST_YEARS = 150

_ITEM_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_DECIMAL = re.compile(r"(?!-0$)-?(0|[1-9][0-9]{0,17})(\.[0-9]{0,9}[1-9])?")
_TEXTS = frozenset({"code", "identifier", "text"})
_ORDERED = frozenset({"integer", "decimal", "date"})


class RowFault(StrEnum):
    """Why a filter is none."""

    SHAPE = "SHAPE"
    UNKNOWN_ITEM = "UNKNOWN_ITEM"
    WRONG_TYPE = "WRONG_TYPE"


@dataclass(frozen=True)
class Found:
    """One fault: its place in the filter (`grade`, `any[1].grade`), the item and the member of its rule, and what it is."""

    place: str
    item: str
    rule: str
    why: RowFault


def is_date(value: object) -> bool:
    """Whether a value is a calendar date as text (`2026-11-20`)."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_decimal(value: object) -> bool:
    """Whether a value is a decimal as text in its canonical form: no plus sign, no needless zero, never `-0`."""
    return isinstance(value, str) and bool(_DECIMAL.fullmatch(value))


def _is_whole(value: object) -> bool:
    return type(value) is int and abs(value) <= 2**53 - 1


def _are_values(value: object) -> bool:
    """Texts and whole numbers, as `in` has always taken them: at least one, no text twice."""
    if not isinstance(value, list) or not value or not all(type(entry) in (str, int) for entry in value):
        return False
    texts = [entry for entry in value if isinstance(entry, str)]
    return len(texts) < len(value) or len(set(texts)) == len(texts)


def _are_few_values(value: object) -> bool:
    return _are_values(value) and len(cast("list[JSON]", value)) <= MOST_VALUES


def _is_bound(value: object) -> bool:
    return _is_whole(value) or is_decimal(value) or is_date(value)


def _are_years(value: object) -> bool:
    return type(value) is int and 0 <= value <= MOST_YEARS


def _is_prefix(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_PREFIX


_FORMS: Mapping[str, Callable[[object], bool]] = {
    "in": _are_values,
    "not_in": _are_few_values,
    "at_least": _is_bound,
    "at_most": _is_bound,
    "years_at_least": _are_years,
    "years_at_most": _are_years,
    "present": lambda value: isinstance(value, bool),
    "starts_with": _is_prefix,
}
RULES = frozenset(_FORMS)
_TYPES: Mapping[str, frozenset[str]] = {
    "at_least": _ORDERED,
    "at_most": _ORDERED,
    "years_at_least": frozenset({"date"}),
    "years_at_most": frozenset({"date"}),
    "starts_with": _TEXTS,
}
_VALUE_OF: Mapping[str, Callable[[object], bool]] = {
    "integer": _is_whole,
    "boolean": lambda value: type(value) is int and value in (0, 1),
    "decimal": is_decimal,
    "date": is_date,
}


def alternatives(row_filter: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    """The sets of rules of which one must hold; none at all: every row. An item may be called `any`: its rule is an object."""
    if not row_filter:
        return ()
    several = row_filter.get("any")
    return tuple(several) if isinstance(several, list) else (row_filter,)


def filtered_items(row_filter: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Every item by which a well-formed filter chooses rows, each once."""
    return tuple(dict.fromkeys(item for rules in alternatives(row_filter) for item in rules))


def filter_faults(row_filter: object, types: Mapping[str, str] | None = None, *, is_new: bool = False) -> Iterator[Found]:
    """Every fault of a filter: of its shape, and with `types` (item → type) of its items and values.

    What was signed before there were types for `in` keeps its meaning: only what `is_new` has the values of `in` looked at.
    """
    if row_filter is None:
        return
    if not isinstance(row_filter, Mapping):
        yield Found("", "", "", RowFault.SHAPE)
    elif isinstance(row_filter.get("any"), list):
        yield from _several_faults(row_filter, types, is_new)
    else:
        yield from _rules_faults("", row_filter, types, is_new)


def _several_faults(row_filter: Mapping[str, Any], types: Mapping[str, str] | None, is_new: bool) -> Iterator[Found]:
    several = row_filter["any"]
    if len(row_filter) != 1 or not 0 < len(several) <= MOST_ALTERNATIVES:
        yield Found("any", "any", "", RowFault.SHAPE)
    for place, rules in enumerate(several[:MOST_ALTERNATIVES]):
        if not isinstance(rules, Mapping) or not 0 < len(rules) <= MOST_ITEMS:
            yield Found(f"any[{place}]", "any", "", RowFault.SHAPE)
        else:
            yield from _rules_faults(f"any[{place}].", rules, types, is_new)


def _rules_faults(where: str, rules: Mapping[str, Any], types: Mapping[str, str] | None, is_new: bool) -> Iterator[Found]:
    for item, rule in rules.items():
        place = f"{where}{item}"
        if not isinstance(item, str) or not _ITEM_NAME.fullmatch(item) or not isinstance(rule, Mapping) or not rule:
            yield Found(place, str(item), "", RowFault.SHAPE)
        elif types is not None and item not in types:
            yield Found(place, item, "", RowFault.UNKNOWN_ITEM)
        else:
            yield from _rule_faults(place, item, rule, None if types is None else types[item], is_new)


def _rule_faults(place: str, item: str, rule: Mapping[str, Any], kind: str | None, is_new: bool) -> Iterator[Found]:
    for name, value in rule.items():
        if name not in _FORMS or not _FORMS[name](value):
            yield Found(place, item, str(name), RowFault.SHAPE)
        elif kind is not None and not _fits(name, value, kind, is_new):
            yield Found(place, item, name, RowFault.WRONG_TYPE)


def _fits(name: str, value: Any, kind: str, is_new: bool) -> bool:
    if kind not in _TYPES.get(name, {kind}):
        return False
    values = value if isinstance(value, list) else [value]
    if name in ("at_least", "at_most") or name == "not_in" or (name == "in" and is_new):
        return all(_VALUE_OF.get(kind, _is_some_text)(entry) for entry in values)
    return True


def _is_some_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def row_filter_shape(value: object, where: str) -> None:
    """Raise OrderFault for what is no filter, whatever the dataset."""
    for found in filter_faults(value):
        raise OrderFault("SHAPE", f"{where}.{found.place}: {found.rule or 'the rule'} is malformed")


def require_rows(version: Document, scope: Document) -> None:
    """Raise OrderFault where the filter names an item that the dataset has not, or a rule that is not for its type."""
    types = {str(item["name"]): str(item.get("type", "")) for item in cast("list[Document]", version["items"])}
    for found in filter_faults(scope["row_filter"], types):
        if found.why is RowFault.UNKNOWN_ITEM:
            raise OrderFault("ITEM_UNKNOWN", f"the row filter names {found.item}, which the dataset has not")
        raise OrderFault("SHAPE", f"the rule {found.rule} of the row filter is not for {found.item}, of type {types[found.item]}")


def rows_within(outer: Mapping[str, Any] | None, inner: Mapping[str, Any] | None) -> bool:
    """Whether it is plain that no row passes `inner` that does not pass `outer`. What is not plain is not said to be inside."""
    wide = alternatives(outer)
    if not any(rules for rules in wide):
        return True
    return all(any(_implied(rules, narrow) for rules in wide) for narrow in alternatives(inner) or ({},))


def _implied(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    return all(
        any(_follows(name, value, other, given) for other, given in narrow.get(item, {}).items())
        for item, rule in wide.items()
        for name, value in rule.items()
    )


def _follows(name: str, value: Any, other: str, given: Any) -> bool:
    """Whether a value that keeps `other: given` always keeps `name: value`."""
    if name == "present":
        return _tells_presence(value, other, given)
    if name == "in":
        return other == "in" and set(given) <= set(value)
    if name == "not_in":
        return (other == "in" and not {*value, ""} & set(given)) or (other == "not_in" and set(value) <= set(given))
    return name == other and _is_narrower(name, value, given)


def _tells_presence(wanted: bool, other: str, given: Any) -> bool:
    if other == "present":
        return bool(wanted) == bool(given)
    return wanted and not (other == "in" and "" in given)


def _is_narrower(name: str, value: Any, given: Any) -> bool:
    if name == "starts_with":
        return str(given).startswith(value)
    if name.startswith("years_"):
        return bool(given >= value if name == "years_at_least" else given <= value)
    low, high = (bound(value), bound(given)) if name == "at_least" else (bound(given), bound(value))
    return type(low) is type(high) and bool(low <= high)  # type: ignore[operator]


def bound(value: Any) -> date | Decimal:
    """What a bound of `at_least` or `at_most` stands for; raises ValueError for anything else."""
    if is_date(value):
        return date.fromisoformat(value)
    if _is_whole(value) or is_decimal(value):
        return Decimal(value)
    raise ValueError("a bound is a whole number, a decimal or a date")
