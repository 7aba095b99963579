"""The values that a fact's parameters may take: `{in: […]}`, `{min, max}`, `{subject: kind}` or `{text: n}`, as the dataset declares them.

An optional parameter that is left out gets the whole declared range, so that the signed text always says everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault

Document = Mapping[str, Any]
MOST_LISTED = 10
LONGEST_TEXT = 200
"""Characters of a text that an agreement leaves free: a name, never a document."""


def parameter_faults(where: str, fact: Document, values: Document, document: Document) -> Iterator[Fault]:
    """Every fault in the allowed values of one fact's parameters."""
    declared = {parameter["name"]: parameter for parameter in fact["parameters"]}
    for name in sorted(values.keys() - declared.keys()):
        yield Fault(f"{where}.{name}", "unknown", _("The fact has no such parameter."))
    for name, parameter in declared.items():
        if name not in values:
            if not parameter.get("optional"):
                yield Fault(f"{where}.{name}", "required", _("Say which values this parameter may take."))
        elif not _fits(parameter, values[name], document):
            yield Fault(f"{where}.{name}", "type", _expected(parameter, document))


def unlisted_faults(where: str, fact: Document, values: Document) -> Iterator[Fault]:
    """The faults of a fact of a dataset that answers facts alone: a few values, each written down, so that nobody searches between them."""
    for parameter in fact["parameters"]:
        rule = values.get(parameter["name"])
        listed = rule.get("in") if isinstance(rule, Mapping) else None
        if parameter["type"] != "subject" and (not isinstance(listed, list) or len(listed) > MOST_LISTED):
            message = _('This dataset never gives a value: list the values that are asked about, {"in": […]}, at most %(most)s.')
            yield Fault(f"{where}.{parameter['name']}", "listed", message % {"most": MOST_LISTED})


def complete(fact: Document, values: Document, *, period: tuple[str, str], offered: Document | None = None) -> dict[str, Any]:
    """The allowed values with optional ones filled in: from the standing offer, else the declared range.

    `period` are the first and last day of the agreement: the default range of a date.
    """
    filled = dict(values)
    for parameter in fact["parameters"]:
        name = parameter["name"]
        if name not in filled:
            filled[name] = (offered or {}).get(name) or _whole_range(parameter, period)
    return filled


def _whole_range(parameter: Document, period: tuple[str, str]) -> dict[str, Any]:
    if parameter["type"] == "date":
        return {"min": period[0], "max": period[1]}
    if parameter["type"] == "subject":
        return {"subject": parameter["kind"]}
    if parameter["type"] == "text":
        return {"text": LONGEST_TEXT}
    return {"min": parameter.get("minimum", 0), "max": parameter.get("maximum", 2**31 - 1)}


def _fits(parameter: Document, rule: Any, document: Document) -> bool:
    if not isinstance(rule, Mapping):
        return False
    if parameter["type"] == "subject":
        return dict(rule) == {"subject": parameter["kind"]}
    if parameter["type"] == "text" and set(rule) == {"text"}:
        return type(rule["text"]) is int and 0 < rule["text"] <= LONGEST_TEXT
    holds = _CHECKS[parameter["type"]](parameter, document)
    if set(rule) == {"in"}:
        values = rule["in"]
        if not isinstance(values, list) or not values:
            return False
        return all(holds(value) for value in values)
    return set(rule) == {"min", "max"} and parameter["type"] in _RANGED and _range_fits(rule, holds)


def _range_fits(rule: Document, holds: Callable[[Any], bool]) -> bool:
    return holds(rule["min"]) and holds(rule["max"]) and bool(rule["min"] <= rule["max"])


def _integers(parameter: Document, _document: Document) -> Callable[[Any], bool]:
    low, high = parameter.get("minimum", -(2**53)), parameter.get("maximum", 2**53)
    return lambda value: type(value) is int and low <= value <= high


def _codes(parameter: Document, document: Document) -> Callable[[Any], bool]:
    rows = (document.get("code_lists") or {}).get(parameter["code_list"], [])
    allowed = {row["code"] for row in rows}
    return lambda value: isinstance(value, str) and value in allowed


def _dates(_parameter: Document, _document: Document) -> Callable[[Any], bool]:
    return _is_date


def _texts(_parameter: Document, _document: Document) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and bool(value)


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_CHECKS: Mapping[str, Callable[[Document, Document], Callable[[Any], bool]]] = {
    "integer": _integers,
    "integer_list": _integers,
    "code": _codes,
    "code_list": _codes,
    "date": _dates,
    "text": _texts,
}
_RANGED = frozenset({"integer", "date"})


def _expected(parameter: Document, document: Document) -> str:
    """What would be right, in words."""
    if parameter["type"] == "subject":
        return _('Write {"subject": "%(kind)s"}: it names another subject.') % {"kind": parameter["kind"]}
    if parameter["type"] in {"code", "code_list"}:
        rows = (document.get("code_lists") or {}).get(parameter["code_list"], [])
        return _('Write {"in": […]} with codes among: %(codes)s.') % {"codes": ", ".join(row["code"] for row in rows)}
    if parameter["type"] == "date":
        return _('Write {"in": […]} or {"min": …, "max": …} with dates like 2026-11-20.')
    if parameter["type"] == "text":
        return _('Write {"in": […]} with texts, or {"text": n}: any text of at most n characters.')
    low, high = parameter.get("minimum", ""), parameter.get("maximum", "")
    return _('Write {"in": […]} or {"min": …, "max": …} with whole numbers from %(low)s to %(high)s.') % {"low": low, "high": high}
