"""What a verification found, named in the reader's language; the verification's own words stand beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, and the exact words of the verification."""

    title: str
    text: str


def faults_of(report: Mapping[str, Any]) -> list[Fault]:
    """The faults that a kept report holds, the first one first."""
    return [Fault(_title(item), str(item.get("text", ""))) for item in report.get("findings") or []]


def _title(finding: Mapping[str, Any]) -> str:
    titles = {
        "act": _("Act {number} is not what was signed"),
        "entry": _("Entry {number} is not what the log committed to"),
        "checkpoint": _("The signed root for {number} entries does not hold"),
        "tile": _("A file of the log differs near entry {number}"),
        "waiting": _("A waiting entry was changed"),
        "head": _("The head of the log does not fit its {number} entries"),
    }
    return titles.get(str(finding.get("kind")), _("Something is wrong at place {number}")).format(number=finding.get("number", 0))
