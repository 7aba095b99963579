"""Random worlds for the policy and for its reference model, and the comparison of the two. By itself a program:

    python -m tests.sharing.policy_worlds 20000000 [seed]     compares so many decisions, prints how many and how long

Half of what is random lies near the edges: first and last days, values beside the agreed ones, things that were just taken away.
"""

from __future__ import annotations

import random
import sys
import time
from types import SimpleNamespace
from typing import Any

from exchange.sharing.policy import Asked, Method, compile_policies, decide
from tests.sharing.reference_model import answer, items_read

CALLS_A_WORLD = 50
DATASETS = ("R1", "R2")
ITEMS = {"person": "identifier", "owner": "identifier", "grade": "integer", "since": "date", "note": "text"}
FACTS: dict[str, Any] = {
    "grade_in": {"op": "in", "item": "grade", "parameter": "grades"},
    "older": {"op": "all", "of": [{"op": "years", "item": "since"}, {"op": "not", "of": {"op": "present", "item": "note"}}]},
    "owned_by": {"op": "equals", "item": "owner", "parameter": "who"},
}
RULES: dict[str, list[Any]] = {
    "grade_in": [{}, {"grades": {"in": [1, 2]}}, {"grades": {"in": [1, 3, "x"]}}],
    "older": [{}, {"n": {"min": 18, "max": 80}}, {"n": {"min": 60}}, {"n": {"max": 30}, "name": {"text": 4}}],
    "owned_by": [{}, {"who": {"subject": "company"}}, {"who": {"text": 3}}],
}
VALUES: dict[str, list[Any]] = {
    "grades": [1, 3, True, "x", [], [1], [1, 2], [1, 4], [True], 1.0],
    "n": [17, 18, 60, 80, 81, True, "18", None],
    "name": ["", "four", "fives", 4],
    "who": ["a", "", "long text", {"kind": "company"}, {"kind": "person"}, 7],
    "else": [1],
}
METHODS = ("VERIFY", "QUERY", "BATCH", "EXPORT")
STATES = ("IN_FORCE",) * 36 + ("SUSPENDED", "REVOKED", "SUPERSEDED", "?")
PERIODS = (("2026-01-01", "2026-12-31"), ("2026-11-20", "2026-11-20"), ("2026-11-20T12:00:00Z", "2026-11-21T12:00:00Z"))
TIMES = (
    "2025-12-31T23:59:59Z",
    "2026-01-01T00:00:00Z",
    "2026-11-20T00:00:00Z",
    "2026-11-20T11:59:59Z",
    "2026-11-20T12:00:00Z",
    "2026-11-20T23:59:59Z",
    "2026-11-21T00:00:00Z",
    "2026-11-21T11:59:59Z",
    "2026-11-21T12:00:00Z",
    "2026-12-31T23:59:59Z",
    "2027-01-01T00:00:00Z",
)
NOW = "2026-11-20T12:00:00Z"  # inside every period
FILTERS: list[Any] = [
    None,
    None,
    {"grade": {"in": [1]}},
    {"since": {"years_at_least": 60}},
    {"grade": {"years_at_least": 60}},
    {"grade": {"at_least": 1, "at_most": 2, "not_in": [3]}},
    {"grade": {"at_least": "1.5"}},
    {"since": {"at_most": "2020-02-29"}, "note": {"present": True}},
    {"note": {"at_most": "2020-02-29"}},
    {"owner": {"starts_with": "91"}},
    {"since": {"starts_with": "19"}},
    {"any": [{"grade": {"in": [1]}}, {"since": {"years_at_most": 6}}]},
    {"any": [{"grade": {"in": [1]}}, {"gone": {"present": False}}]},
    {"any": [{"note": {"not_in": ["a"]}}, {"note": {"not_in": [1]}}]},
    {"gone": {"in": [1]}},
]


def some(chance: random.Random, things: Any, share: float = 0.7) -> list[Any]:
    """Each of `things` with this probability."""
    return [thing for thing in things if chance.random() < share]


def random_version(chance: random.Random) -> dict[str, Any]:
    """A description; the items that name subjects are always there."""
    names = ["person", *some(chance, list(ITEMS)[1:], 0.85)]
    chance.shuffle(names)
    items = [_item(chance, name) for name in names]
    subjects = [{"item": "person", "kind": "person"}]
    if "owner" in names:
        subjects.append({"item": "owner", "kind": "company"})
    facts = [name for name in some(chance, FACTS, 0.9) if all(item in names for item in items_read(FACTS[name]))]
    described = [{"name": name, "expression": FACTS[name]} for name in facts]
    version = {"major": 2 if chance.random() < 0.05 else 1, "items": items, "subjects": subjects, "facts": described}
    if chance.random() < 0.1:
        version["methods"] = chance.choice((["VERIFY"], ["QUERY", "BATCH"]))
    return version


def _item(chance: random.Random, name: str) -> dict[str, Any]:
    shared = "NOT_SHARED" if chance.random() < 0.15 else "CONDITIONAL"
    return {"name": name, "type": ITEMS[name], "sensitivity": chance.randint(1, 4), "sharing_attribute": shared}


def random_agreement(chance: random.Random) -> dict[str, Any]:
    """A signed text and its state. Masks may have been overtaken by a new version, so they fall on anything."""
    first, last = chance.choice(PERIODS)
    items = some(chance, [*ITEMS, "gone"], 0.5)
    text = {
        "provider": "DPF",
        "requester": "CAB",
        "systems": some(chance, ("CAB-a", "CAB-b"), 0.8),
        "dataset": chance.choice(DATASETS),
        "major": 1,
        "methods": some(chance, METHODS),
        "items": items,
        "facts": [{"fact": name, "with": chance.choice(RULES[name])} for name in some(chance, [*FACTS, *FACTS], 0.6)],
        "row_filter": chance.choice(FILTERS) if chance.random() < 0.3 else None,
        "purposes": some(chance, ("relief", "housing"), 0.8),
        "legal_basis": [{"article": "2"}],
        "quota": {},
        "period": {"from": first, "until": last},
    }
    if chance.random() < 0.3:
        text["masks"] = {name: {"keep_first": 1, "keep_last": 1} for name in some(chance, items, 0.4)}
    return {"text": text, "state": chance.choice(STATES)}


def random_world(chance: random.Random) -> dict[str, Any]:
    """Two datasets, of which one may be gone, some restrictions, and four agreements."""
    return {
        "versions": {code: random_version(chance) for code in some(chance, DATASETS, 0.95)},
        "restricted": frozenset(some(chance, [(code, name) for code in DATASETS for name in ITEMS], 0.1)),
        "agreements": {f"a{number}": random_agreement(chance) for number in range(4)},
    }


def random_call(chance: random.Random, world: dict[str, Any]) -> dict[str, Any]:
    """One call, mostly inside some agreement."""
    name = "none" if chance.random() < 0.03 else chance.choice([*world["agreements"]])
    text = world["agreements"].get(name, world["agreements"]["a0"])["text"]
    near = chance.random() < 0.9
    facts = [(fact, _parameters(chance, fact)) for fact in some(chance, [*FACTS, "unknown"], 0.2)]
    return {
        "agreement": name,
        "system": chance.choice(text["systems"] if near and text["systems"] else ["CAB-a", "HSG-x"]),
        "method": chance.choice(text["methods"] if near and text["methods"] else METHODS),
        "purpose": chance.choice(text["purposes"] if near and text["purposes"] else ["relief", "curiosity"]),
        "facts": facts,
        "kinds": some(chance, ("person",), 0.7) + some(chance, ("company",), 0.15) + some(chance, ("parcel",), 0.03),
        "case": chance.random() < 0.93,
        "officer": chance.random() < 0.93,
    }


def compiled(world: dict[str, Any]) -> Any:
    """The world as the hub compiles it."""
    agreements = {
        name: SimpleNamespace(agreement=one["text"], state=one["state"], superseded_by=None) for name, one in world["agreements"].items()
    }
    versions = {code: SimpleNamespace(hash=f"sha256:{code}", version=document) for code, document in world["versions"].items()}
    standing = SimpleNamespace(
        head=(1, "sha256:1"),
        agreements=agreements,
        versions=versions,
        revisions={},
        restricted=world["restricted"],
        certificates={},
        offers={},
    )
    return compile_policies(standing)


def decided(policies: Any, call: dict[str, Any], now: str) -> tuple[str | None, tuple[str, ...]]:
    """What the hub says to the call, in the model's form."""
    asked = Asked(
        call["system"],
        call["agreement"],
        Method(call["method"]),
        call["purpose"],
        tuple(call["facts"]),
        frozenset(call["kinds"]),
        call["case"],
        call["officer"],
    )
    found = decide(policies, asked, now)
    if found.refusal is not None:
        return found.refusal.code, ()
    assert found.policy is not None
    return None, () if call["facts"] else found.policy.items


def differences(count: int, seed: int) -> tuple[list[Any], dict[str | None, int]]:
    """Compare `count` decisions: the calls about which the two differ (ten at most), and how often each answer came."""
    chance, found, told = random.Random(seed), [], {}  # type: ignore[var-annotated]
    for _world in range(-(-count // CALLS_A_WORLD)):
        world = random_world(chance)
        policies = compiled(world)
        for _call in range(CALLS_A_WORLD):
            call, now = random_call(chance, world), chance.choice(TIMES) if chance.random() < 0.3 else NOW
            wanted, got = answer(world, call, now), decided(policies, call, now)
            told[wanted[0]] = told.get(wanted[0], 0) + 1
            if wanted != got and len(found) < 10:
                found.append((wanted, got, call, now, world["agreements"].get(call["agreement"])))
    return found, told


def _parameters(chance: random.Random, fact: str) -> dict[str, Any]:
    names = {"grade_in": ["grades"], "older": ["n", "name"], "owned_by": ["who"]}.get(fact, [])
    return {name: chance.choice(VALUES[name]) for name in some(chance, names, 0.7) + some(chance, ["else"], 0.08)}


def main(arguments: list[str]) -> int:
    """Compare as many decisions as are asked for; 1 where the two differ."""
    count, seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1
    began = time.monotonic()
    found, told = differences(count, seed)
    for difference in found:
        sys.stdout.write(f"{difference}\n")
    shares = ", ".join(
        f"{code or 'allowed'} {number * 100 / count:.1f} %" for code, number in sorted(told.items(), key=lambda item: -item[1])
    )
    sys.stdout.write(f"{count} decisions, {len(found)} differences shown, {time.monotonic() - began:.0f} s: {shares}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
