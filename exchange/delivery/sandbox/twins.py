"""The invented twin of a dataset: a policy that allows all that anybody could be granted, and records about nobody.

The same description gives the same records for ever, so that what a department builds against does not move.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from catalog.identifiers import Kinds
from exchange.delivery.facts import CompiledFact
from exchange.delivery.reading import Found
from exchange.sharing.parameters import complete
from exchange.sharing.policy import Policy, compile_policy

PURPOSE = "SANDBOX"
ROWS = 40
AS_OF = "2026-01-01T00:00:00Z"
_FIRST_YEAR, _YEARS, _STEP = 1930, 120, 37  # no common factor: the years of one item spread over the past and the future
_WIDEST = ("1900-01-01", "2199-12-31")
_EMPTY_EVERY = 7


@dataclass(frozen=True)
class Twin:
    """What the sandbox knows of a dataset: `agreement` is the id in its addresses; `subjects` have records."""

    agreement: str
    policy: Policy
    records: tuple[Mapping[str, Any], ...]

    @property
    def subjects(self) -> list[str]:
        """Invented identifiers of the first subject kind, each once."""
        item = self.policy.document["subjects"][0]["item"]
        return list(dict.fromkeys(str(record[item]) for record in self.records if record[item]))

    @property
    def example(self) -> dict[str, Any] | None:
        """A fact as it is asked on the wire, with values that the twin accepts; None where every fact names somebody else."""
        for fact in self.policy.document["facts"]:
            grants = self.policy.facts.get(fact["name"])
            values = {one["name"]: _example(one, grants[0][one["name"]]) for one in fact["parameters"]} if grants else {"": None}
            if None not in values.values():
                return {"fact": fact["name"], "with": values}
        return None

    def found(self, facts: Mapping[str, CompiledFact]) -> Found:
        """Every record under every subject that it names, and the counts that facts ask for."""
        found = Found()
        for subject in self.policy.document["subjects"]:
            for record in self.records:
                if record[subject["item"]]:
                    found.records.setdefault((subject["kind"], str(record[subject["item"]])), []).append(record)
        for item in {item for fact in facts.values() for item in fact.counted_items}:
            for record in self.records:
                found.same[(item, record[item])] = found.same.get((item, record[item]), 0) + 1
        return found


def agreement_of(dataset: str) -> str:
    """The id by which the sandbox speaks of a dataset: it has the form of an agreement's, and can be none."""
    return b32encode(hashlib.sha256(f"mianzheng/sandbox/v1\n{dataset}".encode()).digest()[:20]).decode().lower()


def twin_of(version: Any, *, system: str, restricted: frozenset[tuple[str, str]], kinds: Kinds) -> Twin:
    """The twin of a dataset version in force (audit.proof.acts.VersionStanding), as `system` may ask it."""
    document: Mapping[str, Any] = version.version
    code = str(document["code"])
    agreement = agreement_of(code)
    invented = SimpleNamespace(agreement=_agreement(document, system), state="IN_FORCE", superseded_by=None)
    loaded = SimpleNamespace(order={"version": version.hash, "as_of": AS_OF, "lookup": "", "rows": ""})
    standing = SimpleNamespace(versions={code: version}, restricted=restricted, revisions={code: loaded})
    records = tuple(_record(document, number, kinds) for number in range(ROWS))
    return Twin(agreement, compile_policy(agreement, invented, standing), records)


def _agreement(document: Mapping[str, Any], system: str) -> dict[str, Any]:
    """All that the description lets anybody ask for."""
    items = [item["name"] for item in document["items"] if item["sharing_attribute"] != "NOT_SHARED"]
    return {
        "provider": document["provider"],
        "requester": "SANDBOX",
        "systems": [system],
        "dataset": document["code"],
        "major": document["major"],
        "methods": ["BATCH", "QUERY", "VERIFY"],
        "items": items,
        "facts": [{"fact": fact["name"], "with": _values(fact, document)} for fact in document["facts"]],
        "row_filter": None,
        "purposes": [PURPOSE],
        "legal_basis": [{"text": {"en": "Invented data: no law is needed", "zh": "虚构数据，无需法律依据"}, "article": "-"}],
        "quota": {},
        "period": {"from": _WIDEST[0], "until": _WIDEST[1]},
    }


def _values(fact: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Every value that each parameter may take."""
    listed = {parameter["name"]: _listed(parameter, document) for parameter in fact["parameters"]}
    return complete(fact, {name: rule for name, rule in listed.items() if rule}, period=_WIDEST)


def _listed(parameter: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values of what has no range: codes, and lists of small numbers."""
    match parameter["type"]:
        case "code" | "code_list":
            return {"in": [row["code"] for row in document["code_lists"][parameter["code_list"]]]}
        case "boolean":
            return {"in": [True, False]}
        case "integer_list":
            return {"in": list(range(100))}
        case _:
            return None


def _example(parameter: Mapping[str, Any], rule: Mapping[str, Any]) -> Any:
    """A value inside the rule; None for another person, and for what no rule can bound."""
    value = rule["in"][0] if "in" in rule else rule.get("min", "示例" if "text" in rule else None)
    if parameter["type"].endswith("_list"):
        return [value] if "in" in rule else None
    return value


def _record(document: Mapping[str, Any], number: int, kinds: Kinds) -> dict[str, Any]:
    return {item["name"]: _value(item, position, number, document, kinds) for position, item in enumerate(document["items"])}


def _value(item: Mapping[str, Any], position: int, number: int, document: Mapping[str, Any], kinds: Kinds) -> Any:
    """A value of the right type that nobody has; now and then an optional one is missing, as in life."""
    named = {*document["key"], *(subject["item"] for subject in document["subjects"])}
    turn = number + position
    if item["name"] not in named and not item.get("required") and turn % _EMPTY_EVERY == _EMPTY_EVERY - 1:
        return None
    match item["type"]:
        case "identifier":
            return kinds[item["identifier"]].invent(number + 1)
        case "code":
            codes = document["code_lists"][item["code_list"]]
            return codes[turn % len(codes)]["code"]
        case _:
            return _plain(item, number, turn)


def _plain(item: Mapping[str, Any], number: int, turn: int) -> Any:
    day = date(_FIRST_YEAR + turn * _STEP % _YEARS, 1 + turn % 12, 1 + turn % 28).isoformat()
    plain = {
        "boolean": turn % 3 != 0,
        "decimal": str(item.get("minimum", "0")),
        "date": day,
        "datetime": f"{day}T08:00:00",
    }
    return _integer(item, number) if item["type"] == "integer" else plain.get(item["type"], f"示例 {number + 1}")


def _integer(item: Mapping[str, Any], number: int) -> int:
    """Spread over the declared range, or counted from its open end."""
    low = int(item.get("minimum", 0))
    high = int(item["maximum"]) if "maximum" in item else low + 10 * ROWS
    return low + (high - low) * (number % ROWS) // (ROWS - 1)
