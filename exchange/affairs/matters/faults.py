"""A fault in a matter's document: where it stands, which rule it breaks, how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audit.errors import Fault

Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Broken:
    """One fault; `steps` lead to its member from the document's root."""

    steps: Steps
    rule: str
    message: str

    def as_fault(self, lines: Mapping[Steps, int]) -> Fault:
        """The fault with its line, or with the line of what it stands in."""
        known = (self.steps[:length] for length in range(len(self.steps), -1, -1))
        line = next((lines[steps] for steps in known if steps in lines), None)
        where = written(self.steps)
        return Fault(f"line {line}: {where}" if line else where, self.rule, self.message)


def written(steps: Steps) -> str:
    """The path as a person writes it: `requirements[2].title`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.lstrip(".") or "the document"
