"""Row filters: two kinds of rules that only narrow; what is unknown never passes."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.acts.rows import rows_within
from exchange.sharing.row_filter import YearsAtLeast, YearsAtMost, compile_filter, fits_items, passes, rule_is_well_formed
from tests.sharing.random_filters import random_filter, random_record, random_rule

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
    if rows_within(outer, inner) and passes(compile_filter(inner), record, on):
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
        {"years_at_least": 80, "in": []},
        {"years_at_most": -1},
        {"not_in": []},
        {"not_in": ["a", "a"]},
        {"not_in": list(range(1001))},
        {"like": "a%"},
        {"at_least": True},
        {"at_least": "soon"},
        {"at_least": "2026-02-29"},
        {"at_most": "1.50"},
        {"at_most": "-0"},
        {"at_most": 1.5},
        {"present": 1},
        {"present": None},
        {"starts_with": ""},
        {"starts_with": "a" * 65},
        {"starts_with": ["a"]},
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


TYPES = {"number": "integer", "flag": "boolean", "day": "date", "word": "text", "amount": "decimal"}
CHANGES = 1_500


def chances(name: str) -> Any:
    """Random filters with a record and a day each."""
    chance = random.Random(name)
    for _ in range(CHANGES):
        yield chance, random_filter(chance, TYPES), random_record(chance, TYPES), TODAY


def test_a_further_rule_or_one_alternative_less_lets_no_more_rows_pass() -> None:
    lost = 0
    for chance, wide, record, on in chances("narrow"):
        narrow = narrowed(chance, wide)
        had, has = (passes(compile_filter(rows), record, on) for rows in (wide, narrow))
        assert has <= had, (wide, narrow, record)
        lost += has < had
    assert lost > CHANGES // 20


def narrowed(chance: random.Random, rows: Any) -> Any:
    """One alternative taken away, else one more rule for each of them."""
    several = rows["any"] if rows and "any" in rows else None
    if several and len(several) > 1 and chance.random() < 0.5:
        return {"any": several[1:]}
    item = chance.choice(sorted(TYPES))
    more = random_rule(chance, TYPES[item])
    if several:
        return {"any": [{**rules, item: {**more, **rules.get(item, {})}} for rules in several]}
    return {**(rows or {}), item: {**more, **(rows or {}).get(item, {})}}


def test_what_the_chain_calls_narrower_is_narrower_for_every_rule() -> None:
    inside = 0
    for chance, wide, record, on in chances("within"):
        for narrow in (narrowed(chance, wide), tightened(chance, wide)):
            if rows_within(wide, narrow):
                inside += 1
                assert passes(compile_filter(narrow), record, on) <= passes(compile_filter(wide), record, on), (wide, narrow)
    assert inside > CHANGES


def tightened(chance: random.Random, rows: Any) -> Any:
    """Each rule replaced by another random one of the same members: often inside, often not."""
    if rows and "any" in rows:
        return {"any": [tightened(chance, rules) for rules in rows["any"]]}
    return {item: {**rule, **random_rule(chance, TYPES[item])} for item, rule in (rows or {}).items()}


def test_what_is_empty_passes_the_rule_that_it_is_empty_and_no_other() -> None:
    for chance, _rows, _record, on in chances("empty"):
        item = chance.choice(sorted(TYPES))
        rule = random_rule(chance, TYPES[item])
        for empty in (None, ""):
            assert passes(compile_filter({item: rule}), {item: empty}, on) is (rule == {"present": False})


def test_a_day_to_come_has_completed_no_year() -> None:
    assert YearsAtMost(0).holds("2027-01-01", TODAY)
    assert not YearsAtMost(150).holds("", TODAY)


def test_an_item_may_be_called_any_as_it_always_could() -> None:
    rows = compile_filter({"any": {"in": ["a"]}})
    assert rows.items == {"any"}
    assert passes(rows, {"any": "a"}, TODAY)
    assert not passes(rows, {"any": "b"}, TODAY)


@pytest.mark.parametrize(
    ("rule", "kind", "fits"),
    [
        ({"at_least": 5}, "integer", True),
        ({"at_least": "5"}, "integer", False),
        ({"at_least": "5.5"}, "decimal", True),
        ({"at_least": 5}, "decimal", False),
        ({"at_least": "2026-01-01"}, "date", True),
        ({"at_least": "2026-01-01"}, "text", False),
        ({"years_at_most": 5}, "datetime", False),
        ({"starts_with": "5101"}, "code", True),
        ({"starts_with": "5101"}, "integer", False),
        ({"not_in": ["a"]}, "boolean", False),
        ({"not_in": [1]}, "boolean", True),
        ({"present": False}, "boolean", True),
        ({"in": ["a"]}, "integer", True),
    ],
)
def test_a_rule_is_for_its_types(rule: Any, kind: str, fits: bool) -> None:
    assert fits_items({"item": rule}, {"item": kind}) is fits
    assert fits_items({"any": [{"item": rule}]}, {"item": kind}) is fits
