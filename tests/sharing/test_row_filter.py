"""Row filters: two kinds of rules that only narrow; what is unknown never passes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.acts.scope import _rows_within
from exchange.sharing.row_filter import YearsAtLeast, compile_filter, fits_items, passes, rule_is_well_formed

TODAY = date(2026, 11, 21)
DAYS = st.dates(date(1850, 1, 1), date(2150, 12, 31))
RULES = st.one_of(
    st.fixed_dictionaries({"in": st.lists(st.one_of(st.sampled_from(["a", "b", "1"]), st.integers(0, 3)), min_size=1, max_size=3)}),
    st.fixed_dictionaries({"years_at_least": st.integers(0, 150)}),
)
FILTERS = st.dictionaries(st.sampled_from(["kind", "born", "district"]), RULES, max_size=3)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["a", "b", "1", "", "1946-13-01"]), DAYS.map(str))
RECORDS = st.fixed_dictionaries({"kind": VALUES, "born": VALUES, "district": VALUES})


@pytest.mark.parametrize(
    ("born", "on", "is_inside"),
    [
        ("1946-11-21", TODAY, True),
        ("1946-11-22", TODAY, False),
        ("1900-01-01", TODAY, True),
        ("2027-01-01", TODAY, False),
        ("1944-02-29", date(2024, 2, 28), False),
        ("1944-02-29", date(2024, 2, 29), True),
        ("1945-02-28", date(2025, 2, 28), True),
    ],
)
def test_years_are_completed_years_on_the_day(born: str, on: date, is_inside: bool) -> None:
    assert YearsAtLeast(80).holds(born, on) is is_inside


@pytest.mark.parametrize("unknown", [None, "", "1946", "1946-13-01", "unknown", 19460101, True, ["1946-01-01"]])
def test_an_unknown_date_never_passes(unknown: object) -> None:
    assert not YearsAtLeast(0).holds(unknown, TODAY)


@given(rules=FILTERS, more=FILTERS, record=RECORDS, on=DAYS)
def test_another_rule_never_lets_more_rows_pass(rules: dict[str, Any], more: dict[str, Any], record: dict[str, Any], on: date) -> None:
    narrower = {**more, **rules}
    if passes(compile_filter(narrower), record, on):
        assert passes(compile_filter(rules), record, on)


@given(outer=FILTERS, inner=FILTERS, record=RECORDS, on=DAYS)
def test_what_the_chain_calls_narrower_lets_no_row_pass_that_was_not_offered(
    outer: dict[str, Any], inner: dict[str, Any], record: dict[str, Any], on: date
) -> None:
    if _rows_within(outer, inner) and passes(compile_filter(inner), record, on):
        assert passes(compile_filter(outer), record, on)


@given(years=st.integers(0, 150), born=DAYS, on=DAYS)
def test_whoever_is_inside_stays_inside(years: int, born: date, on: date) -> None:
    rule = YearsAtLeast(years)
    if rule.holds(born.isoformat(), on):
        assert rule.holds(born.isoformat(), on + timedelta(days=1))


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"in": []},
        {"in": "a"},
        {"in": [True]},
        {"in": [1.5]},
        {"years_at_least": "80"},
        {"years_at_least": True},
        {"years_at_least": -1},
        {"years_at_least": 151},
        {"years_at_least": 80, "in": ["1946-01-01"]},
        {"years_at_most": 80},
        {"not_in": ["a"]},
        None,
    ],
)
def test_a_rule_of_another_form_lets_nothing_pass(rule: Any) -> None:
    assert not rule_is_well_formed(rule)
    if rule is not None:
        assert not passes(compile_filter({"born": rule}), {"born": "1900-01-01"}, TODAY)


def test_years_are_counted_from_dates_only() -> None:
    assert fits_items({"born": {"years_at_least": 80}}, {"born": "date"})
    assert not fits_items({"born": {"years_at_least": 80}}, {"born": "text"})
    assert not fits_items({"gone": {"in": ["a"]}}, {"born": "date"})
    assert fits_items(None, {})
