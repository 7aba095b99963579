"""An agreement as ODRL: its shape, and the rules of the ODRL Information Model 2.2 that a policy must hold (W3C, 15 February 2018)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.proof.canonical import document_hash
from exchange.sharing.odrl import PROFILE, as_odrl, classes
from tests.audit.proof.charter import agreement

# Section 2 of the information model, and the operands and operators of the common vocabulary.
OPERATORS = {"eq", "gt", "gteq", "lt", "lteq", "neq", "isA", "hasPart", "isPartOf", "isAllOf", "isAnyOf", "isNoneOf"}
LEFT_OPERANDS = {"count", "dateTime", "elapsedTime", "purpose", "recipient"}
ACTIONS = {"use", "delete", "read"}


def model_faults(policy: dict[str, Any]) -> list[str]:
    """What the information model's MUSTs say against a policy; empty when nothing does."""
    faults = []
    if policy.get("@type") not in {"Set", "Offer", "Agreement"}:
        faults.append("2.1: a policy has a type")
    if not _is_iri(policy.get("uid")):
        faults.append("2.1: a policy has exactly one uid, an IRI")
    rules = [*policy.get("permission", []), *policy.get("prohibition", []), *policy.get("obligation", [])]
    if not rules:
        faults.append("2.1: a policy has at least one rule")
    uses_own_terms = any(left.startswith("mz:") for rule in rules for left in _left_operands(rule))
    if uses_own_terms and not _is_iri(policy.get("profile")):
        faults.append("3: terms beyond the vocabulary need a profile")
    for rule in rules:
        faults += _rule_faults(rule, is_agreement=policy.get("@type") == "Agreement")
    return faults


def _rule_faults(rule: dict[str, Any], *, is_agreement: bool) -> list[str]:
    faults = []
    if is_agreement and not (_is_iri(rule.get("assigner")) and _is_iri(rule.get("assignee"))):
        faults.append("2.1.3: an agreement names one assigner and one assignee")
    if "action" not in rule or "target" not in rule:
        faults.append("2.6.1: a permission has an action and a target")
    if rule.get("action") not in ACTIONS:
        faults.append("2.4: the action is one of the vocabulary")
    target = rule.get("target")
    if isinstance(target, dict) and (target.get("@type") != "AssetCollection" or not _is_iri(target.get("source"))):
        faults.append("2.2.2: a refined target is an AssetCollection with a source")
    for duty in rule.get("duty", []):
        named = [row["@id"] for row in duty["action"] if "@id" in row]
        if not named or not set(named) <= ACTIONS:
            faults.append("2.6.3: a duty has an action")
    for constraint in _constraints(rule):
        faults += _constraint_faults(constraint)
    return faults


def _constraint_faults(constraint: dict[str, Any]) -> list[str]:
    faults = []
    if set(constraint) - {"leftOperand", "operator", "rightOperand", "dataType", "unit", "status", "uid"}:
        faults.append("2.5.1: a constraint has no other members")
    if constraint.get("operator") not in OPERATORS:
        faults.append("2.5.1: one operator of the vocabulary")
    left = constraint.get("leftOperand", "")
    if left not in LEFT_OPERANDS and not left.startswith("mz:"):
        faults.append("2.5.1: one left operand of the vocabulary or the profile")
    if left.startswith("mz:") and left.removeprefix("mz:") not in classes():
        faults.append("3: the profile declares each of its terms")
    if "rightOperand" not in constraint:
        faults.append("2.5.1: a right operand")
    return faults


def _constraints(rule: dict[str, Any]) -> list[dict[str, Any]]:
    target = rule.get("target")
    refined = target.get("refinement", []) if isinstance(target, dict) else []
    duties = [row for duty in rule.get("duty", []) for action in duty["action"] for row in action.get("refinement", [])]
    return [*rule.get("constraint", []), *refined, *duties]


def _left_operands(rule: dict[str, Any]) -> list[str]:
    return [row.get("leftOperand", "") for row in _constraints(rule)]


def _is_iri(value: Any) -> bool:
    return isinstance(value, str) and ":" in value and " " not in value


def policy(**changes: Any) -> dict[str, Any]:
    text = agreement(**changes)
    return as_odrl("a" * 32, text, text_hash=document_hash(text))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"row_filter": {"district": {"in": ["510104"]}}},
        {"row_filter": {"any": [{"district": {"starts_with": "5101"}}, {"grade": {"at_least": 2, "at_most": 3}}]}},
        {"masks": {"grade": {"keep_first": 1, "keep_last": 0}}},
        {"supersedes": "b" * 32},
        {"items": []},
        {"period": {"from": "2026-11-01T00:00:00Z", "until": "2027-11-01T00:00:00Z"}},
    ],
)
def test_an_agreement_holds_the_information_model(changes: dict[str, Any]) -> None:
    assert model_faults(policy(**changes)) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [("@type", "Thing"), ("uid", None), ("permission", []), ("profile", None)],
)
def test_the_check_of_the_model_can_fail(member: str, value: Any) -> None:
    assert model_faults({**policy(), member: value})


@pytest.mark.parametrize(
    "change",
    [{"assigner": None}, {"action": "eat"}, {"target": {"source": "x"}}, {"constraint": [{"leftOperand": "mz:other", "operator": "like"}]}],
)
def test_the_check_of_a_rule_can_fail(change: dict[str, Any]) -> None:
    broken = policy()
    broken["permission"] = [{**broken["permission"][0], **change}]
    assert model_faults(broken)


def test_the_policy_says_what_was_signed() -> None:
    text = agreement()
    found = as_odrl("a" * 32, text, text_hash=document_hash(text))
    (permission,) = found["permission"]
    assert (found["profile"], found["mz:signedText"]) == (PROFILE, document_hash(text))
    assert (permission["assigner"], permission["assignee"]) == (
        "urn:mianzheng:hub.example:log:department:PSB",
        "urn:mianzheng:hub.example:log:department:CAB",
    )
    by_name = {(row["leftOperand"], row["operator"]): row["rightOperand"] for row in permission["constraint"]}
    assert by_name["purpose", "isAnyOf"] == ["urn:mianzheng:hub.example:log:purpose:old_age_allowance"]
    assert by_name["dateTime", "lteq"] == {"@value": "2027-06-30", "@type": "xsd:date"}
    assert by_name["mz:subjectsPerDay", "lteq"] == {"@value": "1000", "@type": "xsd:integer"}
    assert permission["duty"][0]["action"][0]["refinement"][0]["rightOperand"] == {"@value": "P30D", "@type": "xsd:duration"}


def test_an_end_at_a_time_does_not_hold_that_second() -> None:
    found = policy(period={"from": "2026-11-01T00:00:00Z", "until": "2027-11-01T00:00:00Z"})
    ends = [row for row in found["permission"][0]["constraint"] if row["leftOperand"] == "dateTime"]
    assert [row["operator"] for row in ends] == ["gteq", "lt"]


def test_it_is_json_with_one_context_of_odrl_first() -> None:
    document = json.loads(json.dumps(policy()))
    assert document["@context"][0] == "http://www.w3.org/ns/odrl.jsonld"
    assert document["@context"][1]["mz"] == f"{PROFILE}#"
