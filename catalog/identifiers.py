"""Kinds of identifiers: how each is written, normalised and checked. Pure; the kinds themselves are a jurisdiction's data.

A normalised identifier is what the lookup file is keyed by and what a person's disclosure holds, so both sides of an
exchange must normalise in the same way: with this file.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LAST = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BLANKS = re.compile(r"[\s\-‐-―]")
_STEPS: Mapping[str, Callable[[str], str]] = {
    "strip": str.strip,
    "compact": lambda text: _BLANKS.sub("", text),
    "upper": str.upper,
}


class IdentifierError(ValueError):
    """The identifier is not well formed for its kind, or the kind is unknown. The message never holds the identifier."""


@dataclass(frozen=True)
class Kind:
    """One kind of identifier."""

    name: str
    is_personal: bool
    steps: tuple[Callable[[str], str], ...]
    pattern: re.Pattern[str]
    checker: Callable[[str], object] | None
    invented: str = ""

    def normalise(self, text: str) -> str:
        """The one form in which this kind is stored and compared."""
        for step in self.steps:
            text = step(text)
        return text

    def is_well_formed(self, normalised: str) -> bool:
        """Whether the whole normalised text has the form of this kind, check character included."""
        if not self.pattern.fullmatch(normalised):
            return False
        return self.checker is None or bool(self.checker(normalised))

    def invent(self, number: int) -> str:
        """The number-th identifier of this kind that nobody has, as the jurisdiction's data say (`invented`).

        Raises IdentifierError where they say nothing, or nothing well formed.
        """
        places = self.invented.count("#")
        digits = iter(f"{number % 10**places:0{places}}" if places else "")
        text = "".join(next(digits) if character == "#" else character for character in self.invented)
        for last in _LAST if "?" in text else ("",):
            candidate = text.replace("?", last)
            if self.is_well_formed(candidate):
                return candidate
        raise IdentifierError(f"the jurisdiction's data invent no {self.name}")


class Kinds:
    """All kinds of a jurisdiction, by name."""

    def __init__(self, data: Iterable[Mapping[str, Any]]) -> None:
        self.data = [dict(entry) for entry in data]
        self._kinds = {entry["kind"]: _kind(entry) for entry in self.data}

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def __getitem__(self, name: str) -> Kind:
        try:
            return self._kinds[name]
        except KeyError:
            raise IdentifierError(f"unknown kind of identifier: {name}") from None

    def normalise(self, kind: str, text: str) -> str:
        """The stored form of an identifier; raises IdentifierError for an unknown kind."""
        return self[kind].normalise(text)

    def check(self, kind: str, text: str) -> None:
        """Return when the normalised text is well formed; else raise IdentifierError, without the text."""
        if not self[kind].is_well_formed(text):
            raise IdentifierError(f"not a well-formed {kind}")

    def is_personal(self, kind: str) -> bool:
        """Whether identifiers of this kind name a person."""
        return self[kind].is_personal


def _kind(entry: Mapping[str, Any]) -> Kind:
    steps = tuple(_STEPS[name] for name in entry["normalise"])
    return Kind(
        entry["kind"],
        bool(entry["personal"]),
        steps,
        re.compile(entry["pattern"]),
        _checker(entry.get("checker")),
        entry.get("invented", ""),
    )


def _checker(module: str | None) -> Callable[[str], object] | None:
    """`is_valid` of a python-stdnum module; nothing else may be named."""
    if not module:
        return None
    if not re.fullmatch(r"stdnum(\.[a-z0-9_]+)+", module):
        raise IdentifierError("a checker is a module of python-stdnum")
    if module == "stdnum.cn.ric":
        from catalog import resident_identity

        return resident_identity.is_valid
    checker: Callable[[str], object] = importlib.import_module(module).is_valid
    return checker


def kinds() -> Kinds:
    """The kinds of this hub's jurisdiction, read once a process."""
    from django.conf import settings  # the rest of this file runs without Django

    return kinds_from(Path(settings.JURISDICTION_DIR) / "identifier_kinds.yaml")


@functools.cache
def kinds_from(path: Path) -> Kinds:
    """The kinds that a file declares."""
    import yaml

    return Kinds(yaml.safe_load(path.read_text("utf-8"))["identifier_kinds"])
