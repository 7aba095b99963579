"""Drafts in files: read from YAML, TOML or JSON, checked for members that nobody knows, and written as commented YAML."""

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hub_client.errors import DataError, UsageError

_LARGEST = 1 << 20


def read_draft(path: Path) -> dict[str, Any]:
    """An object from a file; the ending of its name says how it is written. Raises UsageError, DataError."""
    try:
        if path.stat().st_size > _LARGEST:
            raise DataError("TOO_LARGE", f"{path} is larger than a draft can be")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("NO_FILE", f"{path} cannot be read as UTF-8 text: {type(error).__name__}") from None
    try:
        document = _parsed(text, path.suffix.lower())
    except (ValueError, RecursionError) as error:  # TOML's and JSON's errors are ValueErrors; YAML's is made one
        raise DataError("BAD_DRAFT", f"{path}: {error}") from None
    if not isinstance(document, dict):
        raise DataError("BAD_DRAFT", f"{path} holds no object")
    return document


def _parsed(text: str, ending: str) -> Any:
    if ending == ".json":
        return json.loads(text)
    if ending == ".toml":
        return _plain(tomllib.loads(text))
    if ending in (".yaml", ".yml"):
        return _plain(_yaml(text))
    raise UsageError("WHICH_FORMAT", "a draft's file ends in .yaml, .toml or .json")


def _yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError:
        raise UsageError("NO_YAML", "reading YAML needs the package PyYAML; or write the draft as .toml or .json") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _plain(value: Any) -> Any:
    """Dates and times, which YAML and TOML read by themselves, as the texts that JSON has."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def require_known(document: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Whether every member has a name that counts; a slip of the pen is not quietly left out. Raises DataError."""
    unknown = sorted(set(document) - set(known))
    if unknown:
        raise DataError("UNKNOWN_MEMBER", f"{where}: nobody knows {', '.join(unknown)}; there are {', '.join(sorted(known))}")


def flow(value: Any) -> str:
    """A value as YAML's flow style writes it, which is JSON's."""
    return json.dumps(value, ensure_ascii=False)


def remark(text: str) -> str:
    """A text as a comment on one line."""
    return "# " + " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def write_draft(path: Path, lines: list[str], *, is_private: bool = False) -> None:
    """Write a new file, never over one that is there. Raises UsageError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if is_private else 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except FileExistsError:
        raise UsageError("EXISTS", f"{path} exists already; give another name") from None
    except OSError as error:
        raise UsageError("CANNOT_WRITE", f"{path} cannot be written: {error.strerror}") from None
