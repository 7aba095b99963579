"""What an agreement allows, said a second time: plain dicts and loops after protocol sections 3 and 4, slow and easy to read.

It shares no line with exchange/sharing/policy.py; tests/sharing/test_policy_model.py compares the two call by call. A world is
    {"agreements": {id: {"text": the signed agreement, "state": folded from acts}}, "versions": {dataset: signed version},
     "restricted": {(dataset, item), …}}
and a call {"system", "agreement", "method", "purpose", "facts": [(name, parameters)], "kinds": [...], "case", "officer"}.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

TEXTS = ("code", "identifier", "text")


def answer(world: Any, call: Any, now: str) -> tuple[str | None, tuple[str, ...]]:
    """(the code of the refusal, or None; the items that leave the hub). The first reason in this order is the one that is told."""
    agreed = world["agreements"].get(call["agreement"])
    if agreed is None or call["system"] not in agreed["text"]["systems"]:
        return "NO_AGREEMENT", ()
    version = world["versions"].get(agreed["text"]["dataset"], {})
    for reason in (in_force, in_period, same_version, same_way, right_subjects, with_care, something_to_give, agreed_facts):
        code = reason(world, agreed, version, call, now)
        if code is not None:
            return code, ()
    return None, () if call["facts"] else given_items(world, agreed["text"], version)


def in_force(_world: Any, agreed: Any, _version: Any, _call: Any, _now: str) -> str | None:
    """Only IN_FORCE allows; a state that nobody knows is as if it were revoked."""
    if agreed["state"] == "IN_FORCE":
        return None
    return agreed["state"] if agreed["state"] in ("SUSPENDED", "SUPERSEDED") else "REVOKED"


def in_period(_world: Any, agreed: Any, _version: Any, _call: Any, now: str) -> str | None:
    """From the first moment of the first day to the last moment of the last."""
    first, last = agreed["text"]["period"]["from"], agreed["text"]["period"]["until"]
    if now[: len(first)] < first:
        return "NOT_YET_IN_FORCE"
    day_is_over = now[:10] > last if len(last) == 10 else now >= last
    return "EXPIRED" if day_is_over else None


def same_version(_world: Any, agreed: Any, version: Any, _call: Any, _now: str) -> str | None:
    """The same major version, which still has what the rows were bounded by; years are counted from days alone."""
    if version.get("major") != agreed["text"]["major"]:
        return "VERSION_CHANGED"
    for rules in sets_of_rules(agreed["text"]["row_filter"]):
        for item, rule in rules.items():
            declared = item_of(version, item)
            if declared is None or not all(suits(name, value, declared["type"]) for name, value in rule.items()):
                return "VERSION_CHANGED"
    return None


def sets_of_rules(rows: Any) -> list[Any]:
    """The alternatives of a row filter; most filters are one."""
    return rows["any"] if rows and type(rows.get("any")) is list else [rows or {}]


def suits(name: str, value: Any, kind: str) -> bool:
    """Whether a rule can be put to an item of this type. `in` was signed for every type before there were types for rules."""
    if name in ("in", "present"):
        return True
    if name == "starts_with":
        return kind in TEXTS
    if name in ("years_at_least", "years_at_most"):
        return kind == "date"
    if name in ("at_least", "at_most") and kind not in ("integer", "decimal", "date"):
        return False
    return all(is_value_of(kind, one) for one in (value if type(value) is list else [value]))


def is_value_of(kind: str, value: Any) -> bool:
    """Whether a value written in a rule is one of an item of this type."""
    if kind in ("integer", "boolean"):
        return type(value) is int and (kind == "integer" or value in (0, 1))
    if type(value) is not str or value == "":
        return False
    if kind == "date":
        return len(value) == 10 and value[4] == "-"
    return kind != "decimal" or value.lstrip("-").replace(".", "", 1).isdigit()


def is_inside(rows: Any, record: Any, today: Any) -> Any:
    """Whether one row is among the agreed ones on a day: all rules of one of the sets. An empty item has no value to compare."""
    return any(
        all(keeps_rule(record.get(item), name, wanted, today) for item, rule in rules.items() for name, wanted in rule.items())
        for rules in sets_of_rules(rows)
    )


def keeps_rule(value: Any, name: str, wanted: Any, today: Any) -> Any:
    """One value and one member of a rule."""
    if name == "present":
        return (value is not None and value != "") == wanted
    if value is None or value == "":
        return False
    if name in ("in", "not_in"):
        return (value in wanted) == (name == "in")
    if name == "starts_with":
        return value[: len(wanted)] == wanted
    if name in ("at_least", "at_most"):
        first, second = (ordered(value), ordered(wanted)) if name == "at_least" else (ordered(wanted), ordered(value))
        return first >= second
    year, month, day = (int(part) for part in value.split("-"))
    completed = today.year - year - (1 if (today.month, today.day) < (month, day) else 0)
    return completed >= wanted if name == "years_at_least" else completed <= wanted


def ordered(value: Any) -> Any:
    """Days order as texts do, numbers as fractions."""
    return value if type(value) is str and value[4:5] == "-" else Fraction(value)


def same_way(_world: Any, agreed: Any, version: Any, call: Any, _now: str) -> str | None:
    """The agreed methods and purposes, no others; and no method that the description has since closed."""
    if call["method"] not in agreed["text"]["methods"] or call["method"] not in version.get("methods", [call["method"]]):
        return "METHOD_NOT_AGREED"
    return None if call["purpose"] in agreed["text"]["purposes"] else "PURPOSE_NOT_AGREED"


def right_subjects(world: Any, agreed: Any, version: Any, call: Any, _now: str) -> str | None:
    """By the dataset's first kind always; by another only where the caller may learn whom that item names."""
    for kind in call["kinds"]:
        if not may_ask_by(world, agreed["text"], version, call, kind):
            return "SUBJECT_KIND"
    return None


def may_ask_by(world: Any, text: Any, version: Any, call: Any, kind: str) -> bool:
    """Whoever asks by a further kind learns that the row is that person's: the item is given whole, or as much is told anyway."""
    named = [subject["item"] for subject in version["subjects"] if subject["kind"] == kind]
    if not named:
        return False
    if version["subjects"][0]["kind"] == kind:
        return True
    given = given_items(world, text, version)
    masked = [item for item in named if item in given and item in text.get("masks", {})]
    if masked:
        return False
    if any(item in given for item in named):
        return True
    needed = max(item_of(version, item)["sensitivity"] for item in named)
    told = [sensitivity_of_fact(version, name) for name, _parameters in call["facts"]]
    return bool(told) and min(told) >= needed


def with_care(_world: Any, agreed: Any, version: Any, call: Any, _now: str) -> str | None:
    """Case and officer are named wherever the agreement touches sensitivity 3 or 4, or what is no longer described."""
    touched = list(agreed["text"]["items"])
    for grant in agreed["text"]["facts"]:
        fact = fact_of(version, grant["fact"])
        touched += items_read(fact["expression"]) if fact else []
    for name in touched:
        item = item_of(version, name)
        if (item is None or item["sensitivity"] >= 3) and not (call["case"] and call["officer"]):
            return "CASE_REQUIRED"
    return None


def something_to_give(world: Any, agreed: Any, version: Any, call: Any, _now: str) -> str | None:
    """Who asks no fact is given items, and there must be one."""
    return None if call["facts"] or given_items(world, agreed["text"], version) else "NOTHING_TO_GIVE"


def agreed_facts(world: Any, agreed: Any, version: Any, call: Any, _now: str) -> str | None:
    """Each fact, with each of its values, inside one grant; and nothing closed or masked is read for it."""
    text = agreed["text"]
    for name, parameters in call["facts"]:
        fact = fact_of(version, name)
        grants = [grant for grant in text["facts"] if grant["fact"] == name]
        if not grants or fact is None or any(is_closed(world, text, version, item) for item in items_read(fact["expression"])):
            return "FACT_NOT_AGREED"
        if parameters and not any(is_within(grant["with"], parameters) for grant in grants):
            return "FACT_PARAMETER"
    return None


def is_within(grant: Any, parameters: Any) -> bool:
    """Every value that is given has a rule, and keeps it."""
    return all(name in grant and keeps(grant[name], value) for name, value in parameters.items())


def keeps(rule: Any, value: Any) -> bool:
    """`{in: […]}`, `{min, max}`, `{subject: kind}`, `{text: longest}`. A truth value is no number, and a number no text."""
    if "in" in rule:
        values = value if isinstance(value, list) else [value]
        return len(values) > 0 and all((type(one), one) in [(type(other), other) for other in rule["in"]] for one in values)
    if "subject" in rule:
        return type(value) is str or (isinstance(value, dict) and value.get("kind") == rule["subject"])
    if "text" in rule:
        return type(value) is str and 1 <= len(value) <= rule["text"]
    bounds = [rule[end] for end in ("min", "max") if end in rule]
    if not bounds or type(value) is bool or type(value) is not type(bounds[0]):
        return False
    return not ("min" in rule and value < rule["min"]) and not ("max" in rule and value > rule["max"])


def given_items(world: Any, text: Any, version: Any) -> tuple[str, ...]:
    """The agreed items that are still described, shared and not restricted, in the dataset's order; what cannot be masked is not given."""
    given = []
    for item in version.get("items", []):
        shared = item["sharing_attribute"] != "NOT_SHARED" and (text["dataset"], item["name"]) not in world["restricted"]
        can_be_hidden = item["name"] not in text.get("masks", {}) or item["type"] in TEXTS
        if item["name"] in text["items"] and shared and can_be_hidden:
            given.append(item["name"])
    return tuple(given)


def is_closed(world: Any, text: Any, version: Any, name: str) -> bool:
    """No fact reads an item that is not shared, restricted, or masked in the same text."""
    item = item_of(version, name)
    hidden = item is not None and item["sharing_attribute"] == "NOT_SHARED"
    return hidden or (text["dataset"], name) in world["restricted"] or name in text.get("masks", {})


def item_of(version: Any, name: str) -> Any:
    """The description of an item, or None."""
    for item in version.get("items", []):
        if item["name"] == name:
            return item
    return None


def fact_of(version: Any, name: str) -> Any:
    """The description of a fact, or None."""
    for fact in version.get("facts", []):
        if fact["name"] == name:
            return fact
    return None


def items_read(expression: Any) -> list[str]:
    """Every item in an expression, however deep."""
    found = []
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if "item" in part:
            found.append(part["item"])
        below = part.get("of", [])
        waiting += below if isinstance(below, list) else [below]
    return found


def sensitivity_of_fact(version: Any, name: str) -> int:
    """The highest sensitivity that a fact tells something of; 0 for one that is not described."""
    fact = fact_of(version, name)
    return max([item_of(version, item)["sensitivity"] for item in items_read(fact["expression"])] if fact else [0])
