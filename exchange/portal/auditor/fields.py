"""The fields of an entry, read from its `route` disclosure, with the names that codes have. Accounts of people stay hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.portal.auditor.filters import KINDS
from exchange.portal.auditor.names import Names
from exchange.portal.auditor.reasons import reason_text


@dataclass(frozen=True)
class Field:
    """One row of a summary; `code` is shown in the type of code."""

    title: str
    text: str
    code: str = ""


_CODES = {
    "agreement": gettext_lazy("Agreement"),
    "version": gettext_lazy("Version of the dataset"),
    "method": gettext_lazy("Method"),
    "act": gettext_lazy("Act"),
    "seq": gettext_lazy("Number of the act"),
    "event": gettext_lazy("Step"),
}
_COUNTED = ("exchange", "export", "changes", "refusal", "tally")


def fields_of(route: Mapping[str, Any], names: Names) -> list[Field]:
    """Everything that the route discloses, in the order in which one asks; nothing that names a person."""
    if not route:
        return []
    return [field for field in (*_who(route, names), *_what(route, names), *_how(route)) if field.text or field.code]


def _who(route: Mapping[str, Any], names: Names) -> list[Field]:
    kind = str(route.get("type", ""))
    return [
        Field(_("Kind"), str(KINDS.get(kind, kind))),
        *(
            Field(title, names.party(str(route[name])), str(route[name]))
            for name, title in (
                ("requester", _("Asked by")),
                ("system", _("System")),
                ("provider", _("Held by")),
                ("department", _("Department")),
                ("side", _("Side")),
            )
            if route.get(name)
        ),
        Field(_("Person who acted"), _("an officer; the account is in the disclosure and not shown here") if route.get("acting") else ""),
    ]


def _what(route: Mapping[str, Any], names: Names) -> list[Field]:
    dataset, purpose = str(route.get("dataset") or ""), str(route.get("purpose") or "")
    separator = _("; ")
    return [
        Field(_("Dataset"), names.dataset(dataset) if dataset else "", dataset),
        Field(_("Purpose"), names.purpose(purpose) if purpose else "", purpose),
        Field(_("Legal basis"), separator.join(map(str, route.get("legal_basis") or []))),
        Field(_("Items"), separator.join(names.item_titles(route))),
        Field(_("Questions"), separator.join(names.fact_titles(route))),
        Field(_("Withheld"), separator.join(str(pair[0]) for pair in route.get("withheld") or [] if pair)),
        Field(_("Why refused"), reason_text(str(route["reason"])) if route.get("reason") else "", str(route.get("reason") or "")),
    ]


def _how(route: Mapping[str, Any]) -> list[Field]:
    counted = route.get("type") in _COUNTED
    return [
        Field(_("Subjects"), str(route.get("count", "")) if counted else ""),
        *(Field(str(title), "", str(route[name])) for name, title in _CODES.items() if route.get(name)),
    ]
