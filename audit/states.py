"""What every lifecycle's states have in common. Pure: no Django."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """A state of a lifecycle table, written in capitals in the database as in the code."""

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """The states as pairs for a form field."""
        return [(state.value, state.value) for state in cls]
