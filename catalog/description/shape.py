"""The form of a dataset version document, as JSON Schema 2020-12: members, types, lengths. Unknown members are refused."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.description.stores import FORMS, KINDS

ITEM_TYPES = ("identifier", "text", "integer", "decimal", "boolean", "date", "datetime", "code")
PARAMETER_TYPES = ("integer", "decimal", "text", "boolean", "date", "code", "subject", "integer_list", "text_list", "code_list")
SHARING = ("UNCONDITIONAL", "CONDITIONAL", "NOT_SHARED")
METHODS = ("VERIFY", "QUERY", "BATCH", "EXPORT", "CHANGES")
FREQUENCIES = ("REALTIME", "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "YEARLY", "IRREGULAR")

NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 60}
CODE = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$", "maxLength": 60}


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _both(longest: int) -> dict[str, Any]:
    return _object({"en": _text(longest), "zh": _text(longest)})


BOUND = {"anyOf": [{"type": "integer"}, _text(40)]}
TITLE = _both(300)

ITEM = _object(
    {
        "name": NAME,
        "type": {"enum": list(ITEM_TYPES)},
        "title": TITLE,
        "sensitivity": {"enum": [1, 2, 3, 4]},
        "sharing_attribute": {"enum": list(SHARING)},
    },
    {
        "identifier": NAME,
        "required": {"type": "boolean"},
        "unique": {"type": "boolean"},
        "pattern": _text(300),
        "minimum": BOUND,
        "maximum": BOUND,
        "code_list": NAME,
    },
)
PARAMETER = _object(
    {"name": NAME, "type": {"enum": list(PARAMETER_TYPES)}},
    {"title": TITLE, "kind": NAME, "minimum": BOUND, "maximum": BOUND, "code_list": NAME, "optional": {"type": "boolean"}},
)
FACT = _object(
    {
        "name": NAME,
        "title": TITLE,
        "parameters": {"type": "array", "items": PARAMETER, "maxItems": 10},
        "expression": {"type": "object"},
        "when_absent": {"enum": ["NO", "UNKNOWN"]},
        "valid_days": {"type": "integer", "minimum": 0, "maximum": 36_500},
    }
)
LISTED_CODE = _object({"code": _text(60), "title": TITLE})
DOCUMENT = _object(
    {
        "code": CODE,
        "name": NAME,
        "title": TITLE,
        "description": _both(5_000),
        "provider": CODE,
        "major": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "update_frequency": {"enum": list(FREQUENCIES)},
        "sharing_attribute": {"enum": list(SHARING)},
        "open": {"type": "boolean"},
        "store": {"type": "object", "properties": {"kind": {"enum": list(KINDS)}}, "required": ["kind"]},
        "legal_basis": _object({"text": _both(2_000), "article": _text(200)}),
        "subjects": {"type": "array", "items": _object({"item": NAME, "kind": NAME}), "minItems": 1, "maxItems": 10},
        "items": {"type": "array", "items": ITEM, "minItems": 1, "maxItems": 500},
        "key": {"type": "array", "items": NAME, "minItems": 1, "maxItems": 10, "uniqueItems": True},
        "column_mapping": {"type": "object", "propertyNames": NAME, "additionalProperties": _text(200)},
        "code_lists": {
            "type": "object",
            "propertyNames": NAME,
            "additionalProperties": {"type": "array", "items": LISTED_CODE, "minItems": 1, "maxItems": 10_000},
        },
        "facts": {"type": "array", "items": FACT, "maxItems": 200},
    },
    {
        "provider_answer_key": {"type": ["string", "null"], "pattern": "^[A-Za-z0-9-]+/[A-Za-z0-9-]+$", "maxLength": 160},
        "revision_systems": {"type": "array", "items": CODE, "uniqueItems": True},
        "methods": {"type": "array", "items": {"enum": list(METHODS)}, "minItems": 1, "uniqueItems": True},
        "hub": _text(200),
        "nonce": _text(64),
    },
)


@functools.cache
def _validator(kind: str = "") -> Any:
    """Of the whole document, or of its store of one kind."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(FORMS[kind] if kind else DOCUMENT)


def shape_faults(document: object) -> Iterator[Fault]:
    """Every departure from the form, by place; the store by the form of its own kind."""
    yield from _departures(_validator(), document, "")
    store = document.get("store") if isinstance(document, dict) else None
    if isinstance(store, dict) and store.get("kind") in KINDS:
        yield from _departures(_validator(store["kind"]), store, "store")


def _departures(validator: Any, value: object, where: str) -> Iterator[Fault]:
    for error in validator.iter_errors(value):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
        yield Fault((where + place).lstrip(".") or "document", str(error.validator), _message(error))


def _message(error: Any) -> str:
    rule, wanted = error.validator, error.validator_value
    if rule == "required":
        missing = ", ".join(name for name in wanted if name not in error.instance)
        return _("These members are missing: %(names)s") % {"names": missing}
    if rule == "additionalProperties":
        unknown = ", ".join(sorted(name for name in error.instance if name not in error.schema["properties"]))
        return _("Unknown members: %(names)s. Remove them or correct their names.") % {"names": unknown}
    if rule == "enum":
        return _("Allowed values: %(values)s") % {"values": ", ".join(str(value) for value in wanted)}
    if rule == "pattern":
        return _("Write it like %(pattern)s") % {"pattern": wanted}
    return _("It breaks the rule %(rule)s (%(value)s)") % {"rule": rule, "value": wanted if not isinstance(wanted, (dict, list)) else "…"}
