"""How an officer reads what happened to a case: the same steps as the citizen's, without the "you"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_EVENTS: Mapping[str, Any] = {
    "start": _("Application begun"),
    "ask_offices": _("Explicit request to ask the offices"),
    "gathered": _("Every office asked"),
    "ask_again": _("Asked again"),
    "retry": _("Asked again"),
    "accept": _("Citizen accepted an answer"),
    "dispute": _("Citizen says that an answer is wrong"),
    "decline": _("Citizen does not hand something over"),
    "officer": _("Citizen lets an officer find out"),
    "commitment": _("Citizen made a promise"),
    "upload": _("Citizen handed in a file"),
    "provide": _("Citizen stated something"),
    "submit": _("Handed in"),
    "decide": _("Decision"),
    "object": _("Citizen asks for another look"),
    "review": _("Looked at again"),
    "close": pgettext_lazy("case", "Closed"),
    "withdraw": _("Taken back by the citizen"),
    "notice": _("Supplement notice sent"),
    "answer_notice": _("Supplement notice answered"),
    "officer_answers": _("Answered by an officer"),
    "value_corrected": _("A register was corrected; asked again"),
    "value_corrected_late": _("A register was corrected after the decision"),
    "looked_at_corrected": _("An officer looked at the corrected value"),
    "provider_down": _("An office is not answering"),
    "provider_back": _("The office answers again"),
}
_DOERS: Mapping[str, Any] = {
    "CITIZEN": pgettext_lazy("who acted", "Citizen"),
    "CLERK": pgettext_lazy("who acted", "Clerk at the counter"),
    "HUB": pgettext_lazy("who acted", "Hub"),
    "OFFICER": pgettext_lazy("who acted", "Officer"),
}


def event(code: str) -> str:
    """The words for an event; an unknown one keeps its code, so that nothing is shown blank."""
    return str(_EVENTS.get(code, code.replace("_", " ").capitalize()))


def doer(code: str) -> str:
    """Who acted."""
    return str(_DOERS.get(code, code))
