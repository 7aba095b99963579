"""The expression of a fact: a tree over one dataset's items in a closed set of operators. Checked here, evaluated at the hub.

The operators, their members and their meaning are those of `exchange/delivery/facts.py` and `fact_operators.py`, which
evaluate them; a test there keeps the two in step (docs/decisions/0085).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.description.trees import children, items_of

MAX_NODES = 50
COMBINING = frozenset({"and", "or", "not"})
_ORDERED = frozenset({"integer", "decimal", "date"})
_DATES = frozenset({"date", "datetime"})
_NUMBERS = frozenset({"integer", "decimal"})
_WRITTEN = frozenset({"text", "code"})
_ANY = frozenset({"identifier", "text", "integer", "decimal", "boolean", "date", "datetime", "code"})


@dataclass(frozen=True)
class Leaf:
    """What an operator over one item takes: item types, whether an operand (value or parameter), whether `on`."""

    item_types: frozenset[str]
    operand: str = "either"
    takes_on: bool = False
    takes_order: bool = False


LEAVES: Mapping[str, Leaf] = {
    "eq": Leaf(_ANY),
    "ne": Leaf(_ANY),
    "lt": Leaf(_ORDERED),
    "le": Leaf(_ORDERED),
    "gt": Leaf(_ORDERED),
    "ge": Leaf(_ORDERED),
    "in": Leaf(_ANY),
    "present": Leaf(_ANY, operand="none"),
    "years_since_at_least": Leaf(_DATES, takes_on=True),
    "years_since_at_most": Leaf(_DATES, takes_on=True),
    "days_until_at_most": Leaf(_DATES, takes_on=True),
    "date_on_or_after": Leaf(_DATES, operand="none", takes_on=True),
    "same_value_as_parameter_subject": Leaf(_ANY, operand="parameter"),
    "count_at_least": Leaf(_ANY),
    "months_since_at_least": Leaf(_DATES, takes_on=True),
    "names_subject": Leaf(frozenset({"identifier"}), operand="none"),
    "list_includes": Leaf(_WRITTEN),
    "rank_at_least": Leaf(frozenset({"code"}), takes_order=True),
    "sum_at_most": Leaf(_NUMBERS),
    "max_at_most": Leaf(_NUMBERS),
}
WHERE, SCHEDULE = "where", "schedule_complete"
OPERATORS = COMBINING | frozenset(LEAVES) | {WHERE, SCHEDULE}
_ALL_ROWS = frozenset({"sum_at_most", "max_at_most", "count_at_least", SCHEDULE})
_SCHEDULED = (_WRITTEN, frozenset({"integer"}), _DATES)
MOST_SCHEDULED = 100


@dataclass(frozen=True)
class Names:
    """What an expression may refer to: item types by item, parameter types by parameter."""

    items: Mapping[str, str]
    parameters: Mapping[str, str]


def expression_faults(where: str, expression: object, names: Names) -> Iterator[Fault]:
    """Every fault of an expression; `where` is its place in the document."""
    pending: list[tuple[str, object]] = [(where, expression)]
    if isinstance(expression, Mapping) and expression.get("op") == WHERE:
        yield from _where_faults(where, expression)
        pending = [(f"{where}.of[{index}]", child) for index, child in enumerate(children(expression))]
    seen = 0
    while pending:
        place, node = pending.pop()
        seen += 1
        if seen > MAX_NODES:
            yield Fault(where, "expression_size", _("An expression has at most %(count)d parts") % {"count": MAX_NODES})
            return
        if not isinstance(node, Mapping) or node.get("op") not in OPERATORS:
            yield Fault(place, "operator", _("Use one of the operators: %(names)s") % {"names": ", ".join(sorted(OPERATORS))})
        elif node["op"] == WHERE:
            yield Fault(place, "operator", _("where stands at the top of an expression only"))
        elif node["op"] == SCHEDULE:
            yield from _schedule_faults(place, node, names)
        elif node["op"] in COMBINING:
            yield from _combining_faults(place, node)
            pending += [(f"{place}.of[{index}]", child) for index, child in enumerate(children(node))]
        else:
            yield from _leaf_faults(place, node, names)


def _combining_faults(place: str, node: Mapping[str, Any]) -> Iterator[Fault]:
    if set(node) != {"op", "of"}:
        yield Fault(place, "members", _("It has exactly the members op and of"))
    is_list = isinstance(node.get("of"), list) and len(node["of"]) > 0
    if node["op"] == "not" and not isinstance(node.get("of"), Mapping):
        yield Fault(place, "members", _("not takes one expression in the member of"))
    if node["op"] != "not" and not is_list:
        yield Fault(place, "members", _("and, or take a list of expressions in the member of"))


def _where_faults(place: str, node: Mapping[str, Any]) -> Iterator[Fault]:
    """`where` takes two expressions: which rows the fact is about, each by itself, and what it says of them."""
    below = node.get("of")
    if set(node) != {"op", "of"} or not isinstance(below, list) or len(below) != 2:
        yield Fault(place, "members", _("where takes a list of two expressions in the member of: which rows, and what is said of them"))
    elif any(operator in _ALL_ROWS for operator, _item in items_of(below[0])) or _mentions(below[0], SCHEDULE):
        yield Fault(f"{place}.of[0]", "operator", _("Which rows a fact is about is said of each row by itself"))


def _mentions(node: object, operator: str) -> bool:
    if not isinstance(node, Mapping):
        return False
    return node.get("op") == operator or any(_mentions(child, operator) for child in children(node))


def _schedule_faults(place: str, node: Mapping[str, Any], names: Names) -> Iterator[Fault]:
    """The items of code, number of the dose and date of birth, in this order; and the table of what is due by which age."""
    below, table = node.get("of"), node.get("table")
    if set(node) - {"on"} != {"op", "of", "table"} or not isinstance(below, list) or len(below) != len(_SCHEDULED):
        yield Fault(place, "members", _("schedule_complete takes three items (code, dose, date of birth) in the member of, and a table"))
        return
    for index, (child, allowed) in enumerate(zip(below, _SCHEDULED, strict=True)):
        is_item = isinstance(child, Mapping) and set(child) == {"op", "item"} and child["op"] == "item"
        if not is_item or names.items.get(str(child["item"])) not in allowed:
            yield Fault(f"{place}.of[{index}]", "item_type", _("This operator does not work on items of this type"))
    if not isinstance(table, list) or not 0 < len(table) <= MOST_SCHEDULED or not all(_is_scheduled(row) for row in table):
        yield Fault(f"{place}.table", "table", _("Each row of the table has code, doses (from 1) and from_months (from 0)"))
    yield from _on_faults(place, node, names)


def _is_scheduled(row: object) -> bool:
    if not isinstance(row, Mapping) or set(row) != {"code", "doses", "from_months"} or not isinstance(row["code"], str) or not row["code"]:
        return False
    return all(type(row[name]) is int and least <= row[name] <= 1_200 for name, least in (("doses", 1), ("from_months", 0)))


def _order_faults(place: str, node: Mapping[str, Any]) -> Iterator[Fault]:
    order = node.get("order")
    if not isinstance(order, list) or len(order) < 2 or len(order) > MAX_NODES or not all(isinstance(code, str) and code for code in order):
        yield Fault(place, "order", _("Give the codes in the member order, the lowest first"))
    elif len(set(order)) != len(order):
        yield Fault(place, "order", _("A code stands twice in the order"))


def _on_faults(place: str, node: Mapping[str, Any], names: Names) -> Iterator[Fault]:
    if "on" in node and names.parameters.get(str(node["on"])) != "date":
        yield Fault(place, "unknown_parameter", _("The member on names no date parameter of this fact"))


def _leaf_faults(place: str, node: Mapping[str, Any], names: Names) -> Iterator[Fault]:
    leaf = LEAVES[node["op"]]
    item_type = names.items.get(str(node.get("item")))
    if item_type is None:
        yield Fault(place, "unknown_item", _("The member item names no item of this dataset"))
    elif item_type not in leaf.item_types:
        yield Fault(place, "item_type", _("This operator does not work on items of this type"))
    yield from _operand_faults(place, node, leaf, names)
    allowed = {"op", "item", "value", "parameter"} | ({"on"} if leaf.takes_on else set()) | ({"order"} if leaf.takes_order else set())
    if set(node) - allowed:
        yield Fault(place, "members", _("Unknown members: %(names)s") % {"names": ", ".join(sorted(map(str, set(node) - allowed)))})
    if leaf.takes_on:
        yield from _on_faults(place, node, names)
    if leaf.takes_order:
        yield from _order_faults(place, node)


def _operand_faults(place: str, node: Mapping[str, Any], leaf: Leaf, names: Names) -> Iterator[Fault]:
    given = {"value", "parameter"} & set(node)
    wanted = {"none": set[str](), "parameter": {"parameter"}}.get(leaf.operand)
    if (wanted is not None and given != wanted) or (wanted is None and len(given) != 1):
        yield Fault(place, "operand", _("Give what the operator compares with: a value or a parameter, as it takes"))
    if "parameter" not in node:
        return
    parameter_type = names.parameters.get(str(node["parameter"]))
    if parameter_type is None:
        yield Fault(place, "unknown_parameter", _("The member parameter names no parameter of this fact"))
    elif leaf.operand == "parameter" and parameter_type != "subject":
        yield Fault(place, "parameter_type", _("This operator takes a parameter of type subject"))
    elif node["op"] == "in" and not parameter_type.endswith("_list"):
        yield Fault(place, "parameter_type", _("The operator in takes a list parameter"))
