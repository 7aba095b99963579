"""Who reads alarms, and who lifts them."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from audit.readers import may_read_log
from exchange.accounts.acting import departments_of, roles_in
from exchange.accounts.models import Role

LIFTERS = (Role.OFFICER, Role.REVIEWER)


def may_read(person: Any) -> bool:
    """Auditors, and whoever plays a role in the sharing authority."""
    return may_read_log(person) or settings.AUTHORITY_DEPARTMENT in departments_of(person)


def may_lift(person: Any) -> bool:
    """Officers and reviewers of the sharing authority."""
    return not roles_in(person, settings.AUTHORITY_DEPARTMENT).isdisjoint({str(role) for role in LIFTERS})
