"""The operators of facts over one item, over several items of a row, and over all rows of a subject. Pure.

A closed set with the meaning of `catalog/description/expressions.py`, which checks what is signed; a test keeps the two in step.
Each gives True, False or None: an empty item is never a no. What looks at all rows is said once for the subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.clocks import full_years

Record = Mapping[str, Any]
Truth = bool | None


class FactError(ValueError):
    """An expression or a parameter is not of the declared form."""


@dataclass(frozen=True)
class Surroundings:
    """What an evaluation may look at beside the record itself.

    ``parameters`` by name; ``today`` the hub's local date; ``others`` the records of subjects named as parameters;
    ``same`` counts records that share a value of an item: ``{(item, value): count}``; ``subject`` the normalised identifier
    asked about; ``records`` all its records that the fact looks at.
    """

    parameters: Mapping[str, Any]
    today: date
    others: Mapping[str, list[Record]] = field(default_factory=dict)
    same: Mapping[tuple[str, Any], int] = field(default_factory=dict)
    subject: str = ""
    records: tuple[Record, ...] = ()


Evaluator = Callable[[Record, Surroundings], Truth]


def as_number(value: Any) -> Decimal:
    """An integer or a decimal written as text; booleans and anything else raise FactError."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise FactError("a number is expected")
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise FactError("a number is expected") from error


def as_date(value: Any) -> date:
    """A calendar date as ISO text (`2026-11-20`); a date-time's first ten characters."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise FactError("a date like 2026-11-20 is expected") from error


def _typed(value: Any, item_type: str) -> Any:
    if type(value) is int:
        return value
    if item_type in ("integer", "decimal"):
        return as_number(value)
    return as_date(value) if item_type == "date" else value


def _operand(node: Mapping[str, Any], around: Surroundings) -> Any:
    return around.parameters[node["parameter"]] if "parameter" in node else node["value"]


def _comparison(test: Callable[[Any, Any], bool]) -> Callable[[Mapping[str, Any], str], Evaluator]:
    def make(node: Mapping[str, Any], item_type: str) -> Evaluator:
        item = node["item"]

        def evaluate(record: Record, around: Surroundings) -> Truth:
            value = record.get(item)
            if value is None or value == "":
                return None
            return test(_typed(value, item_type), _typed(_operand(node, around), item_type))

        return evaluate

    return make


def _in(node: Mapping[str, Any], item_type: str) -> Evaluator:
    item = node["item"]

    def evaluate(record: Record, around: Surroundings) -> Truth:
        value = record.get(item)
        if value is None or value == "":
            return None
        return _typed(value, item_type) in {_typed(allowed, item_type) for allowed in _operand(node, around)}

    return evaluate


def _present(node: Mapping[str, Any], item_type: str) -> Evaluator:
    item = node["item"]
    return lambda record, around: record.get(item) not in (None, "")


def _reference_date(node: Mapping[str, Any], around: Surroundings) -> date:
    given = around.parameters.get(node["on"]) if "on" in node else None
    return around.today if given in (None, "") else as_date(given)


def _years(*, at_least: bool) -> Callable[[Mapping[str, Any], str], Evaluator]:
    def make(node: Mapping[str, Any], item_type: str) -> Evaluator:
        item = node["item"]

        def evaluate(record: Record, around: Surroundings) -> Truth:
            if not record.get(item):
                return None
            years, limit = full_years(as_date(record[item]), _reference_date(node, around)), as_number(_operand(node, around))
            return years >= limit if at_least else years <= limit

        return evaluate

    return make


def _days_until(node: Mapping[str, Any], item_type: str) -> Evaluator:
    item = node["item"]

    def evaluate(record: Record, around: Surroundings) -> Truth:
        if not record.get(item):
            return None
        return (as_date(record[item]) - _reference_date(node, around)).days <= as_number(_operand(node, around))

    return evaluate


def _on_or_after(node: Mapping[str, Any], item_type: str) -> Evaluator:
    item = node["item"]
    return lambda record, around: (as_date(record[item]) >= _reference_date(node, around)) if record.get(item) else None


def _same_as_other(node: Mapping[str, Any], item_type: str) -> Evaluator:
    item, parameter = node["item"], node["parameter"]

    def evaluate(record: Record, around: Surroundings) -> Truth:
        value = record.get(item)
        others = [other.get(item) for other in around.others.get(around.parameters[parameter], [])]
        if value in (None, "") or not others:
            return None if value in (None, "") else False
        if value in others:
            return True
        return None if any(other in (None, "") for other in others) else False

    return evaluate


def _count_at_least(node: Mapping[str, Any], item_type: str) -> Evaluator:
    item = node["item"]

    def evaluate(record: Record, around: Surroundings) -> Truth:
        value = record.get(item)
        if value in (None, ""):
            return None
        return around.same[(item, value)] >= as_number(_operand(node, around))

    return evaluate


def _months(node: Mapping[str, Any], item_type: str) -> Evaluator:
    item = node["item"]

    def evaluate(record: Record, around: Surroundings) -> Truth:
        if not record.get(item):
            return None
        return full_months(as_date(record[item]), _reference_date(node, around)) >= as_number(_operand(node, around))

    return evaluate


def full_months(since: date, on: date) -> int:
    """Completed months; the same day of a month completes it, and where a month lacks that day, the first of the next."""
    return (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)


def _names_subject(node: Mapping[str, Any], item_type: str) -> Evaluator:
    item = node["item"]
    return lambda record, around: None if record.get(item) in (None, "") else record[item] == around.subject


_BETWEEN = re.compile(r"[;；,，、\n]")


def _list_includes(node: Mapping[str, Any], item_type: str) -> Evaluator:
    """One of the members of a written list, whole: a word inside a longer one is not in the list."""
    item = node["item"]

    def evaluate(record: Record, around: Surroundings) -> Truth:
        value = record.get(item)
        if value in (None, ""):
            return None
        return str(_operand(node, around)).strip() in [member.strip() for member in _BETWEEN.split(str(value))]

    return evaluate


def _rank_at_least(node: Mapping[str, Any], item_type: str) -> Evaluator:
    """Codes by the signed order, the lowest first; a code outside it has no rank."""
    item, ranks = node["item"], {code: rank for rank, code in enumerate(node["order"])}

    def evaluate(record: Record, around: Surroundings) -> Truth:
        rank, wanted = ranks.get(record.get(item)), ranks.get(_operand(node, around))
        return None if rank is None or wanted is None else rank >= wanted

    return evaluate


def _sum_at_most(node: Mapping[str, Any], item_type: str) -> Evaluator:
    """The sum over all rows of the subject, exact; one empty value makes it unknown."""
    item = node["item"]

    def evaluate(record: Record, around: Surroundings) -> Truth:
        values = [each.get(item) for each in around.records]
        if any(value in (None, "") for value in values):
            return None
        return sum((as_number(value) for value in values), Decimal()) <= as_number(_operand(node, around))

    return evaluate


def _max_at_most(node: Mapping[str, Any], item_type: str) -> Evaluator:
    """No row of the subject has more; an empty value makes it unknown, unless another is more."""
    item = node["item"]

    def evaluate(record: Record, around: Surroundings) -> Truth:
        limit = as_number(_operand(node, around))
        values = [each.get(item) for each in around.records]
        if any(as_number(value) > limit for value in values if value not in (None, "")):
            return False
        return None if any(value in (None, "") for value in values) else True

    return evaluate


def schedule_complete(node: Mapping[str, Any]) -> Evaluator:
    """Whether the doses that the signed table asks for by the age in months were all given: `of` names code, dose and birth."""
    code, dose, born = (child["item"] for child in node["of"])

    def evaluate(record: Record, around: Surroundings) -> Truth:
        if not record.get(born):
            return None
        age = full_months(as_date(record[born]), _reference_date(node, around))
        given = {(each.get(code), each.get(dose)) for each in around.records}
        needed = {(row["code"], number) for row in node["table"] if row["from_months"] <= age for number in range(1, row["doses"] + 1)}
        if needed <= given:
            return True
        return None if any(None in pair or "" in pair for pair in given) else False

    return evaluate


LEAVES: dict[str, Callable[[Mapping[str, Any], str], Evaluator]] = {
    "eq": _comparison(lambda a, b: bool(a == b)),
    "ne": _comparison(lambda a, b: bool(a != b)),
    "lt": _comparison(lambda a, b: bool(a < b)),
    "le": _comparison(lambda a, b: bool(a <= b)),
    "gt": _comparison(lambda a, b: bool(a > b)),
    "ge": _comparison(lambda a, b: bool(a >= b)),
    "in": _in,
    "present": _present,
    "years_since_at_least": _years(at_least=True),
    "years_since_at_most": _years(at_least=False),
    "days_until_at_most": _days_until,
    "date_on_or_after": _on_or_after,
    "same_value_as_parameter_subject": _same_as_other,
    "count_at_least": _count_at_least,
    "months_since_at_least": _months,
    "names_subject": _names_subject,
    "list_includes": _list_includes,
    "rank_at_least": _rank_at_least,
    "sum_at_most": _sum_at_most,
    "max_at_most": _max_at_most,
}
ALL_ROWS = frozenset({"sum_at_most", "max_at_most", "schedule_complete"})
"""Operators that look at every row of the subject: under a row filter nobody can say what they would say.
"""
