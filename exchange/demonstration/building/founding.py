"""Found the hub and enter what everything else refers to: departments under the root, and purposes."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings

from audit import acts, ceremony
from catalog import actions
from catalog.models import Department, Purpose
from exchange.jurisdictions import load_departments, load_purposes

FOUNDING = "founding"
"""Who acts before there is anybody: the program itself, as the log's entries say."""


def found() -> None:
    """The hub's own keys and first acts."""
    ceremony.found_hub()


@cache
def departments() -> dict[str, dict[str, Any]]:
    """The departments of the city by code, the authority first."""
    found = load_departments()
    return dict(sorted(found.items(), key=lambda entry: entry[0] != settings.AUTHORITY_DEPARTMENT))


def enter_departments() -> None:
    """Enter each department and certify its document key."""
    known = set(acts.standing().departments) & set(Department.objects.values_list("code", flat=True))
    for code, department in departments().items():
        if code not in known:
            actions.register_department(code, name=department["name"], acting_system=FOUNDING)


def enter_purposes() -> None:
    """Enter the purposes that a request may name."""
    known = set(Purpose.objects.values_list("code", flat=True))
    for code, purpose in load_purposes().items():
        if code not in known:
            actions.register_purpose(
                code, title=purpose["title"], legal_basis=purpose["legal_basis"], matter=purpose["matter"], acting_system=FOUNDING
            )
