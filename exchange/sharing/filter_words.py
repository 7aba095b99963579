"""A row filter in the reader's words, and what is wrong with one: for pages, the PDF, the check before sending and the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.proof.acts.rows import MOST_ALTERNATIVES, MOST_ITEMS, Found, RowFault, alternatives
from catalog.models import in_active_language

Document = Mapping[str, Any]

_WORDS: Mapping[str, Any] = {
    "at_least": gettext_lazy("at least %(value)s"),
    "at_most": gettext_lazy("at most %(value)s"),
    "years_at_least": gettext_lazy("at least %(value)s completed years ago"),
    "years_at_most": gettext_lazy("at most %(value)s completed years ago"),
    "starts_with": gettext_lazy("begins with %(value)s"),
    "not_in": gettext_lazy("none of %(value)s, and not empty"),
}
_FORMS: Mapping[str, Any] = {
    "in": gettext_lazy("values of the item's type, at least one, none twice"),
    "not_in": gettext_lazy("values of the item's type, at least one, none twice"),
    "at_least": gettext_lazy("for a whole number, a decimal (as text) or a date: a value of the same type"),
    "at_most": gettext_lazy("for a whole number, a decimal (as text) or a date: a value of the same type"),
    "years_at_least": gettext_lazy("for a date: a whole number of years from 0 to 150"),
    "years_at_most": gettext_lazy("for a date: a whole number of years from 0 to 150"),
    "present": gettext_lazy("true or false"),
    "starts_with": gettext_lazy("for a code or text: its first characters, at most 64"),
}


def sentences(row_filter: Document | None, document: Document) -> Iterator[str]:
    """Which rows are meant, a line for each item; with alternatives a line for each of them. Nothing: every row."""
    several = alternatives(row_filter)
    if len(several) < 2:
        for rules in several:
            yield from _item_lines(rules, document)
        return
    for place, rules in enumerate(several):
        words = {"rules": _("; ").join(_item_lines(rules, document))}
        yield (_("or: %(rules)s") if place else _("either: %(rules)s")) % words


def _item_lines(rules: Document, document: Document) -> Iterator[str]:
    declared = {item["name"]: item for item in document.get("items", ())}
    for name, rule in rules.items():
        item = declared.get(name, {})
        said = _(", ").join(_member_words(member, value, _titles(item, document)) for member, value in rule.items())
        yield _("%(name)s: %(values)s") % {"name": _title(item.get("title")) or name, "values": said}


def _member_words(member: str, value: Any, titles: Mapping[str, str]) -> str:
    if member == "present":
        return _("not empty") if value else _("empty")
    values = value if isinstance(value, list) else [value]
    listed = _(", ").join(titles.get(str(entry), str(entry)) if member in ("in", "not_in") else str(entry) for entry in values)
    return listed if member == "in" else str(_WORDS[member]) % {"value": listed}


def _titles(item: Document, document: Document) -> dict[str, str]:
    """Code → title of the code list of an item."""
    rows = (document.get("code_lists") or {}).get(item.get("code_list", ""), ())
    return {row["code"]: _title(row.get("title")) or row["code"] for row in rows}


def _title(title: Any) -> str:
    return in_active_language(title.get("en", ""), title.get("zh", "")) if isinstance(title, Mapping) else ""


def fault_words(found: Found, kind: str) -> str:
    """What is wrong with one rule of a filter, and what would be right. `kind` is the declared type of its item."""
    named = {"item": found.item, "rule": found.rule, "type": kind}
    if found.why is RowFault.UNKNOWN_ITEM:
        return _("The row filter names %(item)s, which the dataset does not have.") % named
    if found.rule in _FORMS:
        words = _("The rule %(rule)s does not fit %(item)s of type %(type)s. It takes: %(form)s.")
        return words % {**named, "form": _FORMS[found.rule]}
    if found.item == "any":
        most = {"alternatives": MOST_ALTERNATIVES, "items": MOST_ITEMS}
        return _("any takes 1 to %(alternatives)s sets of rules with 1 to %(items)s items each, and stands alone.") % most
    return _("A rule for %(item)s has one or more of the members %(members)s.") % {**named, "members": ", ".join(sorted(_FORMS))}
