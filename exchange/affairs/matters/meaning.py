"""What a schema cannot say of a matter: names that must exist, rounds that must end, promises that must be worded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from exchange.affairs.matters.faults import Broken, Steps
from exchange.affairs.rules.answers import Answer
from exchange.affairs.rules.reading import read_rule
from exchange.affairs.rules.tree import MOST_TRIED, evaluate, names_in

Document = Mapping[str, Any]
FREED = frozenset({"SHARED", "VERIFIED", "DEPARTMENT_CHECK"})
"""Dispositions that say: an exchange replaces the paper."""


def meaning_faults(matter: Document) -> Iterator[Broken]:
    """What is wrong with a document that already has the shape of `schema/matter.json`."""
    for check in (
        _repeated,
        _materials,
        _requirements,
        _references,
        _cycles,
        _conditions,
        _benefits,
        _rules,
        _payment,
        _licence,
        _proactive,
    ):
        yield from check(matter)


def _codes(matter: Document) -> dict[str, Document]:
    return {requirement["code"]: requirement for requirement in matter["requirements"]}


def _repeated(matter: Document) -> Iterator[Broken]:
    for member in ("requirements", "benefits", "former_materials"):
        codes = [row["code"] for row in matter[member]]
        for position, code in enumerate(codes):
            if code in codes[:position]:
                yield Broken((member, position, "code"), "unique", f"{code} appears twice: keep one, or choose another name")


def _materials(matter: Document) -> Iterator[Broken]:
    codes = _codes(matter)
    for position, material in enumerate(matter["former_materials"]):
        steps: Steps = ("former_materials", position)
        yield from _unknown(material.get("spared_by", ()), codes, (*steps, "spared_by"), "requirement")
        if material["disposition"] in FREED and not material.get("spared_by"):
            yield Broken(steps, "spared_by", "say which requirements replace this paper")


def _requirements(matter: Document) -> Iterator[Broken]:
    used = {condition["requirement"] for condition in matter["conditions"].values()}
    for position, requirement in enumerate(matter["requirements"]):
        steps: Steps = ("requirements", position)
        yield from _KIND_CHECKS[requirement["kind"]](requirement, steps)
        if "commitment" in requirement.get("fallbacks", ()) and "commitment" not in requirement:
            yield Broken(steps, "commitment", "word the promise that the citizen makes")
        if requirement["needed"] and requirement["code"] not in used:
            yield Broken((*steps, "needed"), "unused", "no condition needs it: ask nothing that decides nothing")
        if requirement.get("commitment_counts") and len(_expected_of(matter, requirement["code"])) > 1:
            yield Broken((*steps, "commitment_counts"), "expects", "its conditions expect different answers: a promise cannot mean both")


def _expected_of(matter: Document, code: str) -> set[str]:
    return {condition["expects"] for condition in matter["conditions"].values() if condition["requirement"] == code}


def _fact_faults(requirement: Document, steps: Steps) -> Iterator[Broken]:
    yield from _asked(requirement, steps, wanted="fact", other="items")
    if "NO" not in requirement["says"]:
        yield Broken((*steps, "says"), "says", "say what the citizen reads when the answer is no")


def _values_faults(requirement: Document, steps: Steps) -> Iterator[Broken]:
    yield from _asked(requirement, steps, wanted="items", other="fact")
    if "value_justified" not in requirement:
        yield Broken(steps, "value_justified", "a yes or no may suffice: ask a fact, or say in value_justified why not")


def _asked(requirement: Document, steps: Steps, *, wanted: str, other: str) -> Iterator[Broken]:
    if not requirement["sources"]:
        yield Broken((*steps, "sources"), "sources", "say which dataset is asked")
    for position, source in enumerate(requirement["sources"]):
        where = (*steps, "sources", position)
        if wanted not in source or other in source:
            yield Broken(where, wanted, f"a requirement of kind {requirement['kind']} asks {wanted} and no {other}")
        if wanted == "items" and "with" in source:
            yield Broken((*where, "with"), "with", "only a fact takes parameters")


def _self_provided_faults(requirement: Document, steps: Steps) -> Iterator[Broken]:
    if requirement["sources"]:
        yield Broken((*steps, "sources"), "sources", "what a citizen provides is asked of nobody: remove the sources")
    if "answer_form" not in requirement:
        yield Broken(steps, "answer_form", "say what the citizen fills in")


_KIND_CHECKS = {"fact": _fact_faults, "values": _values_faults, "self_provided": _self_provided_faults}


def references(requirement: Document) -> Iterator[tuple[Steps, Document]]:
    """Every earlier answer that a requirement takes something from, with where it says so."""
    if isinstance(requirement.get("about"), Mapping):
        yield ("about",), requirement["about"]
    for position, source in enumerate(requirement["sources"]):
        for name, value in source.get("with", {}).items():
            if isinstance(value, Mapping):
                yield ("sources", position, "with", name), value["from"]


def _references(matter: Document) -> Iterator[Broken]:
    codes = _codes(matter)
    for position, requirement in enumerate(matter["requirements"]):
        for steps, reference in references(requirement):
            where = ("requirements", position, *steps)
            earlier = codes.get(reference["requirement"])
            if earlier is None:
                yield Broken(where, "requirement", f"there is no requirement {reference['requirement']}")
            elif reference["item"] not in _given(earlier):
                yield Broken(where, "item", f"{reference['requirement']} does not give {reference['item']}")


def _given(requirement: Document) -> set[str]:
    """The items that every source of a requirement gives."""
    if requirement["kind"] == "self_provided":
        return set(requirement.get("answer_form", ()))
    each = [set(source.get("items", ())) for source in requirement["sources"]]
    return set.intersection(*each) if each else set()


def _cycles(matter: Document) -> Iterator[Broken]:
    waits = {row["code"]: {reference["requirement"] for _, reference in references(row)} for row in matter["requirements"]}
    open_codes = dict(waits)
    while ready := [code for code, needs in open_codes.items() if not needs & open_codes.keys()]:
        for code in ready:
            del open_codes[code]
    if open_codes:
        position = next(number for number, row in enumerate(matter["requirements"]) if row["code"] in open_codes)
        yield Broken(("requirements", position), "cycle", f"these wait for one another for ever: {', '.join(sorted(open_codes))}")


def _conditions(matter: Document) -> Iterator[Broken]:
    codes = _codes(matter)
    for code, condition in matter["conditions"].items():
        steps: Steps = ("conditions", code)
        yield from _unknown([condition["requirement"]], codes, (*steps, "requirement"), "requirement")
        kind = codes.get(condition["requirement"], {}).get("kind")
        if kind == "fact" and "when_no" not in condition:
            yield Broken(steps, "when_no", "say the reason and the remedy for a no: nobody is refused without them")
        if kind in ("values", "self_provided") and condition["expects"] == "NO":
            yield Broken((*steps, "expects"), "expects", "that nothing was found is never a no: expect YES")


def _benefits(matter: Document) -> Iterator[Broken]:
    used: set[str] = set()
    for position, benefit in enumerate(matter["benefits"]):
        for steps, name in _names(benefit["rule"], ("benefits", position, "rule")):
            used.add(name)
            yield from _unknown([name], matter["conditions"], steps, "condition")
    for code in matter["conditions"]:
        if code not in used:
            yield Broken(("conditions", code), "unused", "no rule names this condition: remove it")


def _rules(matter: Document) -> Iterator[Broken]:
    """A rule that no answers fulfil would refuse everybody; one that all fulfil asks for nothing."""
    for position, benefit in enumerate(matter["benefits"]):
        rule = read_rule(benefit["rule"])
        names = list(names_in(rule))
        if len(names) > MOST_TRIED:
            continue
        outcomes = {evaluate(rule, dict(zip(names, given, strict=True))) for given in product((Answer.YES, Answer.NO), repeat=len(names))}
        if len(outcomes) == 1:
            never = "fulfils" if outcomes == {Answer.NO} else "fails"
            yield Broken(("benefits", position, "rule"), "undecided", f"nobody ever {never} this rule: look at all, any and not")


def _names(rule: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(rule, str):
        yield steps, rule
    elif isinstance(rule, list):
        for position, part in enumerate(rule):
            yield from _names(part, (*steps, position))
    else:
        for operator, part in rule.items():
            if operator != "n":
                yield from _names(part, (*steps, operator))


def _payment(matter: Document) -> Iterator[Broken]:
    payment, codes = matter.get("payment"), _codes(matter)
    pays = any(benefit["grant"]["kind"] == "money" for benefit in matter["benefits"])
    if payment is None:
        if pays:
            yield Broken(("benefits",), "payment", "a grant of money needs payment: to which account, by which day")
        return
    for member, kind in (("account", "values"), ("other_account", "self_provided")):
        if member in payment and codes.get(payment[member], {}).get("kind") != kind:
            yield Broken(("payment", member), "requirement", f"name a requirement of kind {kind}")


def _licence(matter: Document) -> Iterator[Broken]:
    if "licence" not in matter and any(benefit["grant"]["kind"] == "licence" for benefit in matter["benefits"]):
        yield Broken(("benefits",), "licence", "a grant of a licence needs licence: its type, its claims, how long it is valid")


def _proactive(matter: Document) -> Iterator[Broken]:
    proactive, codes = matter.get("proactive"), _codes(matter)
    if proactive is None:
        return
    for member in ("facts", "stops_when"):
        yield from _unknown(proactive[member], codes, ("proactive", member), "requirement")
    for position, requirement in enumerate(matter["requirements"]):
        if requirement["kind"] == "self_provided" and requirement["needed"]:
            yield Broken(("requirements", position, "needed"), "proactive", "what is offered without application may demand nothing")


def _unknown(names: Any, known: Any, steps: Steps, what: str) -> Iterator[Broken]:
    for name in names:
        if name not in known:
            yield Broken(steps, what, f"there is no {what} {name}")


_CHECKS = (_repeated, _materials, _requirements, _references, _cycles, _conditions, _benefits, _rules, _payment, _licence, _proactive)
