"""What a description may say: the operators that the hub evaluates, and safe patterns."""

from __future__ import annotations

import random
from typing import Any

import pytest
from stdnum.cn import ric

from catalog import resident_identity
from catalog.description.check import faults_of
from catalog.description.expressions import OPERATORS
from catalog.identifiers import IdentifierError, kinds
from exchange.delivery import facts
from tests.catalog.registers import PERSON_A, REGISTERS, description, small_description


def rules(document: dict[str, Any]) -> set[str]:
    return {fault.rule for fault in faults_of(document, kinds=kinds())}


def test_the_operators_are_those_that_the_hub_evaluates() -> None:
    assert OPERATORS == facts.OPERATORS


@pytest.mark.parametrize("path", sorted(REGISTERS.glob("*.yaml")), ids=lambda path: path.name)
def test_every_register_of_the_city_is_without_fault(path: Any) -> None:
    assert faults_of(description(path.name.split("_")[0]), kinds=kinds()) == []


@pytest.mark.parametrize(
    "expression",
    [
        {"op": "exec", "item": "grade", "value": 1},
        {"op": "eq", "item": "absent", "value": 1},
        {"op": "eq", "item": "grade"},
        {"op": "eq", "item": "grade", "value": 1, "parameter": "n"},
        {"op": "eq", "item": "grade", "parameter": "m"},
        {"op": "eq", "item": "grade", "value": 1, "extra": 1},
        {"op": "and", "of": []},
        {"op": "and", "of": {"op": "present", "item": "grade"}},
        {"op": "not", "of": [{"op": "present", "item": "grade"}]},
        {"op": "lt", "item": "valid", "value": True},
        {"op": "years_since_at_least", "item": "grade", "parameter": "n"},
        {"op": "present", "item": "grade", "value": 1},
        {"op": "same_value_as_parameter_subject", "item": "household", "parameter": "n"},
        {"op": "in", "item": "grade", "parameter": "n"},
        {"op": "or", "of": [{"op": "present", "item": "grade"}] * 60},
        "eval",
    ],
)
def test_an_expression_outside_the_closed_set_is_refused(expression: Any) -> None:
    document = small_description()
    document["facts"][0]["expression"] = expression
    assert rules(document)


@pytest.mark.parametrize("pattern", ["(", "(a+)+\\1", "(?=a)", "(?P<n>a)", "a*+", "[", "a{2001}"])
def test_a_pattern_that_cannot_be_checked_safely_is_refused(pattern: str) -> None:
    document = small_description()
    document["items"][4]["pattern"] = pattern
    assert "pattern" in rules(document)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"title": {"en": "e\u0301", "zh": "票"}}, "text"),
        ({"title": {"en": "a\u202eb", "zh": "票"}}, "text"),
        ({"major": 1.5}, "text"),
        ({"name": "Tickets"}, "pattern"),
        ({"unknown": 1}, "additionalProperties"),
        ({"subjects": [{"item": "grade", "kind": "person"}]}, "subject_kind"),
        ({"sharing_attribute": "NOT_SHARED"}, "sharing_attribute"),
        ({"key": ["price"]}, "key_required"),
    ],
)
def test_each_broken_rule_is_named(change: dict[str, Any], rule: str) -> None:
    assert rule in rules(small_description(**change))


def test_an_item_that_names_a_person_is_never_open() -> None:
    document = small_description()
    document["items"][0]["sensitivity"] = 1
    assert "sensitivity" in rules(document)


def test_the_quick_check_of_identity_numbers_says_what_stdnum_says() -> None:
    dice = random.Random(7)
    verdicts = set()
    for _ in range(3_000):
        place = dice.choice(["510104", "510123", "510107", "110105", "999999", "000000", "51010", "51010x"])
        number = place + f"{dice.randint(1900, 2030)}{dice.randint(0, 13):02}{dice.randint(0, 32):02}{dice.randint(0, 999):03}"
        number += dice.choice([ric.calc_check_digit(number + "0") if number.isdigit() else "1", "X", ""])
        assert resident_identity.is_valid(number) == ric.is_valid(number)
        verdicts.add(ric.is_valid(number))
    assert verdicts == {True, False}


def test_identifiers_have_one_form() -> None:
    assert kinds().normalise("person", " 110105 19491231-002x ") == PERSON_A
    kinds().check("person", PERSON_A)
    with pytest.raises(IdentifierError) as caught:
        kinds().check("person", PERSON_A[:-1] + "1")
    assert PERSON_A[:-1] not in str(caught.value)
    assert kinds().is_personal("person")
    assert not kinds().is_personal("credit_code")
    with pytest.raises(IdentifierError):
        kinds().normalise("nowhere", "x")
