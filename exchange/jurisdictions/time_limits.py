"""Time limits as data: profiles of one jurisdiction, of which one is in force. Each row names its article and its source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from audit.errors import Fault
from exchange.jurisdictions.errors import JurisdictionInvalid
from exchange.jurisdictions.yaml_text import Lines, read_yaml_lines

Row = Mapping[str, Any]
_SCHEMA = Path(__file__).resolve().parent / "schema" / "time_limits.json"
_OWN = "time_limits.yaml"
_MOST_BUILT_ON = 5


def load_time_limits(folder: Path, profile: str = "") -> dict[str, Row]:
    """The rows of a profile by rule, each with its `profile`; what it does not say, the profile that it builds on says.

    Empty: the jurisdiction's own (`time_limits.yaml`). Raises JurisdictionInvalid, naming the line, and for an unknown profile.
    """
    return dict(_rows(folder, profile, _edition(folder)))


def profiles_of(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Every profile of the jurisdiction by its name, as it stands in its file."""
    documents = (_read(path) for path in sorted(folder.glob("time_limits*.yaml")))
    return {document["profile"]: document for document in documents}


def _edition(folder: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_mtime_ns for path in sorted(folder.glob("time_limits*.yaml")))


@lru_cache(maxsize=16)
def _rows(folder: Path, profile: str, _edition: tuple[int, ...]) -> Mapping[str, Row]:
    known = profiles_of(folder)
    name: str | None = profile or _read(folder / _OWN)["profile"]
    found: dict[str, Row] = {}
    for _ in range(_MOST_BUILT_ON):
        if name is None:
            return found
        if name not in known:
            message = f"there is no profile {name!r}: choose one of {sorted(known)}"
            raise JurisdictionInvalid(_OWN, [Fault("profile", "unknown", message)])
        document = known[name]
        found = {row["rule"]: {**row, "profile": name} for row in document["limits"]} | found
        name = document.get("builds_on")
    raise JurisdictionInvalid(_OWN, [Fault("builds_on", "circle", "the profiles build on each other in a circle: let one stand alone")])


def _read(path: Path) -> Any:
    """One file, checked. Days may be written as YAML dates or as text."""
    from jsonschema import Draft202012Validator

    document, lines = read_yaml_lines(path.read_text(encoding="utf-8"), name=path.name)
    for row in document.get("limits") or () if isinstance(document, dict) else ():
        if isinstance(row, dict) and isinstance(row.get("verified_on"), date):
            row["verified_on"] = row["verified_on"].isoformat()
    rules = Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")), format_checker=Draft202012Validator.FORMAT_CHECKER)
    faults = [
        Fault(f"line {_line(lines, tuple(error.absolute_path))}", str(error.validator), error.message)
        for error in sorted(rules.iter_errors(document), key=lambda error: [str(step) for step in error.absolute_path])
    ]
    faults = faults or list(_meaning(document, lines))
    if faults:
        raise JurisdictionInvalid(path.name, faults)
    return document


def _meaning(document: Mapping[str, Any], lines: Lines) -> Iterator[Fault]:
    """What a schema cannot say: a rule stands once, and steps add up to the whole."""
    seen: set[str] = set()
    for place, row in enumerate(document["limits"]):
        line = f"line {_line(lines, ('limits', place))}"
        if row["rule"] in seen:
            yield Fault(line, "unique", f"the rule {row['rule']} stands twice: keep one")
        seen.add(row["rule"])
        steps = row.get("steps") or []
        names = [step["step"] for step in steps]
        if len(set(names)) != len(names):
            yield Fault(line, "steps", f"a step of {row['rule']} stands twice: keep one")
        if steps and sum(step["working_days"] for step in steps) != row["working_days"]:
            yield Fault(line, "steps", f"the steps of {row['rule']} do not add up to its {row['working_days']} working days")


def _line(lines: Lines, steps: tuple[str | int, ...]) -> int:
    """Where the member stands, or the nearest one around it."""
    while steps and steps not in lines:
        steps = steps[:-1]
    return lines.get(steps, 1)
