"""When is it a harvest? Each rule holds at its threshold and not before; what was declared is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exchange.oversight.harvesting.judging import Rule, Seen, Thresholds, judge

LIMITS = Thresholds(
    now_least=200,
    volume_factor=2,
    unusual_least=2000,
    unusual_factor=10,
    blind_least=150,
    blind_percent=60,
    breadth_least=300,
    breadth_agreements=3,
)
QUIET = Seen(
    department="CAB",
    system="CAB-relief",
    asked_now=400,
    persons_now=100,
    unfound_now=0,
    agreements=1,
    systems=1,
    asked_month=900,
    asked_today=400,
    busiest_day=300,
    declared=500,
)
HARVESTS = {
    Rule.VOLUME: replace(QUIET, asked_month=1001),
    Rule.UNUSUAL: replace(QUIET, declared=None, asked_today=3001),
    Rule.BLIND: replace(QUIET, unfound_now=240),
    Rule.BREADTH: replace(QUIET, persons_now=300, agreements=3),
}
JUST_BELOW = {
    Rule.VOLUME: replace(QUIET, asked_month=1000),
    Rule.UNUSUAL: replace(QUIET, declared=None, asked_today=3000),
    Rule.BLIND: replace(QUIET, unfound_now=239),
    Rule.BREADTH: replace(QUIET, persons_now=300, agreements=2),
}


def rules_that_hold(seen: Seen, limits: Thresholds = LIMITS) -> list[Rule]:
    return [found.rule for found in judge(seen, limits)]


@pytest.mark.parametrize("rule", list(Rule))
def test_a_harvest_is_found_by_its_rule_and_by_no_other(rule: Rule) -> None:
    assert rules_that_hold(HARVESTS[rule]) == [rule]
    assert rules_that_hold(JUST_BELOW[rule]) == []


@pytest.mark.parametrize("rule", list(Rule))
def test_a_rule_that_is_switched_off_finds_nothing(rule: Rule) -> None:
    assert rules_that_hold(HARVESTS[rule], replace(LIMITS, rules=LIMITS.rules - {rule})) == []


@pytest.mark.parametrize("rule", [Rule.BLIND, Rule.BREADTH])
def test_what_lies_inside_the_declared_volume_is_no_harvest(rule: Rule) -> None:
    assert rules_that_hold(replace(HARVESTS[rule], declared=900)) == []


@pytest.mark.parametrize("rule", list(Rule))
def test_whoever_asks_few_now_is_left_alone(rule: Rule) -> None:
    assert rules_that_hold(replace(HARVESTS[rule], asked_now=199)) == []


def test_somebody_new_without_a_declared_volume_has_room_for_a_first_day() -> None:
    assert rules_that_hold(replace(QUIET, declared=None, asked_today=2000, busiest_day=0)) == []
    assert rules_that_hold(replace(QUIET, declared=None, asked_today=2001, busiest_day=0)) == [Rule.UNUSUAL]
