"""What a schema cannot say of a register description: names that must exist, and what "open" promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from audit.errors import Fault

Document = dict[str, Any]


def register_faults(register: Document) -> list[Fault]:
    """Return what is wrong with the meaning of ``register``, which already has the shape of ``schema/register.json``."""
    checks = (_item_names, _references, _column_mapping, _code_lists, _openness, _facts)
    return [fault for check in checks for fault in check(register)]


def _names(register: Document) -> list[str]:
    return [item["name"] for item in register["items"]]


def _item_names(register: Document) -> Iterator[Fault]:
    names = _names(register)
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault("items", "unique", f"the item {name} appears twice: keep one")


def _references(register: Document) -> Iterator[Fault]:
    items = {item["name"]: item for item in register["items"]}
    for position, subject in enumerate(register["subjects"]):
        item = items.get(subject["item"])
        if item is None or item.get("identifier") != subject["kind"]:
            yield Fault(f"subjects[{position}]", "item", f"name an item whose identifier is {subject['kind']}")
    for position, name in enumerate(register["key"]):
        if not items.get(name, {}).get("required"):
            yield Fault(f"key[{position}]", "item", f"{name} is no required item: a key is never empty")


def _column_mapping(register: Document) -> Iterator[Fault]:
    mapping: dict[str, str] = register["column_mapping"]
    if set(mapping) != set(_names(register)):
        wrong = sorted(set(mapping) ^ set(_names(register)))
        yield Fault("column_mapping", "items", f"give every item exactly one column; these do not match: {wrong}")
    headings = list(mapping.values())
    for heading in sorted({heading for heading in headings if headings.count(heading) > 1}):
        yield Fault("column_mapping", "unique", f"two items share the column {heading}")


def _code_lists(register: Document) -> Iterator[Fault]:
    for position, item in enumerate(register["items"]):
        if item["type"] == "code" and item["code_list"] not in register["code_lists"]:
            yield Fault(f"items[{position}].code_list", "code_lists", f"there is no code list {item['code_list']}")
    for name, entries in register["code_lists"].items():
        codes = [entry["code"] for entry in entries]
        if len(codes) != len(set(codes)):
            yield Fault(f"code_lists.{name}", "unique", "a code appears twice: keep one")


def _openness(register: Document) -> Iterator[Fault]:
    if not register["open"]:
        return
    for position, item in enumerate(register["items"]):
        if item["sensitivity"] != 1 or item["sharing_attribute"] != "UNCONDITIONAL":
            yield Fault(f"items[{position}]", "open", "an open dataset has only UNCONDITIONAL items of sensitivity 1")


def _facts(register: Document) -> Iterator[Fault]:
    names = [fact["name"] for fact in register["facts"]]
    for position, fact in enumerate(register["facts"]):
        where = f"facts[{position}]"
        if names.count(fact["name"]) > 1:
            yield Fault(f"{where}.name", "unique", f"the fact {fact['name']} appears twice: keep one")
        yield from _parameters(fact, register, where)
        yield from _expression(fact, set(_names(register)), where)


def _parameters(fact: Document, register: Document, where: str) -> Iterator[Fault]:
    used = {used for operator in operators(fact["expression"]) for used in _used_parameters(operator)}
    for position, parameter in enumerate(fact["parameters"]):
        if parameter["name"] not in used:
            yield Fault(f"{where}.parameters[{position}]", "used", f"the expression does not use {parameter['name']}: remove it")
        if "code_list" in parameter and parameter["code_list"] not in register["code_lists"]:
            yield Fault(f"{where}.parameters[{position}].code_list", "code_lists", "there is no such code list")


def _expression(fact: Document, items: set[str], where: str) -> Iterator[Fault]:
    declared = {parameter["name"] for parameter in fact["parameters"]}
    for operator in operators(fact["expression"]):
        if "item" in operator and operator["item"] not in items:
            yield Fault(f"{where}.expression", "item", f"there is no item {operator['item']} in this dataset")
        for name in sorted(_used_parameters(operator) - declared):
            yield Fault(f"{where}.expression", "parameter", f"declare the parameter {name}")


def _used_parameters(operator: Document) -> set[str]:
    return {operator[member] for member in ("parameter", "on") if member in operator}


def operators(expression: Document) -> Iterator[Document]:
    """Yield every operator of a fact's expression, the outermost first."""
    yield expression
    within = expression.get("of", [])
    for inner in within if isinstance(within, list) else [within]:
        yield from operators(inner)
