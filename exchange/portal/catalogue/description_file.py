"""Reads the description of a dataset from a file that a person hands in: JSON or YAML, strictly."""

from __future__ import annotations

from typing import Any

import yaml
from django.utils.translation import gettext as _

from audit.errors import Fault, Invalid
from exchange.jurisdictions.errors import JurisdictionInvalid
from exchange.jurisdictions.yaml_text import read_yaml_text

LARGEST_BYTES = 1_000_000
DEEPEST = 32
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_description(raw: bytes) -> dict[str, Any]:
    """The document; raises Invalid with the line where it cannot be read. JSON is YAML, so one reader does both."""
    if len(raw) > LARGEST_BYTES:
        raise _invalid(_("The description may have at most %(size)d bytes. Is it the file of rows?") % {"size": LARGEST_BYTES})
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid(_("The description must be UTF-8 text; byte %(place)d is not.") % {"place": error.start}) from None
    try:
        _require_plain(text)
        document = read_yaml_text(text, name="description")
    except JurisdictionInvalid as error:
        raise Invalid(str(error), faults=error.faults) from None
    if not isinstance(document, dict):
        raise _invalid(_("The description must be one object with members such as code, title and items."))
    return document


def _require_plain(text: str) -> None:
    """No aliases and no bottomless nesting: a small file must not unfold into a large or endless document."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Parser):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise _invalid(_("Line %(line)d: write the text out; aliases and very deep nesting are not read.") % {"line": line})
    except yaml.YAMLError:
        return  # the reader names the line


def _invalid(sentence: str) -> Invalid:
    return Invalid(sentence, faults=[Fault("", "readable", sentence)])
