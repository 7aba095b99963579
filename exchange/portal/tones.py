"""Says with which tone, icon and word each state of the hub is shown, so that one state looks the same on every page."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tone(StrEnum):
    """How a state is meant: found (done, good), waiting, attention (needs you), stopped (ended or refused), neutral."""

    ATTENTION = "attention"
    FOUND = "found"
    NEUTRAL = "neutral"
    STOPPED = "stopped"
    WAITING = "waiting"


@dataclass(frozen=True)
class Face:
    """What a state looks like: tone, icon name, word."""

    tone: Tone
    icon: str
    word: str | Promise


ICONS = {Tone.FOUND: "check", Tone.WAITING: "clock", Tone.ATTENTION: "alert", Tone.STOPPED: "stop", Tone.NEUTRAL: "dot"}
ALIASES = {
    "ok": Tone.FOUND,
    "success": Tone.FOUND,
    "error": Tone.ATTENTION,
    "warning": Tone.ATTENTION,
    "info": Tone.NEUTRAL,
    "debug": Tone.NEUTRAL,
}

STATES: dict[str, Face] = {
    # parts of a sharing request
    "DRAFT": Face(Tone.NEUTRAL, "pencil", _("Draft")),
    "SUBMITTED": Face(Tone.WAITING, "clock", _("Submitted")),
    "CHECKED": Face(Tone.WAITING, "clock", _("Checked by the authority")),
    "APPROVED_ONCE": Face(Tone.WAITING, "clock", _("Waits for the second officer")),
    "RETURNED": Face(Tone.ATTENTION, "alert", _("Returned for completion")),
    "APPROVED": Face(Tone.FOUND, "check", _("Approved")),
    "REFUSED": Face(Tone.STOPPED, "stop", _("Refused")),
    "WITHDRAWN": Face(Tone.NEUTRAL, "stop", _("Withdrawn")),
    # agreements
    "PROPOSED": Face(Tone.WAITING, "clock", _("Waiting for signature")),
    "IN_FORCE": Face(Tone.FOUND, "check", _("In force")),
    "SUSPENDED": Face(Tone.ATTENTION, "pause", _("Suspended")),
    "REVOKED": Face(Tone.STOPPED, "stop", _("Revoked")),
    "EXPIRED": Face(Tone.NEUTRAL, "stop", _("Expired")),
    "SUPERSEDED": Face(Tone.NEUTRAL, "stop", _("Superseded")),
    # outcomes of an exchange
    "ANSWERED": Face(Tone.FOUND, "check", _("Answered")),
    "FAILED": Face(Tone.ATTENTION, "alert", _("Failed")),
    "WAITING": Face(Tone.WAITING, "clock", _("Waiting")),
    "ABANDONED": Face(Tone.NEUTRAL, "stop", _("Abandoned")),
    # questions that an officer answers
    "CLAIMED": Face(Tone.WAITING, "pencil", _("Claimed")),
    "UNANSWERED": Face(Tone.ATTENTION, "alert", _("Without an answer")),
    # what a register said
    "FOUND": Face(Tone.FOUND, "check", _("Found")),
    "NO_RECORD": Face(Tone.NEUTRAL, "question", _("No record")),
    "PROVIDER_DOWN": Face(Tone.WAITING, "clock", _("Office not answering")),
    "YES": Face(Tone.FOUND, "check", _("Yes")),
    "NO": Face(Tone.NEUTRAL, "stop", _("No")),
    "UNKNOWN": Face(Tone.NEUTRAL, "question", _("Unknown")),
    # evidence of a case
    "ASKED": Face(Tone.WAITING, "clock", _("Asking")),
    "WAITING_FOR_OFFICER": Face(Tone.WAITING, "clock", _("An officer answers")),
    "DECLINED": Face(Tone.NEUTRAL, "stop", _("Not handed over")),
    "DISPUTED": Face(Tone.ATTENTION, "alert", _("Called wrong by the citizen")),
    "UPLOADED": Face(Tone.WAITING, "inbox", _("A file was handed in")),
    "COMMITTED": Face(Tone.NEUTRAL, "pencil", _("The citizen's own word")),
    # datasets and loads
    "PUBLISHED": Face(Tone.FOUND, "check", _("Published")),
    "CURRENT": Face(Tone.FOUND, "check", _("Current")),
    "OFFLINE": Face(Tone.ATTENTION, "pause", _("Offline")),
    "LOADING": Face(Tone.WAITING, "clock", _("Loading")),
    "REJECTED": Face(Tone.ATTENTION, "alert", _("Faults found")),
    "VALID": Face(Tone.FOUND, "check", _("Valid")),
    "INVALID": Face(Tone.ATTENTION, "alert", _("Not valid")),
    # exports
    "PREPARING": Face(Tone.WAITING, "clock", _("Being prepared")),
    "READY": Face(Tone.FOUND, "check", _("Ready to be collected")),
    "COLLECTING": Face(Tone.WAITING, "clock", _("Being collected")),
    "COLLECTED": Face(Tone.FOUND, "check", _("Collected")),
    "CANCELLED": Face(Tone.NEUTRAL, "stop", _("Cancelled")),
    "STOPPED": Face(Tone.STOPPED, "stop", pgettext_lazy("export", "Stopped")),
    # webhooks and their messages
    "UNCONFIRMED": Face(Tone.WAITING, "clock", _("To be confirmed")),
    "ACTIVE": Face(Tone.FOUND, "check", pgettext_lazy("webhook", "Active")),
    "ENDED": Face(Tone.NEUTRAL, "stop", pgettext_lazy("webhook", "Ended")),
    "DELIVERED": Face(Tone.FOUND, "check", pgettext_lazy("webhook", "Delivered")),
    "GIVEN_UP": Face(Tone.STOPPED, "stop", pgettext_lazy("webhook", "Given up")),
    # leased work
    "QUEUED": Face(Tone.WAITING, "clock", _("Queued")),
    "RUNNING": Face(Tone.WAITING, "clock", _("Running")),
    "DONE": Face(Tone.FOUND, "check", _("Done")),
}
SENSITIVITY = {
    1: pgettext_lazy("sensitivity", "Open"),
    2: pgettext_lazy("sensitivity", "Internal"),
    3: pgettext_lazy("sensitivity", "Personal"),
    4: pgettext_lazy("sensitivity", "Sensitive personal"),
}
SHARING = {
    "UNCONDITIONAL": Face(Tone.FOUND, "open", _("Unconditional sharing")),
    "CONDITIONAL": Face(Tone.WAITING, "gate", _("Conditional sharing")),
    "NOT_SHARED": Face(Tone.STOPPED, "lock", _("Not shared")),
}


def tone_of(name: str) -> Tone:
    """Return the tone of a name or alias (`ok`, `success`, `error` …); neutral when unknown."""
    if name in ALIASES:
        return ALIASES[name]
    return next((tone for tone in Tone if tone == name), Tone.NEUTRAL)


def face_of(state: object) -> Face:
    """Return the face of a state; an unknown state keeps its own code as the word, so that nothing is shown blank."""
    code = str(getattr(state, "value", state))
    return STATES.get(code, Face(Tone.NEUTRAL, "dot", code.replace("_", " ").capitalize()))
