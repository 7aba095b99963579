"""Facts: named yes/no questions over one dataset's items, answered with three-valued logic. Pure.

An empty item gives UNKNOWN; a subject with several records is answered YES if any record says YES, else UNKNOWN if any
record cannot tell, else NO; a subject without a record gets the fact's declared ``when_absent``. The operators are a
closed set (protocol, section 3), so that a signed dataset version can never run code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.clocks import full_years

YES, NO, UNKNOWN = "YES", "NO", "UNKNOWN"
Record = Mapping[str, Any]
Truth = bool | None


class FactError(ValueError):
    """An expression or a parameter is not of the declared form."""


@dataclass(frozen=True)
class Surroundings:
    """What an evaluation may look at beside the record itself.

    ``parameters`` by name; ``today`` the hub's local date; ``others`` the records of subjects named as parameters;
    ``same`` counts records that share a value of an item: ``{(item, value): count}``.
    """

    parameters: Mapping[str, Any]
    today: date
    others: Mapping[str, list[Record]] = field(default_factory=dict)
    same: Mapping[tuple[str, Any], int] = field(default_factory=dict)


Evaluator = Callable[[Record, Surroundings], Truth]


@dataclass(frozen=True)
class CompiledFact:
    """A fact ready to be asked: what it reads, which parameters it takes, and how it answers."""

    name: str
    parameters: Mapping[str, str]
    when_absent: str
    items: frozenset[str]
    compared_subjects: frozenset[str]
    counted_items: frozenset[str]
    optional: frozenset[str]
    evaluate: Evaluator

    def answer(self, records: list[Record], around: Surroundings) -> str:
        """YES, NO or UNKNOWN for one subject's records. Every record is read: no early exit tells where it stopped."""
        if not records:
            return self.when_absent
        results = [self.evaluate(record, around) for record in records]
        if True in results:
            return YES
        return UNKNOWN if None in results else NO


def compile_fact(document: Mapping[str, Any], item_types: Mapping[str, str]) -> CompiledFact:
    """Compile a fact of a dataset version; raises FactError for anything outside the closed operator set."""
    parameters = {entry["name"]: entry["type"] for entry in document.get("parameters", [])}
    expression = document["expression"]
    nodes = list(_walk(expression))
    optional = frozenset(str(node["on"]) for node in nodes if "on" in node)
    return CompiledFact(
        name=document["name"],
        parameters=parameters,
        when_absent=document["when_absent"],
        items=frozenset(node["item"] for node in nodes if "item" in node),
        compared_subjects=frozenset(node["parameter"] for node in nodes if node["op"] == "same_value_as_parameter_subject"),
        counted_items=frozenset(node["item"] for node in nodes if node["op"] == "count_at_least"),
        optional=optional,
        evaluate=_compile(expression, item_types),
    )


def _walk(node: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    if not isinstance(node, Mapping) or "op" not in node:
        raise FactError("every node of an expression is an object with the member op")
    yield node
    below = node.get("of", [])
    for child in below if isinstance(below, list) else [below]:
        yield from _walk(child)


def _compile(node: Mapping[str, Any], types: Mapping[str, str]) -> Evaluator:
    op = node["op"]
    if op in ("and", "or"):
        return _all_or_any([_compile(child, types) for child in node["of"]], decisive=op == "or")
    if op == "not":
        inner = _compile(node["of"], types)
        return lambda record, around: _negated(inner(record, around))
    if node.get("item") not in types:
        raise FactError(f"the expression names an item that the dataset does not declare: {node.get('item')}")
    try:
        return _LEAVES[op](node, types[node["item"]])
    except KeyError as error:
        raise FactError(f"unknown operator: {op}") from error


def _negated(value: Truth) -> Truth:
    return None if value is None else not value


def _all_or_any(children: list[Evaluator], *, decisive: bool) -> Evaluator:
    """Kleene's strong three-valued `or` (decisive True) and `and` (decisive False)."""

    def evaluate(record: Record, around: Surroundings) -> Truth:
        results = [child(record, around) for child in children]
        if decisive in results:
            return decisive
        return None if None in results else not decisive

    return evaluate


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


_LEAVES: dict[str, Callable[[Mapping[str, Any], str], Evaluator]] = {
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
}
OPERATORS = frozenset({*_LEAVES, "and", "or", "not"})
