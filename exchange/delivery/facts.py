"""Facts: named yes/no questions over one dataset's items, answered with three-valued logic. Pure.

An empty item gives UNKNOWN; a subject with several records is answered YES if any record says YES, else UNKNOWN if any
record cannot tell, else NO; a subject without a record gets the fact's declared ``when_absent``. The operators are a
closed set (protocol, section 3; docs/decisions/0085), so that a signed dataset version can never run code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from exchange.delivery.fact_operators import ALL_ROWS, LEAVES, Evaluator, FactError, Record, Surroundings, Truth, schedule_complete

YES, NO, UNKNOWN = "YES", "NO", "UNKNOWN"
OPERATORS = frozenset({*LEAVES, "and", "or", "not", "where", "schedule_complete"})


@dataclass(frozen=True)
class CompiledFact:
    """A fact ready to be asked: what it reads, which parameters it takes, and how it answers.

    ``rows``: which records it is about, where the fact says so; else all.
    """

    name: str
    parameters: Mapping[str, str]
    when_absent: str
    items: frozenset[str]
    compared_subjects: frozenset[str]
    counted_items: frozenset[str]
    optional: frozenset[str]
    evaluate: Evaluator
    rows: Evaluator | None = None
    reads_all_rows: bool = False

    def answer(self, records: list[Record], around: Surroundings) -> str:
        """YES, NO or UNKNOWN for one subject's records. Every record is read: no early exit tells where it stopped."""
        about: list[Truth] = [] if self.rows is None else [self.rows(record, around) for record in records]
        chosen = records if self.rows is None else [record for record, is_about in zip(records, about, strict=True) if is_about]
        if not chosen and None not in about:
            return self.when_absent
        if self.reads_all_rows:
            around = replace(around, records=tuple(chosen))
        return self._told([self.evaluate(record, around) for record in chosen], is_doubtful=None in about)

    def _told(self, results: list[Truth], *, is_doubtful: bool) -> str:
        """A record of which nobody can say whether the fact is about it leaves a YES of another one standing, and no NO."""
        if is_doubtful and self.reads_all_rows:
            return UNKNOWN
        if True in results:
            return YES
        return UNKNOWN if None in results or is_doubtful else NO


def compile_fact(document: Mapping[str, Any], item_types: Mapping[str, str]) -> CompiledFact:
    """Compile a fact of a dataset version; raises FactError for anything outside the closed operator set."""
    parameters = {entry["name"]: entry["type"] for entry in document.get("parameters", [])}
    expression = document["expression"]
    nodes = list(_walk(expression))
    rows, said = expression["of"] if expression["op"] == "where" else (None, expression)
    if rows is not None and any(node["op"] in ALL_ROWS for node in _walk(rows)):
        raise FactError("which rows a fact is about is said of each row by itself")
    return CompiledFact(
        name=document["name"],
        parameters=parameters,
        when_absent=document["when_absent"],
        items=frozenset(node["item"] for node in nodes if "item" in node),
        compared_subjects=frozenset(node["parameter"] for node in nodes if node["op"] == "same_value_as_parameter_subject"),
        counted_items=frozenset(node["item"] for node in nodes if node["op"] == "count_at_least"),
        optional=frozenset(str(node["on"]) for node in nodes if "on" in node),
        evaluate=_compile(said, item_types),
        rows=None if rows is None else _compile(rows, item_types),
        reads_all_rows=any(node["op"] in ALL_ROWS for node in nodes),
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
    for item in [child.get("item") for child in node["of"]] if op == "schedule_complete" else [node.get("item")]:
        if item not in types:
            raise FactError(f"the expression names an item that the dataset does not declare: {item}")
    if op == "schedule_complete":
        return schedule_complete(node)
    if op not in LEAVES:
        raise FactError(f"unknown operator: {op}")
    return LEAVES[op](node, types[node["item"]])


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
