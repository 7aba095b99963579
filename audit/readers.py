"""Who may read disclosures: the audit room knows nobody, so the room that knows people registers the judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import NotAllowed

Judge = Callable[[Any], bool]
_judges: list[Judge] = []


def register_auditors(judge: Judge) -> None:
    """Name the function that says whether a signed-in person is an auditor. Called once, when Django starts."""
    _judges[:] = [judge]


def may_read_log(user: Any) -> bool:
    """Whether this person may read disclosures and search the log; nobody may before a judge is registered."""
    return bool(getattr(user, "is_authenticated", False)) and any(judge(user) for judge in _judges)


def require_auditor(user: Any) -> None:
    """Raise NotAllowed unless the person is an auditor."""
    if not may_read_log(user):
        raise NotAllowed(_("Only auditors may read this. Ask the sharing authority for the role."), code="AUDITORS_ONLY")
