"""What a description must mean, beyond its form: its names refer to something, and its promises do not contradict.

Collects every fault instead of stopping at the first, so that a publisher corrects a description once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault
from audit.proof import canonical
from catalog.description.expressions import Names, expression_faults
from catalog.description.patterns import pattern_fault
from catalog.description.shape import SHARING, shape_faults
from catalog.description.stores import store_faults
from catalog.description.trees import items_of
from catalog.identifiers import Kinds

_BOUNDED = frozenset({"integer", "decimal", "date"})
_PATTERNED = frozenset({"text", "identifier"})
PERSONAL = 3


def faults_of(document: object, *, kinds: Kinds) -> list[Fault]:
    """Everything wrong with a dataset version document; the empty list when it may be published."""
    faults = list(_text_faults(document, "document")) + list(shape_faults(document))
    if faults or not isinstance(document, dict):
        return faults
    checks = (_name_faults, _subject_faults, _sharing_faults, _method_faults, _mapping_faults, _fact_faults)
    for check in checks:
        faults += check(document, kinds)
    for index, item in enumerate(document["items"]):
        faults += _item_faults(f"items[{index}]", item, document, kinds)
    return faults + list(store_faults(document))


def incompatibilities(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Fault]:
    """What would break agreements under the same major version: an item or fact that goes away or changes its type."""
    if new["major"] > old["major"]:
        return []
    if new["major"] < old["major"]:
        return [Fault("major", "major", _("The major version never goes back"))]
    types = {item["name"]: item["type"] for item in new["items"]}
    facts = {fact["name"]: [(p["name"], p["type"]) for p in fact["parameters"]] for fact in new["facts"]}
    gone = [f"items.{item['name']}" for item in old["items"] if types.get(item["name"]) != item["type"]]
    gone += [
        f"facts.{fact['name']}" for fact in old["facts"] if facts.get(fact["name"]) != [(p["name"], p["type"]) for p in fact["parameters"]]
    ]
    message = _("Agreements rely on it: keep it as it is, or raise the major version")
    return [Fault(where, "major", message) for where in gone]


def _text_faults(value: object, where: str) -> Iterator[Fault]:
    """Signed text is NFC without invisible or bidirectional controls, and inside the canonical subset."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _text_faults(child, f"{where}.{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _text_faults(child, f"{where}[{index}]")
    else:
        try:
            canonical.dumps(value)
            canonical.require_signable_text(value)  # type: ignore[arg-type]
        except canonical.CanonicalError as error:
            yield Fault(where, "text", str(error))


def _repeated(where: str, names: list[str]) -> Iterator[Fault]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Fault(where, "repeated", _("%(name)s is declared more than once") % {"name": name})


def _name_faults(document: dict[str, Any], kinds: Kinds) -> Iterator[Fault]:
    yield from _repeated("items", [item["name"] for item in document["items"]])
    yield from _repeated("facts", [fact["name"] for fact in document["facts"]])
    for name, codes in document["code_lists"].items():
        yield from _repeated(f"code_lists.{name}", [entry["code"] for entry in codes])
        yield from _repeated(f"code_lists.{name}", [entry["title"]["zh"] for entry in codes])
    items = {item["name"]: item for item in document["items"]}
    for name in document["key"]:
        if name not in items:
            yield Fault("key", "unknown_item", _("%(name)s is not an item of this dataset") % {"name": name})
        elif not items[name].get("required"):
            yield Fault("key", "key_required", _("%(name)s is part of the key, so it must be required") % {"name": name})


def _subject_faults(document: dict[str, Any], kinds: Kinds) -> Iterator[Fault]:
    items = {item["name"]: item for item in document["items"]}
    yield from _repeated("subjects", [subject["item"] for subject in document["subjects"]])
    for index, subject in enumerate(document["subjects"]):
        where, item = f"subjects[{index}]", items.get(subject["item"])
        if item is None:
            yield Fault(where, "unknown_item", _("%(name)s is not an item of this dataset") % {"name": subject["item"]})
        elif item["type"] != "identifier" or item.get("identifier") != subject["kind"]:
            yield Fault(where, "subject_kind", _("A subject is an item of type identifier of the same kind"))


def _sharing_faults(document: dict[str, Any], kinds: Kinds) -> Iterator[Fault]:
    own = SHARING.index(document["sharing_attribute"])
    for index, item in enumerate(document["items"]):
        if SHARING.index(item["sharing_attribute"]) < own:
            yield Fault(f"items[{index}]", "sharing_attribute", _("An item may be shared less freely than its dataset, never more freely"))
        if document["open"] and (item["sensitivity"] != 1 or item["sharing_attribute"] != "UNCONDITIONAL"):
            yield Fault(f"items[{index}]", "open", _("Open data hold only items of sensitivity 1 that are shared unconditionally"))
    if document["open"] and document["sharing_attribute"] != "UNCONDITIONAL":
        yield Fault("open", "open", _("Open data are shared unconditionally"))


def _method_faults(document: dict[str, Any], kinds: Kinds) -> Iterator[Fault]:
    """A dataset may be asked in some ways only (docs/decisions/0085); one that answers facts alone has facts, and is not open."""
    methods = document.get("methods")
    if methods is None:
        return
    if document["open"]:
        yield Fault("methods", "open", _("Open data are downloaded by everybody: leave methods out"))
    if methods == ["VERIFY"] and document["sharing_attribute"] == "UNCONDITIONAL":
        yield Fault("methods", "sharing_attribute", _("What answers facts alone is agreed one by one: it is not shared unconditionally"))
    if methods == ["VERIFY"] and not document["facts"]:
        yield Fault("methods", "facts", _("VERIFY answers facts: declare at least one"))


def _mapping_faults(document: dict[str, Any], kinds: Kinds) -> Iterator[Fault]:
    names = {item["name"] for item in document["items"]}
    for name in document["column_mapping"]:
        if name not in names:
            yield Fault("column_mapping", "unknown_item", _("%(name)s is not an item of this dataset") % {"name": name})
    for name in sorted(names - set(document["column_mapping"])):
        yield Fault("column_mapping", "unmapped_item", _("Say which column holds %(name)s") % {"name": name})
    yield from _repeated("column_mapping", [heading.strip() for heading in document["column_mapping"].values()])


def _item_faults(where: str, item: dict[str, Any], document: dict[str, Any], kinds: Kinds) -> Iterator[Fault]:
    if item["type"] == "identifier":
        if item.get("identifier") not in kinds:
            yield Fault(where, "identifier_kind", _("Name a kind of identifier that this hub knows"))
        elif kinds.is_personal(item["identifier"]) and item["sensitivity"] < PERSONAL:
            yield Fault(where, "sensitivity", _("An item that names a person has sensitivity 3 or 4"))
    elif "identifier" in item:
        yield Fault(where, "identifier_kind", _("Only an item of type identifier has a kind of identifier"))
    if (item["type"] == "code") != ("code_list" in item):
        yield Fault(where, "code_list", _("An item of type code, and no other, names its code list"))
    elif "code_list" in item and item["code_list"] not in document["code_lists"]:
        yield Fault(where, "code_list", _("The code list %(name)s is not declared") % {"name": item["code_list"]})
    if "pattern" in item:
        yield from pattern_fault(where, item["pattern"], allowed=item["type"] in _PATTERNED)
    yield from _bound_faults(where, item)


def _bound_faults(where: str, declared: dict[str, Any]) -> Iterator[Fault]:
    given = [name for name in ("minimum", "maximum") if name in declared]
    if not given:
        return
    if declared["type"].removesuffix("_list") not in _BOUNDED:
        yield Fault(where, "range", _("Only numbers and dates have a minimum and a maximum"))
        return
    try:
        bounds = [_bound(declared["type"], declared[name]) for name in given]
    except (ValueError, InvalidOperation):
        yield Fault(where, "range", _("The minimum or maximum is not a value of the item's type"))
        return
    if len(bounds) > 1 and bounds[0] > bounds[1]:
        yield Fault(where, "range", _("The minimum is greater than the maximum"))


def _bound(type_name: str, value: int | str) -> Any:
    return date.fromisoformat(str(value)) if type_name == "date" else Decimal(value)


def _fact_faults(document: dict[str, Any], kinds: Kinds) -> Iterator[Fault]:
    items = {item["name"]: item for item in document["items"]}
    types = {name: item["type"] for name, item in items.items()}
    for index, fact in enumerate(document["facts"]):
        where = f"facts[{index}]"
        yield from _repeated(where, [parameter["name"] for parameter in fact["parameters"]])
        for position, parameter in enumerate(fact["parameters"]):
            yield from _parameter_faults(f"{where}.parameters[{position}]", parameter, document, kinds)
        names = Names(types, {parameter["name"]: parameter["type"] for parameter in fact["parameters"]})
        yield from expression_faults(f"{where}.expression", fact["expression"], names)
        for _operator, name in items_of(fact["expression"]):
            if name in items and items[name]["sharing_attribute"] == "NOT_SHARED":
                yield Fault(where, "not_shared", _("A fact may not rest on an item that is not shared"))


def _parameter_faults(where: str, parameter: dict[str, Any], document: dict[str, Any], kinds: Kinds) -> Iterator[Fault]:
    is_subject = parameter["type"] == "subject"
    if is_subject != ("kind" in parameter) or (is_subject and parameter["kind"] not in kinds):
        yield Fault(where, "identifier_kind", _("Only a parameter of type subject names a kind of identifier, one that this hub knows"))
    if (parameter["type"] in ("code", "code_list")) != ("code_list" in parameter):
        yield Fault(where, "code_list", _("A parameter of type code or code_list, and no other, names its code list"))
    elif "code_list" in parameter and parameter["code_list"] not in document["code_lists"]:
        yield Fault(where, "code_list", _("The code list %(name)s is not declared") % {"name": parameter["code_list"]})
    yield from _bound_faults(where, parameter)
