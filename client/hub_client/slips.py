"""Check a citizen's proof slip, or the file of all lines about a person: offline, from the pinned root on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.proof.merkle import ProofError
from audit.proof.note import NoteError
from audit.proof.slip import ProvedList, ProvedSlip, is_list, is_slip, verify_list, verify_slip
from hub_client.configuration import Configuration
from hub_client.connection import Transport
from hub_client.errors import DataError
from hub_client.trust import Trust
from hub_client.verifying import REPORTED, known_keys


@dataclass(frozen=True, slots=True)
class Slips:
    """What a file proves, as `--json` shows it and as lines to read. Nobody is named in either."""

    document: dict[str, Any]
    lines: list[str]


def is_ours(document: Mapping[str, Any]) -> bool:
    """Whether the file is a proof slip or a list of them, and no receipt."""
    return is_slip(document) or is_list(document)


def check_slips(document: dict[str, Any], configuration: Configuration, *, transport: Transport | None, folder: Path) -> Slips:
    """Check the file. A list holds the keys that it needs; for a slip they are asked for, or found beside it. Raises DataError."""
    known = known_keys(document.get("keys"), configuration, transport, folder)
    if is_slip(document):
        return _shown_slip(_with_each_key(known, lambda key: verify_slip(document, log=known.hub, log_key=key)))
    statement: Any = document.get("statement") or {}
    answer_keys = _answer_keys(document, known, str(statement.get("made_at", "")))
    return _shown_list(_with_each_key(known, lambda key: verify_list(document, log=known.hub, log_key=key, answer_keys=answer_keys)))


def _answer_keys(document: Mapping[str, Any], known: Trust, at: str) -> dict[str, bytes]:
    signature: Any = document.get("signature")
    keyid = str(signature.get("keyid", "")) if isinstance(signature, dict) else ""
    return {keyid: known.answer_key(keyid, at)}


def _with_each_key(known: Trust, check: Any) -> Any:
    """The first check that holds, under any key of the log that the root stands behind."""
    failure = DataError("NO_LOG_KEY", "the authority's root certified no key of the log")
    for key in known.log_keys():
        try:
            return check(key)
        except (ProofError, NoteError, ValueError) as error:
            failure = DataError("BAD_SLIP", f"it does not hold: {error}")
    raise failure


def _shown_slip(found: ProvedSlip) -> Slips:
    route = found.entry.opened.get("route") or {}
    told = {name: route[name] for name in REPORTED if name in route}
    document = {
        "kind": "slip",
        "index": found.entry.index,
        "size": found.entry.checkpoint.size,
        "persons": len(found.persons),
        "route": told,
    }
    said = f"{route.get('requester') or '?'} asked {route.get('provider') or '?'}: {route.get('method', route.get('type', '?'))}"
    lines = [
        f"The proof slip is genuine: entry {found.entry.index}, in a log of {found.entry.checkpoint.size}.",
        f"{said} on {route.get('dataset', '?')} for {route.get('purpose', '?')}: {route.get('outcome', '?')}",
        "It names the person whose slip it is." if found.persons else "It proves that the list was given, not who stood on it.",
    ]
    return Slips(document, lines)


def _shown_list(found: ProvedList) -> Slips:
    statement = found.statement
    document = {
        "kind": "list",
        "made_at": statement["made_at"],
        "size": statement["size"],
        "lines": found.count,
        "proved": len(found.slips),
        "unproved": list(found.unproved),
    }
    lines = [
        f"The file is genuine: the hub signed at {statement['made_at']} that these are all {found.count} lines about the person,",
        f"up to entry {statement['size'] - 1} of its log. {len(found.slips)} of them are proved by their slips.",
    ]
    if found.unproved:
        numbers = ", ".join(map(str, found.unproved))
        lines.append(f"The hub itself could not prove these any more: {numbers}.")
    return Slips(document, lines)
