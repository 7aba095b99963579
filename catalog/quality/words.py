"""What the rules of the quality gate mean, in the reader's words: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

RULES: Mapping[str, Promise] = {
    "type": gettext_lazy("The value is not of the declared type"),
    "required": gettext_lazy("The value is missing"),
    "unique": gettext_lazy("The value stands in another row too"),
    "key": gettext_lazy("Another row has the same key"),
    "code_list": gettext_lazy("The value is not in the code list"),
    "range": gettext_lazy("The value is outside the declared range"),
    "pattern": gettext_lazy("The value does not have the declared form"),
    "identifier": gettext_lazy("The identifier is not well formed; check its length and check character"),
    "columns": gettext_lazy("The row has more or fewer columns than the heading"),
    "nul": gettext_lazy("The row holds a NUL character"),
    "surrogate": gettext_lazy("The row holds half a character (a lone surrogate)"),
}
FILE_RULES: Mapping[str, Promise] = {
    "empty": gettext_lazy("The file holds no rows. Send a file with a heading and at least one row."),
    "encoding": gettext_lazy(
        "From this line on the file is in another encoding, or in none that is read. Save the whole file as UTF-8 or as GB18030."
    ),
    "quoting": gettext_lazy("A quotation mark is opened and not closed, or stands in the wrong place. Export the file again as CSV."),
    "workbook": gettext_lazy("The workbook cannot be read. Save it as XLSX again, or export it as CSV."),
    "too_large": gettext_lazy("The workbook is too large when unpacked. Export it as CSV."),
    "columns": gettext_lazy("The heading does not match the description. Correct the columns named here."),
    "stopped": gettext_lazy(
        "The check was stopped: the file needs more memory or time than this hub allows, or is damaged. Split it and try again."
    ),
}


def rule_text(rule: str) -> str:
    """What a rule about a row says."""
    return str(RULES.get(rule, rule))


def file_text(fault: Mapping[str, Any]) -> str:
    """What is wrong with a file as a whole, with its line and its columns."""
    parts = [str(FILE_RULES.get(str(fault.get("rule")), ""))]
    if "line" in fault:
        parts.append(_("Line: %(line)s.") % {"line": fault["line"]})
    for member, text in (
        ("missing", _("Missing columns: %s.")),
        ("repeated", _("Repeated columns: %s.")),
        ("unknown", _("Unknown columns: %s.")),
    ):
        if fault.get(member):
            parts.append(text % ", ".join(fault[member]))
    return " ".join(parts)
