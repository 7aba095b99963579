"""The policy against its reference model, exhaustively in a small world and at random in larger ones; and the laws that both obey.

`.ci/run` compares 500,000 more (tests/sharing/policy_worlds.py, which takes any number).
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from tests.sharing.policy_worlds import CALLS_A_WORLD, NOW, TIMES, compiled, decided, differences, random_call, random_world
from tests.sharing.reference_model import answer

DECISIONS = 20_000
LAW_WORLDS = 60
CODES = {
    None,
    "CASE_REQUIRED",
    "EXPIRED",
    "FACT_NOT_AGREED",
    "FACT_PARAMETER",
    "METHOD_NOT_AGREED",
    "NOTHING_TO_GIVE",
    "NOT_YET_IN_FORCE",
    "NO_AGREEMENT",
    "PURPOSE_NOT_AGREED",
    "REVOKED",
    "SUBJECT_KIND",
    "SUPERSEDED",
    "SUSPENDED",
    "VERSION_CHANGED",
}


def test_the_policy_and_its_model_agree_call_by_call_and_every_answer_comes() -> None:
    found, told = differences(DECISIONS, seed=20261121)
    assert found == []
    assert set(told) == CODES


def small_world(state: str, restricted: bool, facts: Any, masks: Any, sensitivity: int) -> dict[str, Any]:
    """One agreement about one item and one fact."""
    person = {"name": "person", "type": "identifier", "sensitivity": 1, "sharing_attribute": "CONDITIONAL"}
    grade = {"name": "grade", "type": "text", "sensitivity": sensitivity, "sharing_attribute": "CONDITIONAL"}
    version = {
        "major": 1,
        "items": [person, grade],
        "subjects": [{"item": "person", "kind": "person"}],
        "facts": [{"name": "grade_in", "expression": {"op": "in", "item": "grade"}}],
    }
    text = {
        "provider": "DPF",
        "requester": "CAB",
        "systems": ["CAB-a"],
        "dataset": "R1",
        "major": 1,
        "methods": ["QUERY"],
        "items": ["grade"],
        "facts": facts,
        "row_filter": None,
        "purposes": ["relief"],
        "legal_basis": [],
        "quota": {},
        "period": {"from": "2026-11-20", "until": "2026-11-20"},
        **masks,
    }
    closed = frozenset({("R1", "grade")}) if restricted else frozenset()
    return {"versions": {"R1": version}, "restricted": closed, "agreements": {"a": {"text": text, "state": state}}}


def test_they_agree_about_every_call_of_a_small_world() -> None:
    grants: list[Any] = [[], [{"fact": "grade_in", "with": {}}], [{"fact": "grade_in", "with": {"grades": {"in": ["1"]}}}]]
    masks: list[Any] = [{}, {"masks": {"grade": {"keep_first": 1, "keep_last": 0}}}]
    asked: list[Any] = [[], [("grade_in", {})], [("grade_in", {"grades": ["1"]})], [("grade_in", {"grades": ["2"]})]]
    calls = [
        {
            "agreement": name,
            "system": system,
            "method": method,
            "purpose": purpose,
            "facts": facts,
            "kinds": kinds,
            "case": case,
            "officer": case,
        }
        for name, system, method, purpose, facts, kinds, case in product(
            ("a", "b"), ("CAB-a", "HSG-x"), ("QUERY", "BATCH"), ("relief", "else"), asked, ([], ["person"], ["parcel"]), (True, False)
        )
    ]
    times = ("2026-11-19T23:59:59Z", "2026-11-20T00:00:00Z", "2026-11-20T23:59:59Z", "2026-11-21T00:00:00Z")
    for state, *what in product(("IN_FORCE", "SUSPENDED"), (False, True), grants, masks, (2, 3)):
        world = small_world(state, *what)
        policies = compiled(world)
        for call, now in product(calls, times):
            assert decided(policies, call, now) == answer(world, call, now), (world, call, now)


def allows(policies: Any, call: Any, now: str) -> frozenset[str]:
    """What is allowed, as a set that narrowing can only make smaller: the call itself, and each item that would leave."""
    code, items = decided(policies, call, now)
    return frozenset() if code is not None else frozenset({"the call", *items})


Narrow = Callable[[random.Random, dict[str, Any]], None]


def without_one(member: str) -> Narrow:
    """One of the agreement's systems, methods, purposes, items or grants of facts is taken away."""

    def narrow(chance: random.Random, world: dict[str, Any]) -> None:
        for agreed in world["agreements"].values():
            if agreed["text"][member]:
                agreed["text"][member].pop(chance.randrange(len(agreed["text"][member])))

    return narrow


def restrict(chance: random.Random, world: dict[str, Any]) -> None:
    """One more item is restricted."""
    dataset = chance.choice(sorted(world["versions"]) or ["R1"])
    world["restricted"] |= {(dataset, chance.choice(("owner", "grade", "since", "note")))}


def no_more_shared(chance: random.Random, world: dict[str, Any]) -> None:
    """One item is no longer shared in the newest version."""
    for version in world["versions"].values():
        chance.choice(version["items"])["sharing_attribute"] = "NOT_SHARED"


def facts_alone(_chance: random.Random, world: dict[str, Any]) -> None:
    """The newest version answers facts alone."""
    for version in world["versions"].values():
        version["methods"] = ["VERIFY"] if "VERIFY" in version.get("methods", ["VERIFY"]) else ["QUERY"]


def mask(chance: random.Random, world: dict[str, Any]) -> None:
    """One more item is masked."""
    for agreed in world["agreements"].values():
        if agreed["text"]["items"]:
            agreed["text"].setdefault("masks", {})[chance.choice(agreed["text"]["items"])] = {"keep_first": 0, "keep_last": 0}


def fewer_values(_chance: random.Random, world: dict[str, Any]) -> None:
    """Every parameter that was agreed by a list loses its first value."""
    for agreed in world["agreements"].values():
        for grant in agreed["text"]["facts"]:
            grant["with"] = {name: {"in": rule["in"][1:]} if "in" in rule else rule for name, rule in grant["with"].items()}


def end(state: str) -> Narrow:
    """Every agreement is in this state."""

    def narrow(_chance: random.Random, world: dict[str, Any]) -> None:
        for agreed in world["agreements"].values():
            agreed["state"] = state

    return narrow


NARROWINGS: dict[str, Narrow] = {
    **{f"one of its {member} is taken away": without_one(member) for member in ("systems", "methods", "purposes", "items", "facts")},
    "an item is restricted": restrict,
    "an item is no longer shared": no_more_shared,
    "an item is masked": mask,
    "a dataset answers facts alone": facts_alone,
    "a parameter has fewer values": fewer_values,
    **{f"it is {state}": end(state) for state in ("SUSPENDED", "REVOKED", "SUPERSEDED")},
}
NEEDS_CARE_AS_BEFORE = {"one of its items is taken away", "one of its facts is taken away"}


@pytest.mark.parametrize("name", NARROWINGS)
def test_whatever_is_taken_away_nothing_more_is_allowed(name: str) -> None:
    chance, lost = random.Random(name), 0
    for _world in range(LAW_WORLDS):
        world = random_world(chance)
        less = copy.deepcopy(world)
        NARROWINGS[name](chance, less)
        before, after = compiled(world), compiled(less)
        for _call in range(CALLS_A_WORLD):
            call = random_call(chance, world)
            if name in NEEDS_CARE_AS_BEFORE:  # what is asked for less sensitive things needs no case: not more of anything
                call |= {"case": True, "officer": True}
            now = chance.choice((*TIMES, NOW, NOW))
            had, has = allows(before, call, now), allows(after, call, now)
            assert has <= had, (call, now)
            lost += has < had
    assert lost, "no call lost anything: the law was not tried"


def test_what_is_over_stays_over_and_what_has_not_begun_was_never_open() -> None:
    """Along time each agreement is closed, then open, then closed for good."""
    chance, opened = random.Random("time"), 0
    for _world in range(LAW_WORLDS):
        world = random_world(chance)
        policies = compiled(world)
        for _call in range(CALLS_A_WORLD):
            call = random_call(chance, world)
            along = "".join("1" if allows(policies, call, now) else "0" for now in TIMES)
            assert "0" not in along.strip("0"), along
            opened += "1" in along
    assert opened
