"""Reads what a citizen wrote for a self-provided requirement against the form that its matter declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault
from exchange.affairs.errors import AnswerIncomplete
from exchange.affairs.rules.matter import Requirement


def read_answer(requirement: Requirement, value: Any) -> dict[str, str]:
    """The declared members, each as trimmed text. Raises AnswerIncomplete with every fault; never repeats what was written."""
    given = value if isinstance(value, Mapping) else {}
    faults = [
        Fault(f"{requirement.code}.{name}", "form", message)
        for name, form in requirement.answer_form.items()
        if (message := _fault(given.get(name), form))
    ]
    faults += [
        Fault(requirement.code, "unknown", _("Leave out what is not asked.")) for name in given if name not in requirement.answer_form
    ]
    if faults:
        raise AnswerIncomplete(_("Something is missing or not well written."), faults=faults)
    return {name: str(given[name]).strip() for name in requirement.answer_form}


def _fault(written: Any, form: Mapping[str, Any]) -> str:
    if not isinstance(written, str) or not written.strip():
        return _("Fill this in.")
    text = written.strip()
    if len(text) > form["longest"] or not text.isprintable():
        return _("Write at most %(longest)s characters.") % {"longest": form["longest"]}
    if "pattern" in form and not re.fullmatch(form["pattern"], text):
        return _("Check this for typing mistakes.")
    return ""
