"""Read YAML strictly: a key that appears twice, or that is no text, is a fault instead of a surprise.

YAML 1.1 reads an unquoted ``on`` or ``no`` as a boolean; in a file that becomes a signed document that must never pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from audit.errors import Fault
from exchange.jurisdictions.errors import JurisdictionInvalid

Steps = tuple[str | int, ...]
Lines = Mapping[Steps, int]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]  # the C loader where libyaml is present: ten times quicker
    """A safe loader that refuses doubled keys and keys that are no text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise _KeyFaultError(key_node, f"the key {key_node.value!r} is read as {key!r}: put it in quotation marks")
            if key in seen:
                raise _KeyFaultError(key_node, f"the key {key!r} appears twice: keep one")
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


class _KeyFaultError(yaml.MarkedYAMLError):
    """A key that must not be read as it stands."""

    def __init__(self, node: yaml.Node, problem: str) -> None:
        super().__init__(problem=problem, problem_mark=node.start_mark)


def read_yaml(path: Path) -> Any:
    """Return the document in ``path``; raises JurisdictionInvalid with the line where it cannot be read."""
    try:
        return read_yaml_text(path.read_text(encoding="utf-8"), name=path.name)
    except UnicodeDecodeError as error:
        raise JurisdictionInvalid(path.name, [Fault(f"byte {error.start}", "encoding", "save the file as UTF-8")]) from error


def read_yaml_text(text: str, *, name: str) -> Any:
    """Return the document in a text that ``name`` stands for in errors; raises JurisdictionInvalid with the line."""
    return read_yaml_lines(text, name=name)[0]


def read_yaml_lines(text: str, *, name: str) -> tuple[Any, Lines]:
    """Return the document and the line of each of its members; raises JurisdictionInvalid with the line."""
    loader = _StrictLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None, {}
        return loader.construct_document(node), dict(_lines(node, ()))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise JurisdictionInvalid(name, [Fault(f"line {line}", "yaml", error.problem)]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise JurisdictionInvalid(name, [Fault("", "yaml", str(error))]) from error
    finally:
        loader.dispose()


def _lines(node: yaml.Node, steps: Steps) -> Iterator[tuple[Steps, int]]:
    """Where each member begins, counted from 1. A mapping's member begins at its key."""
    yield steps, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*steps, key.value))
            yield (*steps, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _lines(value, (*steps, position))
