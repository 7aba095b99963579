"""A line of "who looked me up" in plain words. Every kind has whole sentences of its own; nothing is glued from pieces.

Citizens' words only (glossary); one sentence holds at most twenty words or thirty characters, names aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateformat import format as date_text
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from exchange.oversight.access_records.kinds import AccessKind
from exchange.oversight.access_records.reasons import reason_text

if TYPE_CHECKING:
    from exchange.oversight.access_records.records import AccessRecord

Text = Any  # a lazily translated text

_TOLD: Mapping[AccessKind, Text] = {
    AccessKind.QUESTION: gettext_lazy("On {day} the {requester} asked the {provider} one question: “{question}?” {answer} For: {purpose}."),
    AccessKind.QUESTIONS: gettext_lazy("On {day} the {requester} asked the {provider} {number} questions about you. For: {purpose}."),
    AccessKind.GROUP_QUESTION: gettext_lazy(
        "On {day} the {requester} asked the {provider} one question about several people. You are one of them: "
        "“{question}?” {answer} For: {purpose}."
    ),
    AccessKind.GROUP_QUESTIONS: gettext_lazy(
        "On {day} the {requester} asked the {provider} {number} questions about several people. You are one of them. For: {purpose}."
    ),
    AccessKind.REFUSED: gettext_lazy(
        "On {day} the {requester} tried to ask the {provider} about you. It was refused. {reason} Nothing was told."
    ),
    AccessKind.FAILED: gettext_lazy(
        "On {day} the {requester} asked the {provider} about you. The office did not answer. Nothing was told."
    ),
    AccessKind.WAITING: gettext_lazy(
        "On {day} the {requester} asked the {provider} about you. The answer has a line of its own. For: {purpose}."
    ),
    AccessKind.NAMED_IN_QUESTION: gettext_lazy(
        "On {day} the {requester} asked the {provider} about somebody else. You were named in the question. For: {purpose}."
    ),
    AccessKind.NAMED_IN_ANSWER: gettext_lazy(
        "On {day} the {requester} asked the {provider} about somebody else. You were named in the answer. For: {purpose}."
    ),
    AccessKind.LIST: gettext_lazy("On {day} the {provider} gave the {requester} a list. You stood on it. For: {purpose}."),
    AccessKind.LIST_UNKNOWN: gettext_lazy(
        "On {day} the {provider} gave the {requester} a list. Whether you stood on it cannot be told any more."
    ),
    AccessKind.OWN_ROWS: gettext_lazy("On {day} the {requester} looked at its own records about you."),
    AccessKind.VIEW: gettext_lazy("On {day} an officer of the {requester} looked at what was found for your application."),
    AccessKind.OTHER: gettext_lazy("On {day} something about you was written down."),
    AccessKind.DAMAGED: gettext_lazy("On {day} something about you was written down. It cannot be read any more."),
}
_DATA: Mapping[tuple[AccessKind, str], Text] = {
    (AccessKind.DATA, "FOUND"): gettext_lazy("On {day} the {requester} asked the {provider} for: {items}. It was told. For: {purpose}."),
    (AccessKind.DATA, "NO_RECORD"): gettext_lazy(
        "On {day} the {requester} asked the {provider} for: {items}. Nothing was found. For: {purpose}."
    ),
    (AccessKind.GROUP_DATA, "FOUND"): gettext_lazy(
        "On {day} the {requester} asked the {provider} about several people. You are one of them. It was told: {items}. For: {purpose}."
    ),
    (AccessKind.GROUP_DATA, "NO_RECORD"): gettext_lazy(
        "On {day} the {requester} asked the {provider} about several people. You are one of them. "
        "Nothing was found about you. For: {purpose}."
    ),
}
_STEPS: Mapping[str, Text] = {
    "start": gettext_lazy("On {day} you began an application: {matter}."),
    "ask_offices": gettext_lazy("On {day} you asked that offices look things up for you. For: {matter}."),
    "provider_down": gettext_lazy("On {day} an office did not answer. We go on trying. For: {matter}."),
    "provider_back": gettext_lazy("On {day} an office answered again. For: {matter}."),
    "gathered": gettext_lazy("On {day} the offices' answers were complete. For: {matter}."),
    "ask_again": gettext_lazy("On {day} an office was asked once more. For: {matter}."),
    "accept": gettext_lazy("On {day} you said that an answer is right. For: {matter}."),
    "dispute": gettext_lazy("On {day} you said that an answer is wrong. For: {matter}."),
    "decline": gettext_lazy("On {day} you did not hand an answer over. For: {matter}."),
    "retry": gettext_lazy("On {day} you had an office asked once more. For: {matter}."),
    "officer": gettext_lazy("On {day} you left a question to an officer. For: {matter}."),
    "upload": gettext_lazy("On {day} you handed in a paper. For: {matter}."),
    "commitment": gettext_lazy("On {day} you promised that something is true. For: {matter}."),
    "provide": gettext_lazy("On {day} you told us something yourself. For: {matter}."),
    "submit": gettext_lazy("On {day} you handed in your application: {matter}."),
    "withdraw": gettext_lazy("On {day} you took your application back: {matter}."),
    "object": gettext_lazy("On {day} you asked for another look at the decision. For: {matter}."),
    "review": gettext_lazy("On {day} the {requester} looked at its decision again. For: {matter}."),
    "close": gettext_lazy("On {day} your application was closed: {matter}."),
    "decide": gettext_lazy("On {day} the {requester} decided your application: {matter}."),
    "notice": gettext_lazy("On {day} the {requester} told you what is still missing. For: {matter}."),
    "answer_notice": gettext_lazy("On {day} you handed in what was missing. For: {matter}."),
    "officer_answers": gettext_lazy("On {day} an officer of the {requester} settled one question. For: {matter}."),
    "value_corrected": gettext_lazy("On {day} an office corrected its register. It was asked once more. For: {matter}."),
    "value_corrected_late": gettext_lazy("On {day} an office corrected its register after the decision. For: {matter}."),
    "looked_at_corrected": gettext_lazy("On {day} an officer of the {requester} looked at a corrected answer. For: {matter}."),
    "object_to_evidence": gettext_lazy("On {day} you said that an answer is wrong. For: {matter}."),
    "payment_ordered": gettext_lazy("On {day} the {requester} ordered that you be paid. For: {matter}."),
    "payment_paid": gettext_lazy("On {day} you were paid. For: {matter}."),
    "payment_returned": gettext_lazy("On {day} the payment to you came back. For: {matter}."),
    "payment_stopped": gettext_lazy("On {day} the {requester} stopped the payment to you. For: {matter}."),
    "licence_changed": gettext_lazy("On {day} the {requester} replaced your certificate. For: {matter}."),
    "licence_revoked": gettext_lazy("On {day} the {requester} withdrew your certificate. For: {matter}."),
    "settle_objection": gettext_lazy("On {day} an office answered what you had said is wrong. For: {matter}."),
    "offer_made": gettext_lazy("On {day} the {requester} made you an offer: {matter}."),
    "offer_accepted": gettext_lazy("On {day} you took the offer: {matter}."),
    "offer_declined": gettext_lazy("On {day} you did not want the offer: {matter}."),
    "offer_asked_again": gettext_lazy("On {day} you asked for the offer once more: {matter}."),
    "offer_assumed": gettext_lazy("On {day} your time to say no was over. The offer counts as taken: {matter}."),
    "offer_stopped": gettext_lazy("On {day} the offer was stopped: {matter}."),
    "offer_renewed": gettext_lazy("On {day} the offer was made again: {matter}."),
    "stopped": gettext_lazy("On {day} the {requester} stopped what you receive: {matter}."),
    "why_asked": gettext_lazy("On {day} you asked the {provider} why it had looked you up."),
    "why_answered": gettext_lazy("On {day} the {provider} answered your question."),
    "why_taken_back": gettext_lazy("On {day} you took back your question to the {provider}."),
    "object_to_line": gettext_lazy("On {day} you told the {provider} that something it holds is wrong."),
    "settle_line": gettext_lazy("On {day} the {provider} answered what you had said is wrong."),
    "bound": gettext_lazy("On {day} it was proved who you are. Since then your account opens your own records."),
    "proved_again": gettext_lazy("On {day} it was proved once more who you are."),
    "moved": gettext_lazy("On {day} another account was proved to be yours. The older one opens nothing any more."),
    "unbound": gettext_lazy("On {day} your account was parted from your records."),
}
_VIEWS: Mapping[object, Text] = {
    "objection": gettext_lazy("On {day} an officer of the {requester} looked at your record, because you said it is wrong."),
    "department_correction": gettext_lazy(
        "On {day} an officer of the {requester} looked at your record, because an office said it is wrong."
    ),
    "officer_question": gettext_lazy(
        "On {day} an officer of the {requester} opened a question about you, in order to answer another office."
    ),
}
_CORRECTIONS: Mapping[object, Text] = {
    "ask": gettext_lazy("On {day} the {requester} told the {provider} that something about you looks wrong."),
    "accept": gettext_lazy("On {day} the {provider} found that something it holds about you was wrong."),
    "confirm": gettext_lazy("On {day} the {provider} found that what it holds about you is right."),
    "leave_open": gettext_lazy("On {day} the {provider} could not say whether what it holds about you is right."),
    "take_back": gettext_lazy("On {day} the {requester} took back that something about you looks wrong."),
    "look_again": gettext_lazy("On {day} the {provider} was told to look again at what it holds about you."),
}
_STEP_UNKNOWN = gettext_lazy("On {day} a step of your application was written down: {matter}.")
_DECIDED: Mapping[str, Text] = {
    "GRANTED": gettext_lazy("On {day} the {requester} granted your application: {matter}."),
    "REFUSED": gettext_lazy("On {day} the {requester} refused your application: {matter}."),
}
_ANSWERS: Mapping[str, Text] = {
    "YES": gettext_lazy("Answer: yes."),
    "NO": gettext_lazy("Answer: no."),
    "UNKNOWN": gettext_lazy("The answer is not known."),
}


def sentence(record: AccessRecord) -> str:
    """The line in the active language."""
    return str(_template(record)).format(**_values(record))


def answer_text(answer: str) -> str:
    """An answer to a question, as a sentence of its own; that none was given where there is none."""
    return str(_ANSWERS.get(answer, _("No answer was given.")))


def day_text(at_ms: int) -> str:
    """The day as it stands in a sentence: `3 March`, with the year where it is not this one."""
    moment = timezone.localtime(datetime.fromtimestamp(at_ms / 1000, tz=UTC))
    is_this_year = moment.year == timezone.localtime().year
    if (get_language() or "en").startswith("zh"):
        return f"{moment.month}月{moment.day}日" if is_this_year else f"{moment.year}年{moment.month}月{moment.day}日"
    return date_text(moment, "j F" if is_this_year else "j F Y")


def joined(titles: list[str]) -> str:
    """Titles as they are read aloud, a handful at most; the page of the line lists all of them."""
    shown = _(", ").join(titles[:4])
    return shown if len(titles) <= 4 else _("{titles} and {number} more").format(titles=shown, number=len(titles) - 4)


def _template(record: AccessRecord) -> Text:
    if record.kind is AccessKind.VIEW and record.route.get("event") in _VIEWS:
        return _VIEWS[record.route.get("event")]
    if record.route.get("type") == "department_correction":
        return _CORRECTIONS.get(record.route.get("event"), _TOLD[AccessKind.OTHER])
    if record.kind is AccessKind.STEP:
        return _template_of_step(record)
    if record.kind in (AccessKind.DATA, AccessKind.GROUP_DATA):
        state = "NO_RECORD" if record.state == "NO_RECORD" else "FOUND"
        return _DATA[record.kind, state]
    return _TOLD[record.kind]


def _template_of_step(record: AccessRecord) -> Text:
    event, outcome = str(record.route.get("event", "")), record.outcome
    if record.route.get("type") == "correction":
        event = {"object": "object_to_line", "settle_objection": "settle_line"}.get(event, event)
    if event == "decide" and outcome in _DECIDED:
        return _DECIDED[outcome]
    return _STEPS.get(event, _STEP_UNKNOWN)


def _values(record: AccessRecord) -> dict[str, Any]:
    asked = record.asked
    return {
        "day": day_text(record.at_ms),
        "requester": record.names.party(record.requester),
        "provider": record.names.party(record.provider),
        "purpose": record.names.purpose(record.purpose) or _("a purpose that was not agreed"),
        "matter": record.names.matter(str(record.route.get("matter") or "")) or _("your application"),
        "question": asked[0].title if asked else "",
        "answer": answer_text(asked[0].answer) if asked else "",
        "items": joined([item.title for item in asked]),
        "number": len(asked),
        "reason": reason_text(str(record.route.get("reason") or "")),
    }
