"""Why an attempt was refused, in a citizen's words: the codes of the data path, put together where the difference is no citizen's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_NO_AGREEMENT = _("There was no valid agreement between the two offices.")
_NOT_COVERED = _("The agreement between the two offices does not cover it.")
_TOO_OFTEN = _("It had been asked too often.")
_INCOMPLETE = _("The request was incomplete.")
_NOT_ALLOWED = _("It was not allowed.")

_REASONS: Mapping[str, Any] = {
    "NO_AGREEMENT": _NO_AGREEMENT,
    "SUPERSEDED": _NO_AGREEMENT,
    "SUSPENDED": _NO_AGREEMENT,
    "REVOKED": _NO_AGREEMENT,
    "NOT_YET_IN_FORCE": _NO_AGREEMENT,
    "EXPIRED": _NO_AGREEMENT,
    "VERSION_CHANGED": _NO_AGREEMENT,
    "PURPOSE_NOT_AGREED": _("This purpose is not agreed between the two offices."),
    "METHOD_NOT_AGREED": _NOT_COVERED,
    "NOTHING_TO_GIVE": _NOT_COVERED,
    "FACT_NOT_AGREED": _NOT_COVERED,
    "FACT_PARAMETER": _NOT_COVERED,
    "FACT_LIMIT": _TOO_OFTEN,
    "HELD": _("The asking office was stopped: it had asked about too many people."),
    "QUOTA": _TOO_OFTEN,
    "TOO_MANY_REFUSALS": _TOO_OFTEN,
    "MALFORMED": _INCOMPLETE,
    "CASE_REQUIRED": _INCOMPLETE,
    "SUBJECT_KIND": _INCOMPLETE,
    "SUBJECT_MALFORMED": _INCOMPLETE,
}


def reason_text(code: str) -> str:
    """The reason as one sentence in the active language."""
    return str(_REASONS.get(code, _NOT_ALLOWED))
