"""One entry of the log as one plain sentence. Every kind of entry has whole sentences of its own; nothing is glued.

No sentence names a person: the log's clear part holds none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exchange.portal.auditor.deeds import ACTS, MOVES
from exchange.portal.auditor.names import Names, joined
from exchange.portal.auditor.reasons import reason_text
from exchange.portal.templatetags.look_text import MONTHS, current_language
from exchange.portal.tones import face_of

Route = Mapping[str, Any]
OWNER_CHECK = "OWNER_CHECK"


def sentence(route: Route, names: Names) -> str:
    """What the entry with this route records, in the reader's language, ending with what came of it."""
    kind = str(route.get("type", ""))
    told = _call if kind in ("exchange", "refusal", "intent", "outcome") else _OTHERS.get(kind, _unknown)
    return told(route, names)


def moment_text(time_ms: int) -> str:
    """A time as it stands in a sentence: `20 November 2026 at 22:46`."""
    moment = timezone.localtime(datetime.fromtimestamp(time_ms / 1000, tz=UTC))
    if current_language() == "zh-hans":
        return f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year} at {moment:%H:%M}"


def _call(route: Route, names: Names) -> str:
    told = _sentence_of_call(route, names)
    return _("{sentence} {outcome}").format(sentence=told, outcome=outcome_text(route))


def outcome_text(route: Route) -> str:
    """What came of a call, as a sentence of its own."""
    outcome = str(route.get("outcome", ""))
    if outcome == "REFUSED":
        return _("Refused: {reason}").format(reason=reason_text(str(route.get("reason", ""))))
    return _("{outcome}.").format(outcome=face_of(outcome).word)


def _sentence_of_call(route: Route, names: Names) -> str:
    values = _values(route, names)
    if route.get("reason") == "TOO_MANY_REFUSALS" and "minute" in route:
        return _("On {when} the {requester} made {count} more calls that were refused within one minute.").format(**values)
    if not route.get("provider"):
        return _("On {when} the {requester} called under an agreement that does not name its system.").format(**values)
    if route.get("purpose") == OWNER_CHECK:
        return _("On {when} the {requester} looked at its own rows in {dataset}, about {subjects}.").format(**values)
    return str(_template(route)).format(**values)


def _template(route: Route) -> Any:
    has_purpose, asks = bool(route.get("purpose")), bool(route.get("facts"))
    names_items = bool(route.get("items"))
    if asks:
        return _ASKED[has_purpose]
    return _FETCHED[has_purpose] if names_items else _CALLED[has_purpose]


_ASKED = {
    True: gettext_lazy("On {when} the {requester} asked the {provider} {questions} about {subjects}, for {purpose}."),
    False: gettext_lazy("On {when} the {requester} asked the {provider} {questions} about {subjects}, for a purpose that is not agreed."),
}
_FETCHED = {
    True: gettext_lazy("On {when} the {requester} asked the {provider} for {items} of {subjects}, for {purpose}."),
    False: gettext_lazy("On {when} the {requester} asked the {provider} for {items} of {subjects}, for a purpose that is not agreed."),
}
_CALLED = {
    True: gettext_lazy("On {when} the {requester} asked the {provider} for data of {dataset} about {subjects}, for {purpose}."),
    False: gettext_lazy(
        "On {when} the {requester} asked the {provider} for data of {dataset} about {subjects}, for a purpose that is not agreed."
    ),
}


def _values(route: Route, names: Names) -> dict[str, Any]:
    count = int(route.get("count") or 0)
    questions = [_("“{question}?”").format(question=title) for title in names.fact_titles(route)]
    return {
        "when": moment_text(int(route.get("time_ms") or 0)),
        "requester": names.party(str(route.get("requester", ""))),
        "provider": names.party(str(route.get("provider", ""))),
        "department": names.party(str(route.get("department", ""))),
        "side": names.party(str(route.get("side") or route.get("requester") or "")),
        "dataset": names.dataset(str(route.get("dataset", ""))),
        "purpose": names.purpose(str(route.get("purpose", ""))),
        "items": joined(names.item_titles(route)),
        "questions": joined(questions),
        "subjects": ngettext("{count} subject", "{count} subjects", count).format(count=count),
        "count": count,
        "size": int(route.get("size") or 0),
        "hour": str(route.get("hour", "")),
    }


def _act(route: Route, names: Names) -> str:
    deed = str(route.get("act", ""))
    template = ACTS.get(deed)
    values = _values(route, names)
    if template is None:
        return _("On {when} an act of the kind {deed} was added to the chain.").format(**values, deed=deed)
    return str(template).format(**values)


def _move(route: Route, names: Names) -> str:
    template = MOVES.get((str(route.get("type")), str(route.get("event", ""))))
    values = _values(route, names)
    if template is None:
        return _("On {when} something was recorded of the kind {kind}.").format(
            **values, kind=f"{route.get('type')} {route.get('event', '')}"
        )
    return str(template).format(**values)


def _people(route: Route, names: Names) -> str:
    values = _values(route, names)
    template = MOVES.get(("people", str(route.get("event", ""))))
    if template is None:
        return _("On {when} the roles of a person in the {department} changed.").format(**values)
    return str(template).format(**values)


def _tally(route: Route, names: Names) -> str:
    values = _values(route, names)
    return _("On {when} the count of one hour was written down: {count} downloads of public data and calls by strangers.").format(**values)


def _purpose(route: Route, names: Names) -> str:
    return _("On {when} the purpose {purpose} was entered.").format(**_values(route, names))


def _case(route: Route, names: Names) -> str:
    if ("case", str(route.get("event", ""))) in MOVES:
        return _move(route, names)
    return _("On {when} a step of an application to the {requester} was recorded: {step}.").format(
        **_values(route, names), step=str(route.get("event", ""))
    )


def _matter(route: Route, names: Names) -> str:
    values = {**_values(route, names), "matter": str(route.get("matter", ""))}
    return _("On {when} a version of the service {matter} of the {requester} was put in force.").format(**values)


def _export(route: Route, names: Names) -> str:
    told = _("On {when} the {requester} got a list of {subjects} from {dataset} of the {provider}, for {purpose}.")
    return told.format(**_values(route, names))


def _changes(route: Route, names: Names) -> str:
    told = _("On {when} the {requester} got changes of {subjects} from {dataset} of the {provider}, for {purpose}.")
    return told.format(**_values(route, names))


def _view(route: Route, names: Names) -> str:
    if route.get("event") == "officer_question":
        told = _("On {when} an officer of the {requester} opened a question about {dataset} in order to answer it.")
        return told.format(**_values(route, names))
    return _("On {when} an officer of the {requester} looked at what belongs to an application.").format(**_values(route, names))


def _unknown(route: Route, names: Names) -> str:
    values = _values(route, names)
    return _("On {when} something was recorded of the kind {kind}.").format(**values, kind=str(route.get("type", "")))


_OTHERS: dict[str, Callable[[Route, Names], str]] = {
    "account": _move,
    "act": _act,
    "agreement": _move,
    "alarm": _move,
    "case": _case,
    "changes": _changes,
    "clock": _move,
    "correction": _move,
    "dataset": _move,
    "delivery": _move,
    "department_correction": _move,
    "dispute": _move,
    "export": _export,
    "load": _move,
    "officer": _move,
    "matter": _matter,
    "people": _people,
    "purpose": _purpose,
    "question": _move,
    "request": _move,
    "tally": _tally,
    "verification": _move,
    "view": _view,
    "webhook": _move,
}
