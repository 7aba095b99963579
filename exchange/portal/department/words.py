"""Names of signed texts in the reader's words: items, facts, values of parameters, events, methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from exchange.portal.templatetags.look_text import bilingual
from exchange.sharing.filter_words import sentences

Document = Mapping[str, Any]

METHODS: dict[str, Any] = {
    "VERIFY": gettext_lazy("Verify: yes, no or unknown, and nothing else"),
    "QUERY": gettext_lazy("Query: the agreed items about one subject"),
    "BATCH": gettext_lazy("Batch: up to 1,000 subjects at once"),
    "EXPORT": gettext_lazy("Export: rows as a file"),
    "CHANGES": gettext_lazy("Changes: rows that changed since the last time"),
}
_EVENTS: dict[str, Any] = {
    "submit": gettext_lazy("Handed in"),
    "edit": gettext_lazy("Edited"),
    "check": gettext_lazy("Checked by the authority"),
    "grant_under_offer": gettext_lazy("Granted under the standing offer"),
    "approve_first": gettext_lazy("Approved by the first officer"),
    "confirm": gettext_lazy("Confirmed by the second officer"),
    "send_back": gettext_lazy("Sent back by the second officer"),
    "return": gettext_lazy("Returned for completion"),
    "approve": gettext_lazy("Approved"),
    "refuse": gettext_lazy("Refused"),
    "withdraw": gettext_lazy("Withdrawn"),
    "provide_signature": gettext_lazy("Signed by the owner"),
    "sign": gettext_lazy("Signed by the requester: in force"),
    "suspend": gettext_lazy("Suspended"),
    "resume": gettext_lazy("Resumed"),
    "revoke": gettext_lazy("Revoked"),
    "supersede": gettext_lazy("Superseded"),
}
SIDES: dict[str, Any] = {
    "provider": pgettext_lazy("side of an agreement", "Owner"),
    "requester": pgettext_lazy("side of an agreement", "Requester"),
    "authority": pgettext_lazy("side of an agreement", "Authority"),
}


def event_word(event: str) -> str:
    """What happened, as a heading."""
    return str(_EVENTS.get(event, event))


def method_word(method: str) -> str:
    """A sharing method in words."""
    return str(METHODS.get(method, method))


def side_word(role: str) -> str:
    """The side that a signature stands for."""
    return str(SIDES.get(role, role))


def title_of(declared: Document | None, name: str) -> str:
    """The title of a declared thing; its name where the description no longer has it."""
    return bilingual(declared.get("title")) or name if declared else name


def class_of(declared: Document | None) -> int | None:
    """The sensitivity of a declared item."""
    return int(declared["sensitivity"]) if declared else None


def parameter_lines(fact: Document | None, values: Document, document: Document) -> Iterator[str]:
    """What each parameter may be, one line each."""
    declared = {parameter["name"]: parameter for parameter in (fact or {}).get("parameters", ())}
    for name, rule in values.items():
        parameter = declared.get(name, {})
        yield _("%(name)s: %(values)s") % {"name": title_of(parameter, name), "values": rule_words(rule, code_titles(parameter, document))}


def filter_lines(row_filter: Document, document: Document) -> Iterator[str]:
    """Which rows are meant, a line for each set of rules."""
    yield from sentences(row_filter, document)


def mask_lines(mask: Document | None) -> tuple[str, ...]:
    """What a mask leaves readable; no line where nothing is masked."""
    if mask is None:
        return ()
    kept = {"first": mask["keep_first"], "last": mask["keep_last"]}
    return (_("What stays readable: first %(first)s, last %(last)s") % kept,)


def rule_words(rule: Document, titles: Mapping[str, str]) -> str:
    """`{in: …}`, `{min, max}`, `{text}` or `{subject}` in words."""
    if "in" in rule:
        return _(", ").join(titles.get(str(value), str(value)) for value in rule["in"])
    if "min" in rule:
        return _("from %(min)s to %(max)s") % {"min": rule["min"], "max": rule["max"]}
    if "text" in rule:
        return _("any text of at most %(n)s characters, named in each call and never in the log") % {"n": rule["text"]}
    return _("another subject, named in each call")


def code_titles(declared: Document, document: Document) -> dict[str, str]:
    """Code → title of the code list that an item or parameter uses."""
    rows = (document.get("code_lists") or {}).get(declared.get("code_list", ""), ())
    return {row["code"]: bilingual(row.get("title")) or row["code"] for row in rows}
