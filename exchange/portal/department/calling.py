"""Examples of how an agreement is called: the command `hub`, and the relay's one HTTP call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SUBJECT = "SUBJECT"
_TEXT = "TEXT"
RELAY = "http://127.0.0.1:8077"


@dataclass(frozen=True)
class Example:
    """One way of calling, ready to copy."""

    method: str
    command: str
    relay: str


def examples(agreement_id: str, text: Mapping[str, Any]) -> list[Example]:
    """One example for each agreed method that the client knows; `SUBJECT` stands for an identifier."""
    known = {"VERIFY": _verify, "QUERY": _query, "BATCH": _batch}
    return [known[method](agreement_id, text) for method in ("VERIFY", "QUERY", "BATCH") if method in text["methods"]]


def _verify(agreement_id: str, text: Mapping[str, Any]) -> Example:
    fact = _first_fact(text)
    options = f"--subject {SUBJECT} --fact {_fact_option(fact)} {_reference(text)}"
    body = {**_body(text), "subject": SUBJECT, "facts": [fact]}
    return Example("VERIFY", f"hub verify-fact --agreement {agreement_id} \\\n    {options}", _curl(agreement_id, "verify", body))


def _query(agreement_id: str, text: Mapping[str, Any]) -> Example:
    body = {**_body(text), "subject": SUBJECT}
    command = f"hub query --agreement {agreement_id} \\\n    --subject {SUBJECT} {_reference(text)}"
    return Example("QUERY", command, _curl(agreement_id, "query", body))


def _batch(agreement_id: str, text: Mapping[str, Any]) -> Example:
    body = {**_body(text), "subjects": [SUBJECT, SUBJECT]}
    command = f"hub batch --agreement {agreement_id} \\\n    --subjects people.csv {_reference(text)}"
    return Example("BATCH", command, _curl(agreement_id, "batch", body))


def _reference(text: Mapping[str, Any]) -> str:
    return f"--purpose {text['purposes'][0]} --case 2026-118 --officer automatic"


def _body(text: Mapping[str, Any]) -> dict[str, Any]:
    return {"purpose": text["purposes"][0], "case": "2026-118", "officer": "automatic"}


def _curl(agreement_id: str, method: str, body: Mapping[str, Any]) -> str:
    shown = json.dumps(body, ensure_ascii=False)
    return f"curl -s {RELAY}/{agreement_id}/{method} \\\n    -H 'Content-Type: application/json' \\\n    -d '{shown}'"


def _first_fact(text: Mapping[str, Any]) -> dict[str, Any]:
    row = text["facts"][0]
    return {"fact": row["fact"], "with": {name: _sample(rule) for name, rule in row["with"].items()}}


def _sample(rule: Mapping[str, Any]) -> Any:
    """A value that the agreement allows."""
    if "in" in rule:
        return rule["in"][0]
    if "text" in rule:
        return _TEXT
    return rule.get("min", SUBJECT)


def _fact_option(fact: Mapping[str, Any]) -> str:
    if not fact["with"]:
        return str(fact["fact"])
    return f"'{json.dumps(fact, ensure_ascii=False)}'"
