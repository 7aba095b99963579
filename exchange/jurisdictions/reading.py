"""Load a jurisdiction's data files, checked against their schemas: what comes out may be published as it is."""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from audit.errors import Fault
from exchange.jurisdictions.errors import JurisdictionInvalid
from exchange.jurisdictions.register_meaning import register_faults
from exchange.jurisdictions.yaml_text import read_yaml

FOLDER = Path(__file__).resolve().parent

Document = dict[str, Any]
Jurisdiction = str | Path | None


def folder_of(jurisdiction: Jurisdiction) -> Path:
    """The folder of a jurisdiction: given as such, by its code among those shipped here, or (None) the hub's own."""
    if isinstance(jurisdiction, Path):
        return jurisdiction
    if jurisdiction:
        return FOLDER / jurisdiction
    from django.conf import settings  # only the hub's own folder is a setting

    return Path(settings.JURISDICTION_DIR)


def load_registers(jurisdiction: Jurisdiction = None) -> dict[str, Document]:
    """Return the register descriptions by dataset code, in the order of their codes.

    Each is the document from which a dataset version is published. Raises JurisdictionInvalid naming file and member.
    """
    registers: dict[str, Document] = {}
    for path in sorted((folder_of(jurisdiction) / "registers").glob("*.yaml")):
        register = load_register(path)
        if register["code"] in registers:
            raise JurisdictionInvalid(path.name, [Fault("code", "unique", f"another file has the code {register['code']}: choose another")])
        registers[register["code"]] = register
    return registers


def load_register(path: Path) -> Document:
    """Return one register description, checked for shape and meaning; raises JurisdictionInvalid with all faults."""
    register = read_document(path, "register")
    faults = register_faults(register)
    if faults:
        raise JurisdictionInvalid(path.name, faults)
    return register


def load_departments(jurisdiction: Jurisdiction = None) -> dict[str, Document]:
    """Return the departments by code; exactly one has ``authority: true``."""
    departments = _by(jurisdiction, "departments", "code")
    authorities = [code for code, department in departments.items() if department["authority"]]
    if len(authorities) != 1:
        message = f"exactly one department is the sharing authority, here {len(authorities)} are: {authorities}"
        raise JurisdictionInvalid("departments.yaml", [Fault("departments", "authority", message)])
    return departments


def load_identifier_kinds(jurisdiction: Jurisdiction = None) -> dict[str, Document]:
    """Return the kinds of identifiers by name, with their normalisation steps, pattern and checker."""
    return _by(jurisdiction, "identifier_kinds", "kind")


def load_purposes(jurisdiction: Jurisdiction = None) -> dict[str, Document]:
    """Return the administrative purposes by code, each with its legal basis and its matter (or None)."""
    return _by(jurisdiction, "purposes", "code")


def load_words(jurisdiction: Jurisdiction = None) -> Document:
    """Return what the jurisdiction calls itself and its things, in both languages."""
    return read_document(folder_of(jurisdiction) / "words.yaml", "words")


def load_residents(jurisdiction: Jurisdiction = None) -> dict[str, Document]:
    """Return the named residents of the demonstration by key: invented people whom stories and tests may name."""
    return _by(jurisdiction, "residents", "key")


def divisions_path(name: str = "divisions_chengdu.csv", jurisdiction: Jurisdiction = None) -> Path:
    """Return the path of one of the real division files, copied byte for byte (see ``SOURCE.md`` beside them)."""
    return folder_of(jurisdiction) / "divisions" / name


def read_document(path: Path, schema: str) -> Document:
    """Read one YAML file and check it against ``schema/<schema>.json``; raises JurisdictionInvalid with all faults.

    A file that has not changed since is not read and checked again; the caller gets a copy of its own.
    """
    stat = path.stat()
    return copy.deepcopy(_checked(path, schema, (stat.st_mtime_ns, stat.st_size, stat.st_ino)))


@lru_cache(maxsize=128)
def _checked(path: Path, schema: str, _edition: tuple[int, int, int]) -> Document:
    # imported here: a start of the hub that loads no jurisdiction need not pay for it
    from jsonschema import Draft202012Validator

    document = read_yaml(path)
    rules = json.loads((FOLDER / "schema" / f"{schema}.json").read_text(encoding="utf-8"))
    errors = sorted(Draft202012Validator(rules).iter_errors(document), key=lambda error: [str(step) for step in error.absolute_path])
    if errors:
        faults = [Fault(_member(error.absolute_path), str(error.validator), error.message) for error in errors]
        raise JurisdictionInvalid(path.name, faults)
    checked: Document = document
    return checked


def _by(jurisdiction: Jurisdiction, name: str, key: str) -> dict[str, Document]:
    """Return the entries of ``<name>.yaml`` by their member ``key``, which no two may share."""
    entries: list[Document] = read_document(folder_of(jurisdiction) / f"{name}.yaml", name)[name]
    found: dict[str, Document] = {}
    for position, entry in enumerate(entries):
        if entry[key] in found:
            fault = Fault(f"{name}[{position}].{key}", "unique", f"{entry[key]} appears twice: keep one")
            raise JurisdictionInvalid(f"{name}.yaml", [fault])
        found[entry[key]] = entry
    return found


def _member(steps: Any) -> str:
    """Write a path of keys and positions as a person would: ``items[2].type``."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".") or "the document"
