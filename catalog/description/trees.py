"""Walks the tree of an expression. Pure, so that the child process that checks files can use it without Django."""

from collections.abc import Iterator, Mapping
from typing import Any


def items_of(expression: object) -> Iterator[tuple[str, str]]:
    """Pairs of operator and item, for each leaf of a well-formed expression."""
    if isinstance(expression, Mapping):
        if "item" in expression:
            yield str(expression.get("op")), str(expression["item"])
        for child in children(expression):
            yield from items_of(child)


def is_verify_only(document: Mapping[str, Any]) -> bool:
    """Whether a dataset answers facts alone: no value of it leaves the hub by any way."""
    return document.get("methods") == ["VERIFY"]


def children(node: Mapping[str, Any]) -> list[object]:
    below = node.get("of", [])
    return below if isinstance(below, list) else [below]
