"""What the gate has to say about a file: faults by row, item and rule, never by value; and the plan that it follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LISTED = 200


class FileFault(Exception):
    """The file as a whole cannot be read; `rule` names why, `data` holds line numbers and column headings, never values."""

    def __init__(self, rule: str, **data: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.data = data


@dataclass
class Findings:
    """Faults found so far: all are counted, the first of them are listed."""

    listed: list[tuple[int, str, str]] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, row: int, item: str, rule: str) -> None:
        """Count one fault, and list it while there is room."""
        self.counts[item, rule] += 1
        if len(self.listed) < LISTED:
            self.listed.append((row, item, rule))

    def add_counted(self, item: str, rule: str, count: int, rows: list[int]) -> None:
        """Count many faults of one item and rule, of which the first rows are known."""
        if count:
            self.counts[item, rule] += count
            self.listed += [(row, item, rule) for row in rows[: max(0, LISTED - len(self.listed))]]

    @property
    def total(self) -> int:
        """How many faults there are."""
        return sum(self.counts.values())

    def report(self) -> dict[str, Any]:
        """The part of the report about faults, ready for JSON; rows as a spreadsheet numbers them (the heading is row 1)."""
        by_rule = [{"item": item, "rule": rule, "count": count} for (item, rule), count in sorted(self.counts.items())]
        listed = [{"row": row, "item": item, "rule": rule} for row, item, rule in sorted(self.listed)]
        return {"total": self.total, "by_rule": by_rule, "listed": listed}


@dataclass(frozen=True)
class Item:
    """What the gate needs of one item of the description."""

    name: str
    position: int
    heading: str
    type: str
    declared: Mapping[str, Any]

    @property
    def raw(self) -> str:
        """The name of its column of texts in the working tables."""
        return f"raw_{self.position}"

    @property
    def column(self) -> str:
        """The name of its typed column in the working tables and in the lookup file."""
        return f"c_{self.name}"

    @property
    def is_required(self) -> bool:
        """Whether an empty value is a fault."""
        return bool(self.declared.get("required"))


@dataclass(frozen=True)
class Job:
    """One file to be checked against one description; folders are absolute."""

    upload: Path
    filename: str
    document: Mapping[str, Any]
    kinds: list[dict[str, Any]]
    working: Path
    revisions: Path
    memory_bytes: int
    cpu_seconds: int

    @property
    def items(self) -> list[Item]:
        """The items in the order of the description."""
        mapping = self.document["column_mapping"]
        return [
            Item(item["name"], position, mapping[item["name"]].strip(), item["type"], item)
            for position, item in enumerate(self.document["items"])
        ]
