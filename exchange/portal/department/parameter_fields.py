"""Fields for the values that a fact's parameters may take, by their declared types, and back into the request's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from exchange.portal.department import words

Document = Mapping[str, Any]
FEW = 12


def add(form: forms.Form, fact: Document, document: Document, known: Document) -> None:
    """Give `form` the fields of every parameter of a fact, with what was asked before as their first values."""
    for parameter in fact["parameters"]:
        name = f"facts.{fact['name']}.{parameter['name']}"
        rule = known.get(parameter["name"], {})
        for suffix, (field, initial) in _fields(parameter, document, rule).items():
            form.fields[name + suffix] = field
            form.initial[name + suffix] = initial


def values(fact: Document, data: Document) -> dict[str, Any]:
    """The allowed values of every parameter that was filled in, as `{in: …}`, `{min, max}`, `{text: …}` or `{subject: …}`."""
    filled = {}
    for parameter in fact["parameters"]:
        name = f"facts.{fact['name']}.{parameter['name']}"
        rule = _rule(parameter, name, data)
        if rule is not None:
            filled[parameter["name"]] = rule
    return filled


def _rule(parameter: Document, name: str, data: Document) -> dict[str, Any] | None:
    if parameter["type"] == "subject":
        return None if parameter.get("optional") else {"subject": parameter["kind"]}
    if f"{name}.min" in data or f"{name}.max" in data:
        low, high = data.get(f"{name}.min"), data.get(f"{name}.max")
        return None if low in (None, "") and high in (None, "") else {"min": _plain(low), "max": _plain(high)}
    if data.get(f"{name}.text"):
        return {"text": data[f"{name}.text"]}
    chosen = data.get(name) or []
    lines = chosen if isinstance(chosen, list) else [line.strip() for line in chosen.splitlines() if line.strip()]
    if not lines:
        return None
    return {"in": [_number(line) for line in lines] if parameter["type"].startswith("integer") else list(lines)}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _number(text: Any) -> Any:
    return int(text) if str(text).lstrip("-").isdecimal() else text


def _fields(parameter: Document, document: Document, rule: Document) -> dict[str, tuple[forms.Field, Any]]:
    title = words.title_of(parameter, parameter["name"])
    kind = parameter["type"]
    if kind == "subject":
        return {}
    if kind in {"integer", "date"} and "in" not in rule:
        return _range(parameter, title, rule)
    choices = _choices(parameter, document)
    if choices:
        field: forms.Field = forms.MultipleChoiceField(label=title, choices=choices, required=False, widget=forms.CheckboxSelectMultiple)
        return {"": (field, [str(value) for value in rule.get("in", ())])}
    text = forms.CharField(label=title, required=False, widget=forms.Textarea, help_text=_("One value a line."))
    listed: dict[str, tuple[forms.Field, Any]] = {"": (text, "\n".join(str(value) for value in rule.get("in", ())))}
    return listed | _any_text(title, rule) if kind == "text" else listed


def _any_text(title: str, rule: Document) -> dict[str, tuple[forms.Field, Any]]:
    """How long a text may be that the agreement leaves free, a person's name for instance."""
    label = _("%(name)s: any text of at most so many characters") % {"name": title}
    help_text = _("Leave empty to list the values instead.")
    return {".text": (forms.IntegerField(label=label, required=False, min_value=1, max_value=200, help_text=help_text), rule.get("text"))}


def _range(parameter: Document, title: str, rule: Document) -> dict[str, tuple[forms.Field, Any]]:
    low, high = parameter.get("minimum"), parameter.get("maximum")
    bounds = _("From %(low)s to %(high)s.") % {"low": low, "high": high} if low is not None and high is not None else ""
    made = {}
    for suffix, label in ((".min", _("%(name)s, from")), (".max", _("%(name)s, to"))):
        words_ = label % {"name": title}
        if parameter["type"] == "date":
            day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            field: forms.Field = forms.DateField(label=words_, required=False, widget=day)
        else:
            field = forms.IntegerField(label=words_, required=False, min_value=low, max_value=high, help_text=bounds)
        made[suffix] = (field, rule.get(suffix[1:]))
    return made


def _choices(parameter: Document, document: Document) -> list[tuple[str, str]]:
    """The values to tick, where they are few."""
    if parameter["type"] in {"code", "code_list"}:
        titles = words.code_titles(parameter, document)
        return list(titles.items()) if len(titles) <= 3 * FEW else []
    low, high = parameter.get("minimum"), parameter.get("maximum")
    if parameter["type"] == "integer_list" and low is not None and high is not None and high - low < FEW:
        return [(str(value), str(value)) for value in range(low, high + 1)]
    return []
