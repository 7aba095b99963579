"""What a fake hub says: from a dictionary of records and facts, in the form of the wire."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answer = Callable[[str, dict[str, Any]], dict[str, Any]]
AS_OF = "2026-01-01T00:00:00Z"


@dataclass(slots=True)
class Held:
    """A question, and how often its result will still be asked for before it is there."""

    agreement: str
    method: str
    wire: dict[str, Any]
    request: str
    signature: str
    left: int = 0
    intent: str = ""
    body: dict[str, Any] = field(default_factory=dict)


def answer_of(
    method: str,
    wire: Mapping[str, Any],
    *,
    records: Mapping[str, list[dict[str, Any]]],
    facts: Mapping[str, Mapping[str, str]],
    changed: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """The body of an answer, but for its salt and receipt."""
    if method == "changes":
        return _page(wire, changed)
    if method == "verify":
        return {"answers": _facts(wire["facts"], facts.get(_id(wire["subject"]), {}))}
    if method == "query":
        return {"answer": {**_found(records.get(_id(wire["subject"]), [])), "as_of": AS_OF, "withheld": []}}
    lines = []
    for item in wire["subjects"]:
        subject = item["subject"] if isinstance(item, dict) and "subject" in item else item
        asked = wire.get("facts")
        told = {"facts": _facts(asked, facts.get(_id(subject), {}))} if asked else _found(records.get(_id(subject), []))
        lines.append({"subject": subject, **told})
    return {"answers": lines}


def _id(subject: Any) -> str:
    return str(subject["id"]) if isinstance(subject, dict) else str(subject)


def _found(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {"state": "FOUND" if records else "NO_RECORD", "records": records}


def _facts(asked: Sequence[Mapping[str, Any]], known: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{**fact, "answer": known.get(fact["fact"], "UNKNOWN"), "as_of": AS_OF} for fact in asked]


def _page(wire: Mapping[str, Any], changed: Sequence[dict[str, Any]]) -> dict[str, Any]:
    start = int(wire.get("cursor", "0"))
    page = list(changed[start : start + int(wire.get("most", 1_000))])
    after = start + len(page)
    return {"changes": page, "cursor": str(after), "more": after < len(changed), "as_of": AS_OF}
