"""The expression of a fact: a tree over one dataset's items in a closed set of operators. Checked here, evaluated at the hub.

The operators, their members and their meaning are those of `exchange/delivery/facts.py`, which evaluates them; a test
there keeps the two in step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.description.trees import children

MAX_NODES = 50
COMBINING = frozenset({"and", "or", "not"})
_ORDERED = frozenset({"integer", "decimal", "date"})
_DATES = frozenset({"date", "datetime"})
_ANY = frozenset({"identifier", "text", "integer", "decimal", "boolean", "date", "datetime", "code"})


@dataclass(frozen=True)
class Leaf:
    """What an operator over one item takes: item types, whether an operand (value or parameter), whether `on`."""

    item_types: frozenset[str]
    operand: str = "either"
    takes_on: bool = False


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
}
OPERATORS = COMBINING | frozenset(LEAVES)


@dataclass(frozen=True)
class Names:
    """What an expression may refer to: item types by item, parameter types by parameter."""

    items: Mapping[str, str]
    parameters: Mapping[str, str]


def expression_faults(where: str, expression: object, names: Names) -> Iterator[Fault]:
    """Every fault of an expression; `where` is its place in the document."""
    pending: list[tuple[str, object]] = [(where, expression)]
    seen = 0
    while pending:
        place, node = pending.pop()
        seen += 1
        if seen > MAX_NODES:
            yield Fault(where, "expression_size", _("An expression has at most %(count)d parts") % {"count": MAX_NODES})
            return
        if not isinstance(node, Mapping) or node.get("op") not in OPERATORS:
            yield Fault(place, "operator", _("Use one of the operators: %(names)s") % {"names": ", ".join(sorted(OPERATORS))})
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


def _leaf_faults(place: str, node: Mapping[str, Any], names: Names) -> Iterator[Fault]:
    leaf = LEAVES[node["op"]]
    item_type = names.items.get(str(node.get("item")))
    if item_type is None:
        yield Fault(place, "unknown_item", _("The member item names no item of this dataset"))
    elif item_type not in leaf.item_types:
        yield Fault(place, "item_type", _("This operator does not work on items of this type"))
    yield from _operand_faults(place, node, leaf, names)
    allowed = {"op", "item", "value", "parameter"} | ({"on"} if leaf.takes_on else set())
    if set(node) - allowed:
        yield Fault(place, "members", _("Unknown members: %(names)s") % {"names": ", ".join(sorted(map(str, set(node) - allowed)))})
    if "on" in node and leaf.takes_on and names.parameters.get(str(node["on"])) != "date":
        yield Fault(place, "unknown_parameter", _("The member on names no date parameter of this fact"))


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
