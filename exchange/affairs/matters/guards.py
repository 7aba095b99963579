"""What a matter may not be published with: a paper that an office holds, a question that no register answers.

A matter's own words are held against the descriptions of datasets (exchange.affairs.matters.registers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exchange.affairs.matters.faults import Broken, Steps
from exchange.affairs.matters.meaning import references
from exchange.affairs.matters.registers import Registers
from exchange.sharing.parameters import parameter_faults

Document = Mapping[str, Any]
OWNER_CHECK = "OWNER_CHECK"


def guard_faults(matter: Document, registers: Registers) -> Iterator[Broken]:
    """Every reason why the matter may not be published."""
    for check in (_names, _demands, _sources, _idle_values, _listed, _offered):
        yield from check(matter, registers)


def _names(matter: Document, registers: Registers) -> Iterator[Broken]:
    if matter["lead"] not in registers.departments:
        yield Broken(("lead",), "department", f"there is no department {matter['lead']}")
    for position, code in enumerate(matter["joint"]):
        if code not in registers.departments:
            yield Broken(("joint", position), "department", f"there is no department {code}")
    for position, kind in enumerate(matter["identifier_kinds"]):
        if kind not in registers.identifier_kinds:
            yield Broken(("identifier_kinds", position), "kind", f"there is no kind of identifier {kind}")
    yield from _purpose(matter["purpose"], ("purpose",), registers)


def _purpose(code: str, steps: Steps, registers: Registers) -> Iterator[Broken]:
    if code not in registers.purposes:
        yield Broken(steps, "purpose", f"there is no purpose {code}")


def _demands(matter: Document, registers: Registers) -> Iterator[Broken]:
    """A demanded paper, or an answer that the citizen must give, which a dataset that may be shared holds."""
    for position, material in enumerate(matter["former_materials"]):
        if material["disposition"] == "SELF_PROVIDED":
            yield from _held(material, ("former_materials", position), registers)
    for position, requirement in enumerate(matter["requirements"]):
        if requirement["kind"] == "self_provided" and requirement["needed"]:
            yield from _held(requirement, ("requirements", position), registers)


def _held(demanded: Document, steps: Steps, registers: Registers) -> Iterator[Broken]:
    for description in registers.every():
        if description["sharing_attribute"] == "NOT_SHARED":
            continue
        if description["code"] in demanded.get("held_in", ()) or _same_thing(demanded, description):
            yield Broken(steps, "held_by_an_office", f"{description['provider']} holds this in {description['code']}: ask there instead")


def _same_thing(demanded: Document, description: Document) -> bool:
    names = {description["name"], *(fact["name"] for fact in description["facts"])}
    english = description["title"]["en"].lower().removesuffix("s")
    titles = demanded["title"]
    return demanded["code"] in names or english in titles["en"].lower() or description["title"]["zh"] in titles["zh"]


def _sources(matter: Document, registers: Registers) -> Iterator[Broken]:
    for position, requirement in enumerate(matter["requirements"]):
        for number, source in enumerate(requirement["sources"]):
            steps: Steps = ("requirements", position, "sources", number)
            description = registers.description(source["dataset"])
            if description is None:
                yield Broken((*steps, "dataset"), "dataset", f"there is no dataset {source['dataset']}")
                continue
            yield from _asked_of(source, description, steps)
            yield from _subject(matter, requirement, description, steps)
            yield from _why_asked(matter, source, description, steps, registers)


def _asked_of(source: Document, description: Document, steps: Steps) -> Iterator[Broken]:
    if description["sharing_attribute"] == "NOT_SHARED":
        yield Broken((*steps, "dataset"), "not_shared", f"{description['code']} is not shared with anybody")
    items = {item["name"]: item for item in description["items"]}
    for name in source.get("items", ()):
        if items.get(name, {}).get("sharing_attribute", "NOT_SHARED") == "NOT_SHARED":
            yield Broken((*steps, "items"), "item", f"{description['code']} shares no item {name}")
    if "fact" in source:
        yield from _fact(source, description, steps)


def _fact(source: Document, description: Document, steps: Steps) -> Iterator[Broken]:
    fact = next((fact for fact in description["facts"] if fact["name"] == source["fact"]), None)
    if fact is None:
        yield Broken((*steps, "fact"), "fact", f"{description['code']} answers no fact {source['fact']}")
        return
    given = source.get("with", {})
    taken = {name for name, value in given.items() if isinstance(value, Mapping)}
    for name in sorted(taken - {parameter["name"] for parameter in fact["parameters"]}):
        yield Broken((*steps, "with", name), "unknown", f"the fact {fact['name']} has no parameter {name}")
    written = {name: {"in": value if isinstance(value, list) else [value]} for name, value in given.items() if name not in taken}
    left = {**fact, "parameters": [parameter for parameter in fact["parameters"] if parameter["name"] not in taken]}
    for fault in parameter_faults("with", left, written, description):
        member = fault.where.removeprefix("with.")
        yield Broken((*steps, "with", member), fault.rule, f"the fact {fact['name']}, {member}: {fault.message}")


def _subject(matter: Document, requirement: Document, description: Document, steps: Steps) -> Iterator[Broken]:
    """Somebody of this kind can be looked up there: the applicant, or the person whom an earlier answer names."""
    about = requirement.get("about", "applicant")
    kinds = set(matter["identifier_kinds"])
    if isinstance(about, Mapping):
        kinds = {about.get("kind", matter["identifier_kinds"][0])}
    if not kinds & {subject["kind"] for subject in description["subjects"]}:
        yield Broken((*steps, "dataset"), "subject", f"{description['code']} does not find anybody by {', '.join(sorted(kinds))}")


def _why_asked(matter: Document, source: Document, description: Document, steps: Steps, registers: Registers) -> Iterator[Broken]:
    purpose = source.get("purpose", matter["purpose"])
    yield from _purpose(purpose, (*steps, "purpose"), registers)
    is_own = description["provider"] == matter["lead"]
    if is_own != (purpose == OWNER_CHECK):
        wanted = f"write purpose: {OWNER_CHECK}" if is_own else "only the lead department's own registers are asked so"
        yield Broken((*steps, "purpose"), "owner_check", wanted)


def _idle_values(matter: Document, _registers: Registers) -> Iterator[Broken]:
    """Values that neither a payment nor a later question uses: a yes or no would do."""
    used = {reference["requirement"] for requirement in matter["requirements"] for _, reference in references(requirement)}
    used |= {matter.get("payment", {}).get("account", "")}
    used |= set(matter.get("licence", {}).get("claims", ()))
    for position, requirement in enumerate(matter["requirements"]):
        if requirement["kind"] == "values" and requirement["code"] not in used:
            yield Broken(
                ("requirements", position, "kind"), "value_unused", "nothing uses the value: ask a fact, which says yes or no only"
            )


def _listed(matter: Document, registers: Registers) -> Iterator[Broken]:
    listed = matter.get("proactive", {}).get("list")
    if listed is None:
        return
    steps: Steps = ("proactive", "list")
    description = registers.description(listed["dataset"])
    if description is None:
        yield Broken((*steps, "dataset"), "dataset", f"there is no dataset {listed['dataset']}")
        return
    yield from _asked_of({"items": listed["items"]}, description, steps)
    yield from _why_asked(matter, listed, description, steps, registers)


def _offered(matter: Document, _registers: Registers) -> Iterator[Broken]:
    """A matter that is offered by itself asks nobody for a paper, not even for one that no office holds."""
    if "proactive" not in matter:
        return
    for position, material in enumerate(matter["former_materials"]):
        if material["disposition"] == "SELF_PROVIDED":
            yield Broken(("former_materials", position), "proactive", "what is offered without application may demand nothing")
