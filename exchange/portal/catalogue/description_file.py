"""Reads the description of a dataset from a file that a person hands in: JSON or YAML, strictly."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault, Invalid
from exchange.jurisdictions.errors import JurisdictionInvalid
from exchange.jurisdictions.yaml_text import read_yaml_text


def read_description(raw: bytes) -> dict[str, Any]:
    """The document; raises Invalid with the line where it cannot be read. JSON is YAML, so one reader does both."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid(_("The description must be UTF-8 text; byte %(place)d is not.") % {"place": error.start}) from None
    try:
        document = read_yaml_text(text, name="description")
    except JurisdictionInvalid as error:
        raise Invalid(str(error), faults=error.faults) from None
    if not isinstance(document, dict):
        raise _invalid(_("The description must be one object with members such as code, title and items."))
    return document


def _invalid(sentence: str) -> Invalid:
    return Invalid(sentence, faults=[Fault("", "readable", sentence)])
