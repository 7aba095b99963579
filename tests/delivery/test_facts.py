"""Facts: three-valued, closed, evaluated for every record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.clocks import full_years
from exchange.delivery.fact_operators import FactError, Surroundings
from exchange.delivery.facts import NO, UNKNOWN, YES, compile_fact

TYPES = {"grade": "integer", "born": "date", "until": "date", "alive": "boolean", "household": "identifier", "kind": "code"}


def fact(expression: dict[str, Any], parameters: list[dict[str, Any]] | None = None, absent: str = NO) -> Any:
    return compile_fact({"name": "f", "parameters": parameters or [], "expression": expression, "when_absent": absent}, TYPES)


def around(today: date = date(2026, 11, 20), **values: Any) -> Surroundings:
    return Surroundings(values, today)


def test_an_empty_item_is_unknown_and_never_no() -> None:
    asked = fact({"op": "eq", "item": "alive", "value": True})
    assert asked.answer([{"alive": None}], around()) == UNKNOWN


def test_any_record_that_says_yes_answers_yes_and_an_unknown_one_prevents_no() -> None:
    asked = fact({"op": "in", "item": "grade", "parameter": "grades"}, [{"name": "grades", "type": "integer_list"}])
    assert asked.answer([{"grade": None}, {"grade": 2}], around(grades=[1, 2])) == YES
    assert asked.answer([{"grade": None}, {"grade": 4}], around(grades=[1, 2])) == UNKNOWN
    assert asked.answer([{"grade": 3}, {"grade": 4}], around(grades=[1, 2])) == NO


@pytest.mark.parametrize("absent", [NO, UNKNOWN])
def test_a_subject_without_a_record_gets_what_the_fact_declares(absent: str) -> None:
    assert fact({"op": "present", "item": "kind"}, absent=absent).answer([], around()) == absent


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(1946, 11, 20), date(2026, 11, 20), 80),
        (date(1946, 11, 21), date(2026, 11, 20), 79),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_full_years_are_complete_on_the_birthday(born: date, on: date, years: int) -> None:
    assert full_years(born, on) == years


def test_age_counts_on_the_given_day_else_today() -> None:
    parameters = [{"name": "n", "type": "integer"}, {"name": "on", "type": "date", "optional": True}]
    asked = fact({"op": "years_since_at_least", "item": "born", "parameter": "n", "on": "on"}, parameters)
    record = [{"born": "1946-12-01"}]
    assert asked.answer(record, around(n=80)) == NO
    assert asked.answer(record, around(n=80, on="2026-12-01")) == YES
    assert asked.optional == {"on"}


def test_a_record_that_ended_yesterday_is_over() -> None:
    asked = fact({"op": "date_on_or_after", "item": "until"})
    assert asked.answer([{"until": "2026-11-20"}], around()) == YES
    assert asked.answer([{"until": "2026-11-19"}], around()) == NO


def test_same_household_needs_the_other_persons_record() -> None:
    asked = fact({"op": "same_value_as_parameter_subject", "item": "household", "parameter": "b"}, [{"name": "b", "type": "subject"}])
    there = Surroundings({"b": "B"}, date(2026, 11, 20), {"B": [{"household": "h1"}]})
    blank = Surroundings({"b": "B"}, date(2026, 11, 20), {"B": [{"household": None}]})
    nobody = Surroundings({"b": "B"}, date(2026, 11, 20), {"B": []})
    assert asked.answer([{"household": "h1"}], there) == YES
    assert asked.answer([{"household": "h2"}], there) == NO
    assert asked.answer([{"household": "h1"}], blank) == UNKNOWN
    assert asked.answer([{"household": "h1"}], nobody) == NO


def test_counting_uses_the_whole_register() -> None:
    asked = fact({"op": "count_at_least", "item": "household", "parameter": "n"}, [{"name": "n", "type": "integer"}])
    surroundings = Surroundings({"n": 3}, date(2026, 11, 20), {}, {("household", "h1"): 3, ("household", "h2"): 2})
    assert asked.answer([{"household": "h1"}], surroundings) == YES
    assert asked.answer([{"household": "h2"}], surroundings) == NO


@pytest.mark.parametrize(
    "expression",
    [
        {"op": "eval", "item": "grade", "value": "__import__('os')"},
        {"op": "eq", "item": "income", "value": 1},
        {"item": "grade"},
        "grade = 1",
    ],
)
def test_an_expression_outside_the_closed_set_is_refused(expression: Any) -> None:
    with pytest.raises(FactError):
        fact(expression)


leaf = st.sampled_from([{"alive": True}, {"alive": False}, {"alive": None}])


@given(leaf, leaf)
def test_not_or_equals_and_of_nots(left: dict[str, Any], right: dict[str, Any]) -> None:
    """De Morgan holds in Kleene's logic; a record per operand cannot be made, so two items stand for them."""
    types = {"a": "boolean", "b": "boolean"}
    a, b = {"op": "eq", "item": "a", "value": True}, {"op": "eq", "item": "b", "value": True}
    record = {"a": left["alive"], "b": right["alive"]}

    def answer(expression: dict[str, Any]) -> str:
        document = {"name": "f", "parameters": [], "expression": expression, "when_absent": NO}
        return compile_fact(document, types).answer([record], around())

    negated = {"op": "not", "of": {"op": "or", "of": [a, b]}}
    assert answer(negated) == answer({"op": "and", "of": [{"op": "not", "of": a}, {"op": "not", "of": b}]})
