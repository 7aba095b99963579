"""Identifiers on the wire, normalised exactly as the registers were when they were loaded (catalog.identifiers).

The check character is not computed here (37 µs for each): a mistyped identifier finds no record, and names nobody.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from catalog import identifiers
from catalog.identifiers import IdentifierError, Kinds


class SubjectError(ValueError):
    """The identifier is not well formed, or its kind is unknown. The text never holds the identifier."""


def kinds() -> Kinds:
    """The kinds of this hub's jurisdiction, without touching the file system on each call."""
    return _kinds_of(settings.JURISDICTION_DIR)


@lru_cache(maxsize=4)
def _kinds_of(_folder: object) -> Kinds:
    return identifiers.kinds()


def is_personal(kind: str) -> bool:
    """Whether a kind names a person. An unknown kind counts as personal: the careful reading."""
    known = kinds()
    return kind not in known or known[kind].is_personal


def normalise(kind: str, identifier: str) -> str:
    """The one way of writing this identifier; raises SubjectError."""
    try:
        known = kinds()[kind]
    except IdentifierError:
        raise SubjectError("the kind of identifier is unknown") from None
    normalised = known.normalise(identifier)
    if not known.pattern.fullmatch(normalised):
        raise SubjectError("an identifier is not well formed")
    return normalised
