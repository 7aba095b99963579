"""A matter's plan as doors and actions read it: the typed document, and its texts in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from catalog.models import in_active_language
from exchange.affairs.rules.matter import MatterPlan
from exchange.affairs.rules.reading import read_matter


class Plan(MatterPlan):
    """`Plan(version.content)`. The members are those of MatterPlan."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        read = read_matter(content)
        super().__init__(**{member.name: getattr(read, member.name) for member in fields(MatterPlan)})

    def text(self, text: Mapping[str, str]) -> str:
        """One of the matter's texts in the reader's language."""
        return in_active_language(text["en"], text["zh"])
