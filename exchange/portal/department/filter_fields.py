"""The fields of a row filter on a form: up to three rules that all hold; what is more than that is kept as it was sent to the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.proof.acts.rows import filter_faults
from exchange.sharing.filter_words import fault_words, sentences

Document = Mapping[str, Any]

PLACES = ("", "_2", "_3")
KEEP = "filter_keep"
RULES: tuple[tuple[str, Any], ...] = (
    ("in", gettext_lazy("is one of")),
    ("not_in", gettext_lazy("is none of, and is not empty")),
    ("at_least", gettext_lazy("is at least")),
    ("at_most", gettext_lazy("is at most")),
    ("years_at_least", gettext_lazy("is at least so many completed years ago")),
    ("years_at_most", gettext_lazy("is at most so many completed years ago")),
    ("starts_with", gettext_lazy("begins with")),
    ("present", gettext_lazy("is not empty")),
    ("empty", gettext_lazy("is empty")),
)
_WITHOUT_VALUE = ("present", "empty")
_YES_NO = {"true": 1, "yes": 1, "是": 1, "false": 0, "no": 0, "否": 0}


def add(form: Any, items: Sequence[tuple[str, str]], row_filter: Document | None, document: Document) -> None:
    """Add the fields; `items` are (name, title)."""
    shown = list(_rows(row_filter))
    for place, suffix in enumerate(PLACES):
        name, rule, lines = shown[place] if place < len(shown) else ("", "in", "")
        form.fields[f"filter_item{suffix}"] = forms.ChoiceField(
            label=_("and only rows where") if place else _("Only rows where"),
            required=False,
            choices=[("", _("no further rule") if place else _("every row")), *items],
            help_text="" if place else _("Ask for no more rows than the purpose needs."),
        )
        form.fields[f"filter_rule{suffix}"] = forms.ChoiceField(label=_("Rule"), required=False, choices=RULES)
        form.fields[f"filter_values{suffix}"] = forms.CharField(
            label=_("Values"), required=False, widget=forms.Textarea(attrs={"class": "mz-code"}), help_text=_("One value a line.")
        )
        form.initial |= {f"filter_item{suffix}": name, f"filter_rule{suffix}": rule, f"filter_values{suffix}": lines}
    if row_filter and not shown:
        words = "; ".join(sentences(row_filter, document))
        form.fields[KEEP] = forms.BooleanField(label=_("Keep these rows: %(rows)s") % {"rows": words}, required=False)
        form.initial[KEEP] = True


def bound(form: Any) -> list[tuple[Any, Any, Any]]:
    """The fields of each rule, for the template."""
    return [(form[f"filter_item{suffix}"], form[f"filter_rule{suffix}"], form[f"filter_values{suffix}"]) for suffix in PLACES]


def names() -> list[str]:
    """The names of all fields, the kept filter aside."""
    return [f"filter_{part}{suffix}" for suffix in PLACES for part in ("item", "rule", "values")]


def _rows(row_filter: Document | None) -> Iterator[tuple[str, str, str]]:
    """(item, rule, lines of values) for each field; nothing where the filter is more than the fields can show."""
    if row_filter is None or isinstance(row_filter.get("any"), list) or sum(len(rule) for rule in row_filter.values()) > len(PLACES):
        return
    for item, rule in row_filter.items():
        for member, value in rule.items():
            if member == "present":
                yield item, "present" if value else "empty", ""
            else:
                yield item, member, "\n".join(str(entry) for entry in (value if isinstance(value, list) else [value]))


def read(form: Any, data: Document, kept: Document | None) -> dict[str, Any] | None:
    """The filter that the fields say; faults are added to the fields. Values are read as the item's type has them."""
    if data.get(KEEP):
        return dict(kept or {})
    types = {item["name"]: item["type"] for item in form.document["items"]}
    found: dict[str, dict[str, Any]] = {}
    for suffix in PLACES:
        item, rule = str(data.get(f"filter_item{suffix}") or ""), str(data.get(f"filter_rule{suffix}") or "in")
        lines = [line.strip() for line in str(data.get(f"filter_values{suffix}") or "").splitlines() if line.strip()]
        member = "present" if rule == "empty" else rule
        if not item:
            continue
        if wrong := _row_fault(rule, lines, is_second=member in found.get(item, {})):
            form.add_error(f"filter_values{suffix}", wrong)
            continue
        value = _value(rule, lines, types.get(item, "text"))
        for fault in filter_faults({item: {member: value}}, types, is_new=True):
            form.add_error(f"filter_values{suffix}", fault_words(fault, types.get(item, "")))
        found.setdefault(item, {})[member] = value
    return found or None


def _row_fault(rule: str, lines: list[str], *, is_second: bool) -> str:
    if is_second:
        return _("This rule stands twice for the same item: say it once.")
    if rule in _WITHOUT_VALUE:
        return _("This rule takes no value: leave it empty.") if lines else ""
    if not lines:
        return _("Name at least one value, or choose every row.")
    return "" if rule in ("in", "not_in") or len(lines) == 1 else _("This rule takes one value.")


def _value(rule: str, lines: list[str], kind: str) -> Any:
    if rule in _WITHOUT_VALUE:
        return rule == "present"
    is_whole = kind == "integer" or rule.startswith("years_")
    values = [_as_whole(line) if is_whole else _as_yes_or_no(line) if kind == "boolean" else line for line in lines]
    return values if rule in ("in", "not_in") else values[0]


def _as_whole(line: str) -> int | str:
    return int(line) if line.removeprefix("-").isascii() and line.removeprefix("-").isdecimal() else line


def _as_yes_or_no(line: str) -> int | str:
    return _YES_NO.get(line.lower(), _as_whole(line))
