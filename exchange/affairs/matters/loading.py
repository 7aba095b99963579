"""A matter's file, read strictly: every fault of form, meaning and wording is said at once, each with its line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from audit.errors import Fault
from exchange.affairs.errors import MatterInvalid
from exchange.affairs.matters.faults import Broken, Steps
from exchange.affairs.matters.guards import guard_faults
from exchange.affairs.matters.meaning import meaning_faults
from exchange.affairs.matters.plain_words import word_faults
from exchange.affairs.matters.registers import Registers
from exchange.jurisdictions.errors import JurisdictionInvalid
from exchange.jurisdictions.reading import FOLDER
from exchange.jurisdictions.yaml_text import Lines, read_yaml_lines


def load_matter_file(path: Path | str, *, registers: Registers | None = None) -> dict[str, Any]:
    """The document in a matter's file (exchange/jurisdictions/schema/matter.json).

    With `registers` it is also held against the descriptions of datasets, as publishing does. Raises MatterInvalid.
    """
    path = Path(path)
    document, lines = _read(path)
    broken = list(document_faults(document, registers))
    if broken:
        raise invalid(path.name, broken, lines)
    checked: dict[str, Any] = document
    return checked


def document_faults(document: Any, registers: Registers | None = None) -> Iterator[Broken]:
    """Every fault of a document; what has not the right form is not looked at further."""
    shape = list(_shape_faults(document))
    if shape:
        yield from shape
        return
    yield from meaning_faults(document)
    yield from word_faults(document)
    if registers is not None:
        yield from guard_faults(document, registers)


def invalid(name: str, broken: Iterable[Broken], lines: Lines) -> MatterInvalid:
    """The refusal of a file or document, with its faults in the order of their lines."""
    ordered = sorted(broken, key=lambda fault: _line(fault.steps, lines))
    return _refusal(name, [fault.as_fault(lines) for fault in ordered])


def _line(steps: Steps, lines: Lines) -> int:
    return next((lines[steps[:length]] for length in range(len(steps), -1, -1) if steps[:length] in lines), 0)


def _refusal(name: str, faults: list[Fault]) -> MatterInvalid:
    text = "\n".join(f"{name}: {fault.where}: {fault.message}" for fault in faults)
    return MatterInvalid(text, faults=faults, file=name)


def _read(path: Path) -> tuple[Any, Lines]:
    try:
        return read_yaml_lines(path.read_text(encoding="utf-8"), name=path.name)
    except UnicodeDecodeError as error:
        raise _refusal(path.name, [Fault(f"byte {error.start}", "encoding", "save the file as UTF-8")]) from error
    except OSError as error:
        raise _refusal(path.name, [Fault("the file", "file", f"cannot be read: {error.strerror}")]) from error
    except JurisdictionInvalid as error:
        raise _refusal(path.name, list(error.faults)) from error


def _shape_faults(document: Any) -> Iterator[Broken]:
    # imported here: only what loads a matter pays for it
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    rules = json.loads((FOLDER / "schema" / "matter.json").read_text(encoding="utf-8"))
    for error in Draft202012Validator(rules).iter_errors(document):
        inner = best_match([error]) if error.context else error
        yield Broken(tuple(inner.absolute_path), str(inner.validator), _said(inner))


def _said(error: Any) -> str:
    """The schema's message, without the whole of what was read."""
    if error.validator == "pattern":
        return f"{error.instance!r} is not of the form {error.validator_value}"
    message = str(error.message)
    return message if len(message) <= 200 else f"this has not the right form ({error.validator})"
