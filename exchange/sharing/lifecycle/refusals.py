"""The grounds on which an owner may refuse: a closed list, which the database holds too. Pure: no Django.

A jurisdiction says each in its own words and names the article (`sharing_grounds.yaml`); it adds none: a refusal outside the
coded grounds is not possible, and a new ground is a decision with a migration (docs/decisions/0076).
"""

from __future__ import annotations

from enum import StrEnum


class RefusalGround(StrEnum):
    """Why a part, an item or a fact is refused."""

    BEYOND_PURPOSE = "BEYOND_PURPOSE"
    LAW_FORBIDS = "LAW_FORBIDS"
    LEGAL_BASIS_MISSING = "LEGAL_BASIS_MISSING"
    NOT_HELD = "NOT_HELD"
    NOT_NEEDED_FOR_DUTY = "NOT_NEEDED_FOR_DUTY"
