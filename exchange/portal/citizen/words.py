"""The citizen's words for the states of an application and of what was found (glossary, "On citizens' pages")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exchange.affairs.lifecycle import CaseEvent, CaseState, EvidenceState, ObjectionState
from exchange.portal.tones import Face, Tone

_EDGES = {Tone.WAITING: "", Tone.NEUTRAL: ""}

EVIDENCE: Mapping[str, Face] = {
    EvidenceState.ASKED: Face(Tone.WAITING, "clock", _("We are asking")),
    EvidenceState.FETCHED: Face(Tone.FOUND, "check", pgettext_lazy("citizen", "Confirmed")),
    EvidenceState.NO_RECORD: Face(Tone.ATTENTION, "question", _("Nothing found. That alone does not mean no.")),
    EvidenceState.PROVIDER_DOWN: Face(Tone.WAITING, "pause", _("The office is not answering. We keep trying; your deadline has stopped.")),
    EvidenceState.REFUSED: Face(Tone.STOPPED, "lock", _("This office may not tell us. You can do this instead:")),
    EvidenceState.WAITING_FOR_OFFICER: Face(Tone.WAITING, "person", _("An officer looks at this.")),
    EvidenceState.DECLINED: Face(Tone.NEUTRAL, "stop", _("You did not hand this over.")),
    EvidenceState.DISPUTED: Face(Tone.ATTENTION, "alert", _("You said: this is wrong.")),
    EvidenceState.UPLOADED: Face(Tone.WAITING, "file", _("You handed in a paper.")),
    EvidenceState.COMMITTED: Face(Tone.FOUND, "pencil", _("You promised that this is true.")),
}
CONFIRMED_NO = Face(Tone.NEUTRAL, "info", pgettext_lazy("citizen", "Confirmed"))
SILENT = Face(Tone.WAITING, "question", _("The office cannot say. That alone does not mean no."))
NEXT_SILENT = _("If you hand it in like this, an officer looks. Or now:")
NOT_ASKED = Face(Tone.NEUTRAL, "dot", _("Not asked yet"))
TO_TELL = Face(Tone.NEUTRAL, "pencil", _("You may tell us"))
TOLD = Face(Tone.FOUND, "pencil", _("You told us"))
# What happens next, or what the person can do, by state: a failure is never an empty field.
NEXT: Mapping[str, Any] = {
    EvidenceState.ASKED: _("You need do nothing."),
    EvidenceState.FETCHED: _("Look whether this is right."),
    EvidenceState.NO_RECORD: _("You can do one of these:"),
    EvidenceState.PROVIDER_DOWN: _("You need do nothing. If you do not want to wait:"),
    EvidenceState.REFUSED: "",
    EvidenceState.WAITING_FOR_OFFICER: _("You need do nothing."),
    EvidenceState.DECLINED: _("An officer will decide without it. If you change your mind:"),
    EvidenceState.DISPUTED: _("We ask the office to check. An officer looks at your application."),
    EvidenceState.UPLOADED: _("An officer reads it. You need do nothing."),
    EvidenceState.COMMITTED: _("We check it later. You need do nothing now."),
}

CASE: Mapping[str, Face] = {
    CaseState.STARTED: Face(Tone.ATTENTION, "pencil", _("Begun: your turn")),
    CaseState.GATHERING: Face(Tone.WAITING, "clock", _("We are asking the offices")),
    CaseState.PREVIEW: Face(Tone.ATTENTION, "alert", _("Look and hand in: your turn")),
    CaseState.SUBMITTED: Face(Tone.WAITING, "person", _("With an officer")),
    CaseState.DECIDED: Face(Tone.NEUTRAL, "check", _("Decided")),
    CaseState.OBJECTED: Face(Tone.WAITING, "person", _("A person looks at it again")),
    CaseState.REVIEWED: Face(Tone.NEUTRAL, "check", _("Looked at again")),
    CaseState.CLOSED: Face(Tone.NEUTRAL, "check", _("Closed")),
    CaseState.WITHDRAWN: Face(Tone.NEUTRAL, "stop", _("You took it back")),
}
MISSING = Face(Tone.ATTENTION, "alert", _("Something is still missing: your turn"))
OUTCOMES: Mapping[str, Face] = {
    "GRANTED": Face(Tone.FOUND, "check", _("Granted")),
    "REFUSED": Face(Tone.STOPPED, "stop", pgettext_lazy("citizen", "Refused")),
}
BENEFITS: Mapping[str, Face] = {
    "GRANT": Face(Tone.FOUND, "check", _("Granted")),
    "REFUSE": Face(Tone.STOPPED, "stop", pgettext_lazy("citizen", "Refused")),
    "OFFICER": Face(Tone.WAITING, "person", _("An officer decides")),
}
OBJECTIONS: Mapping[str, Face] = {
    ObjectionState.OPEN: Face(Tone.WAITING, "clock", _("Being looked at")),
    ObjectionState.UPHELD: Face(Tone.FOUND, "check", _("You were right")),
    ObjectionState.REJECTED: Face(Tone.STOPPED, "stop", _("The answer stays as it was")),
    ObjectionState.WITHDRAWN: Face(Tone.NEUTRAL, "stop", _("You took it back")),
}
ANSWERS: Mapping[str, Any] = {"YES": _("yes"), "NO": _("no"), "UNKNOWN": _("not known")}

EVENTS: Mapping[str, Any] = {
    "start": _("You began"),
    CaseEvent.ASK_OFFICES: _("You asked us to ask the offices"),
    CaseEvent.GATHERED: _("The offices have answered"),
    "provider_down": _("An office did not answer"),
    "provider_back": _("The office answers again"),
    CaseEvent.ASK_AGAIN: _("We asked again"),
    "accept": _("You looked at what we found"),
    "dispute": _("You said: this is wrong"),
    "decline": _("You did not hand something over"),
    "retry": _("We asked again"),
    "officer": _("You let an officer find out"),
    "commitment": _("You promised something"),
    "upload": _("You handed in a paper"),
    "provide": _("You told us something"),
    CaseEvent.SUBMIT: _("You handed it in"),
    CaseEvent.DECIDE: _("It was decided"),
    CaseEvent.OBJECT: _("You asked a person to look"),
    CaseEvent.REVIEW: _("A person looked at it again"),
    CaseEvent.CLOSE: _("It was closed"),
    CaseEvent.WITHDRAW: _("You took it back"),
    "notice": _("The office said what is still missing"),
    "answer_notice": _("You answered what was missing"),
    "officer_answers": _("An officer looked at one answer"),
    "value_corrected": _("An office corrected its register; we ask again"),
    "value_corrected_late": _("An office corrected its register after the decision"),
    "looked_at_corrected": _("An officer looked at the corrected answer"),
    "settle_objection": _("An office answered: this is wrong"),
    "object_to_evidence": _("You said: this is wrong"),
    "payment_ordered": _("The payment was ordered"),
    "payment_paid": _("The money was paid"),
    "payment_returned": _("The bank sent the money back"),
    "payment_stopped": _("The payment was stopped"),
}
# The same steps, taken for the person after an offer to which nobody objected.
DONE_FOR_YOU: Mapping[str, Any] = {
    "start": _("The office began this for you"),
    CaseEvent.ASK_OFFICES: _("The offices were asked for you"),
    "accept": _("What was found was taken over"),
    CaseEvent.SUBMIT: _("It was handed in for you"),
}
DOERS: Mapping[str, Any] = {
    "CITIZEN": _("you"),
    "HUB": _("the system"),
    "OFFICER": _("an officer"),
    "CLERK": _("you, at the counter"),
}
PAUSES: Mapping[str, Any] = {
    "PROVIDER_DOWN": _("An office is not answering."),
    "SUPPLEMENT": _("We wait for what is still missing."),
    "SITE_VISIT": _("Somebody comes to look."),
    "PUBLIC_NOTICE": _("The public may speak."),
}


@dataclass(frozen=True)
class Way:
    """One thing that a person can do about an answer: `do` names it to the page, `title` is the link."""

    do: str
    title: Any
    explained: Any


WAYS: Mapping[str, Way] = {
    "retry": Way("retry", _("Ask the office again now"), _("We ask once more, now.")),
    "officer": Way("officer", _("Let an officer find out"), _("An officer looks for the answer. It takes some working days.")),
    "upload": Way("upload", _("Hand in a paper instead"), _("A photo of the paper is enough. An officer reads it.")),
    "commitment": Way(
        "commitment", _("I promise this is true"), _("You promise in writing. We check it later. A false promise has consequences.")
    ),
    "provide": Way("provide", _("Tell us yourself"), _("You type it in. We keep it with this application only.")),
    "change": Way("provide", _("Change it"), _("You type it in. We keep it with this application only.")),
    "dispute": Way("dispute", _("This is wrong"), _("Say what is wrong. The office must check it.")),
    "wrong": Way("wrong", _("This is wrong"), _("Say what is wrong. The office must check it and answer you.")),
    "accept": Way("accept", _("I changed my mind: hand it over"), _("The deciding office sees it again.")),
    "decline": Way("decline", _("Do not hand this over"), _("The deciding office does not see it. An officer then decides.")),
}


EVENTS_OF_LIFE: Mapping[str, Any] = {
    "birth": _("A child is born"),
    "school": _("School"),
    "marriage": _("Marriage"),
    "work": _("Work"),
    "illness": _("Illness"),
    "disability": _("Disability"),
    "housing": _("Home"),
    "retirement": _("Retirement"),
    "old_age": _("Old age"),
    "death": _("A death in the family"),
}


def edge_of(face: Face) -> str:
    """The tone of a card's edge: none while waiting, none where nothing is asked of the reader."""
    return _EDGES.get(face.tone, str(face.tone))


def event_word(name: str) -> Any:
    """An event of life in the reader's language; a name that has no word yet is shown as it is."""
    return EVENTS_OF_LIFE.get(name, name.replace("_", " "))


COMING: Mapping[str, Any] = {
    "ask_offices": _("You ask us to ask the offices"),
    "gathered": _("The offices answer"),
    "submit": _("You look, and hand it in"),
    "decide": _("It is decided"),
    "review": _("A person looks at it again"),
}
GROUNDS: Mapping[str, Face] = {
    "YES": Face(Tone.FOUND, "check", _("holds")),
    "NO": Face(Tone.NEUTRAL, "stop", _("does not hold")),
    "UNKNOWN": Face(Tone.NEUTRAL, "question", _("not known")),
}
OFFERS: Mapping[str, Face] = {
    "OFFERED": Face(Tone.ATTENTION, "alert", _("An offer for you")),
    "ACCEPTED": Face(Tone.FOUND, "check", _("You said yes")),
    "ASSUMED": Face(Tone.FOUND, "check", _("Paid without an application")),
    "DECLINED": Face(Tone.NEUTRAL, "stop", _("You said no")),
    "STOPPED": Face(Tone.STOPPED, "stop", _("Stopped")),
}
DONE: Mapping[str, Any] = {
    "dispute": _("Noted. The office is told to check it."),
    "decline": _("Noted. It is not handed over."),
    "accept": _("Noted."),
    "retry": _("We are asking again."),
    "officer": _("An officer looks for the answer."),
    "commitment": _("Your promise is noted."),
    "upload": _("Your paper has arrived."),
    "provide": _("Noted."),
    "wrong": _("Noted. The office must check it and answer you."),
}
