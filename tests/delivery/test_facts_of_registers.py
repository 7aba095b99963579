"""Every fact of R01 to R22 says YES, NO and UNKNOWN where it should: empty values, several rows, the edges, and nobody at all."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from catalog.description.expressions import Names, expression_faults
from exchange.delivery.fact_operators import FactError, Surroundings, full_months
from exchange.delivery.facts import NO, UNKNOWN, YES, compile_fact
from tests.delivery.registers_of_the_city import WRITTEN, register, shipped

TODAY = date(2026, 11, 20)
A, B, C = "A", "B", "C"
RUNS, OVER, TO_COME = (
    {"begins": "2025-11-20", "until": "2026-11-20"},
    {"begins": "2020-01-01", "until": "2026-11-19"},
    {"begins": "2026-11-21", "until": "2030-01-01"},
)
UNKNOWN_END = {"begins": "2025-11-20", "until": None}
MARRIED, DIVORCED = (
    {"partner_one": A, "partner_two": B, "dissolved_on": None},
    {"partner_one": C, "partner_two": A, "dissolved_on": "2020-01-01"},
)
BORN = {"certificate": "N1", "child": C, "mother": A, "father": B, "signed": True}
HOME = {"unit": "u1", "share": "50", "floor_area": "60.5", "community": "c1"}
ROOM = {"unit": "u2", "share": "12.5", "floor_area": "29.5", "community": "c2"}


def shots(*doses: tuple[Any, Any], born: str | None = "2025-05-20") -> list[dict[str, Any]]:
    return [{"vaccine": vaccine, "dose": dose, "born_on": born} for vaccine, dose in doses]


BABY = shots(("BCG", 1), ("HepB", 1), ("HepB", 2), ("HepB", 3))
TODDLER = [*BABY, *shots(("MMR", 1), ("MMR", 2))]
DRIVER, FOOD = (
    {"kind": "driver", "passed": True, "valid_until": "2026-11-20"},
    {"kind": "food", "passed": True, "valid_until": "2026-11-20"},
)

# register, fact, parameters, the rows about A, the answer
CASES: list[tuple[str, str, dict[str, Any], list[dict[str, Any]], str]] = [
    ("R01", "resident_in_city", {}, [{"registration": "registered"}], YES),
    ("R01", "resident_in_city", {}, [{"registration": "elsewhere"}], NO),
    ("R01", "resident_in_city", {}, [{"registration": None}], UNKNOWN),
    ("R01", "age_at_least", {"n": 80}, [{"birth_date": "1946-11-20"}], YES),
    ("R01", "age_at_least", {"n": 80}, [{"birth_date": "1946-11-21"}], NO),
    ("R01", "age_at_least", {"n": 80, "on": "2026-11-21"}, [{"birth_date": "1946-11-21"}], YES),
    ("R01", "age_at_least", {"n": 80}, [{"birth_date": ""}], UNKNOWN),
    ("R01", "age_at_least", {"n": 80}, [], UNKNOWN),
    ("R01", "age_at_most", {"n": 45}, [{"birth_date": "1980-11-21"}], YES),
    ("R01", "age_at_most", {"n": 45}, [{"birth_date": "1980-11-20"}], NO),
    ("R01", "age_at_most", {"n": 45}, [{"birth_date": None}], UNKNOWN),
    ("R01", "sex_is", {"s": "female"}, [{"sex": "female"}], YES),
    ("R01", "sex_is", {"s": "female"}, [{"sex": "male"}], NO),
    ("R01", "sex_is", {"s": "female"}, [{"sex": None}], UNKNOWN),
    ("R01", "sex_is", {"s": "female"}, [], UNKNOWN),
    ("R01", "household_relation", {"b": B}, [{"household": "h1"}], YES),
    ("R01", "household_relation", {"b": C}, [{"household": "h1"}], NO),
    ("R01", "household_relation", {"b": B}, [{"household": None}], UNKNOWN),
    ("R01", "household_size_at_least", {"n": 3}, [{"household": "h1"}], YES),
    ("R01", "household_size_at_least", {"n": 4}, [{"household": "h1"}], NO),
    ("R01", "household_size_at_least", {"n": 1}, [{"household": ""}], UNKNOWN),
    ("R01", "alive", {}, [{"alive": True}], YES),
    ("R01", "alive", {}, [{"alive": False}], NO),
    ("R01", "alive", {}, [{"alive": None}], UNKNOWN),
    ("R01", "name_is", {"name": "王"}, [{"name": "王"}], YES),
    ("R01", "name_is", {"name": "王"}, [{"name": "李"}], NO),
    ("R01", "name_is", {"name": "王"}, [{"name": ""}], UNKNOWN),
    ("R02", "permit_valid", {}, [OVER, RUNS], YES),
    ("R02", "permit_valid", {}, [OVER, TO_COME], NO),
    ("R02", "permit_valid", {}, [UNKNOWN_END], UNKNOWN),
    ("R02", "permit_months_at_least", {"n": 12}, [RUNS], YES),
    ("R02", "permit_months_at_least", {"n": 13}, [RUNS], NO),
    ("R02", "permit_months_at_least", {"n": 13}, [OVER], NO),
    ("R02", "permit_months_at_least", {"n": 12}, [UNKNOWN_END], UNKNOWN),
    ("R03", "married_to", {"b": B}, [DIVORCED, MARRIED], YES),
    ("R03", "married_to", {"b": C}, [DIVORCED, MARRIED], NO),
    ("R03", "married_to", {"b": A}, [MARRIED], NO),
    ("R03", "married_to", {"b": B}, [{**MARRIED, "partner_two": None}], UNKNOWN),
    ("R03", "married_to", {"b": B}, [], NO),
    ("R03", "has_spouse", {}, [DIVORCED, MARRIED], YES),
    ("R03", "has_spouse", {}, [DIVORCED], NO),
    ("R04", "parents_of", {"child": C, "m": A, "f": B}, [BORN], YES),
    ("R04", "parents_of", {"child": C, "m": B, "f": A}, [BORN], NO),
    ("R04", "parents_of", {"child": B, "m": A, "f": B}, [BORN], NO),
    ("R04", "parents_of", {"child": C, "m": A, "f": B}, [{**BORN, "father": None}], UNKNOWN),
    ("R04", "parents_of", {"child": C, "m": A, "f": B}, [], UNKNOWN),
    ("R04", "birth_certificate_signed", {}, [BORN], YES),
    ("R04", "birth_certificate_signed", {}, [{**BORN, "signed": False}], NO),
    ("R04", "birth_certificate_signed", {}, [{**BORN, "signed": None}], UNKNOWN),
    ("R05", "deceased", {}, [{"died_on": "2026-01-01", "cremated_on": None}], YES),
    ("R05", "deceased", {}, [{"died_on": None}], NO),
    ("R05", "cremated", {}, [{"cremated_on": "2026-01-01"}], YES),
    ("R05", "cremated", {}, [{"cremated_on": ""}], NO),
    ("R06", "schedule_complete_for_age", {}, TODDLER, YES),
    ("R06", "schedule_complete_for_age", {}, BABY, NO),
    ("R06", "schedule_complete_for_age", {}, [{**row, "born_on": "2025-05-21"} for row in BABY], YES),
    ("R06", "schedule_complete_for_age", {}, [*TODDLER[:-1], *shots(("MMR", None))], UNKNOWN),
    ("R06", "schedule_complete_for_age", {}, shots(("BCG", 1), born=None), UNKNOWN),
    ("R06", "schedule_complete_for_age", {}, [], UNKNOWN),
    ("R07", "owns_dwelling_in_city", {}, [HOME], YES),
    ("R07", "owns_dwelling_in_city", {}, [{"unit": None}], NO),
    ("R07", "owns_dwelling_in_city", {}, [], NO),
    ("R07", "owns_dwelling_in", {"communities": ["c2", "c3"]}, [HOME, ROOM], YES),
    ("R07", "owns_dwelling_in", {"communities": ["c3"]}, [HOME, ROOM], NO),
    ("R07", "owns_dwelling_in", {"communities": ["c3"]}, [HOME, {**ROOM, "community": None}], UNKNOWN),
    ("R07", "share_at_least", {"n": 50}, [ROOM, HOME], YES),
    ("R07", "share_at_least", {"n": 51}, [ROOM, HOME], NO),
    ("R07", "share_at_least", {"n": 51}, [{**ROOM, "share": ""}, HOME], UNKNOWN),
    ("R07", "floor_area_total_at_most", {"x": 90}, [HOME, ROOM], YES),
    ("R07", "floor_area_total_at_most", {"x": 89}, [HOME, ROOM], NO),
    ("R07", "floor_area_total_at_most", {"x": 1000}, [HOME, {**ROOM, "floor_area": None}], UNKNOWN),
    ("R08", "lease_filed", {}, [RUNS], YES),
    ("R08", "lease_filed", {}, [OVER], NO),
    ("R08", "lease_filed", {}, [UNKNOWN_END], UNKNOWN),
    ("R08", "lease_filed_in", {"communities": ["c1"]}, [{**RUNS, "community": "c1"}], YES),
    ("R08", "lease_filed_in", {"communities": ["c1"]}, [{**RUNS, "community": "c2"}, {**OVER, "community": "c1"}], NO),
    ("R08", "lease_filed_in", {"communities": ["c1"]}, [{**RUNS, "community": None}], UNKNOWN),
    ("R08", "lease_months_at_least", {"n": 12}, [RUNS], YES),
    ("R08", "lease_months_at_least", {"n": 13}, [RUNS], NO),
    ("R08", "lease_months_at_least", {"n": 1}, [{**RUNS, "begins": None}], UNKNOWN),
    ("R09", "insured_now", {}, [{"insured": True}], YES),
    ("R09", "insured_now", {}, [{"insured": False}], NO),
    ("R09", "insured_now", {}, [{"insured": None}], UNKNOWN),
    ("R09", "contributed_months_at_least", {"n": 180}, [{"months": 180}], YES),
    ("R09", "contributed_months_at_least", {"n": 180}, [{"months": 179}], NO),
    ("R09", "contributed_months_at_least", {"n": 180}, [{"months": None}], UNKNOWN),
    ("R09", "employed_by", {"entity": "E1"}, [{"employer": "E1"}], YES),
    ("R09", "employed_by", {"entity": "E1"}, [{"employer": "E2"}], NO),
    ("R09", "employed_by", {"entity": "E1"}, [{"employer": ""}], UNKNOWN),
    ("R09", "needs_file_review", {}, [{"file_review": True}], YES),
    ("R09", "needs_file_review", {}, [{"file_review": False}], NO),
    ("R09", "needs_file_review", {}, [{"file_review": None}], UNKNOWN),
    ("R10", "enrolled", {}, [{"enrolled": True}], YES),
    ("R10", "enrolled", {}, [{"enrolled": False}], NO),
    ("R10", "enrolled", {}, [{"enrolled": None}], UNKNOWN),
    ("R11", "household_income_at_most", {"x": 60000}, [{"household_income": "60000"}], YES),
    ("R11", "household_income_at_most", {"x": 60000}, [{"household_income": "60000.01"}], NO),
    ("R11", "household_income_at_most", {"x": 60000}, [{"household_income": None}], UNKNOWN),
    ("R11", "no_tax_debt", {}, [{"tax_owed": "0"}], YES),
    ("R11", "no_tax_debt", {}, [{"tax_owed": "0.01"}], NO),
    ("R11", "no_tax_debt", {}, [{"tax_owed": ""}], UNKNOWN),
    ("R12", "contributing", {}, [{"contributing": True}], YES),
    ("R12", "contributing", {}, [{"contributing": False}], NO),
    ("R12", "contributing", {}, [{"contributing": None}], UNKNOWN),
    ("R12", "account_sealed", {}, [{"sealed": True}], YES),
    ("R12", "account_sealed", {}, [{"sealed": False}], NO),
    ("R12", "account_sealed", {}, [{"sealed": None}], UNKNOWN),
    ("R13", "low_income_family", {}, [{"until": "2026-11-20"}], YES),
    ("R13", "low_income_family", {}, [{"until": "2026-11-19"}], NO),
    ("R13", "low_income_family", {}, [{"until": None}], UNKNOWN),
    ("R14", "valid", {}, [{"valid_until": "2026-11-20"}], YES),
    ("R14", "valid", {}, [{"valid_until": "2026-11-19"}], NO),
    ("R14", "valid", {}, [{"valid_until": None}], UNKNOWN),
    ("R14", "grade_in", {"grades": [1, 2]}, [{"grade": 2}], YES),
    ("R14", "grade_in", {"grades": [1, 2]}, [{"grade": 3}], NO),
    ("R14", "grade_in", {"grades": [1, 2]}, [{"grade": None}], UNKNOWN),
    ("R14", "type_in", {"types": ["mental"]}, [{"type": "mental"}], YES),
    ("R14", "type_in", {"types": ["mental"]}, [{"type": "visual"}], NO),
    ("R14", "type_in", {"types": ["mental"]}, [{"type": ""}], UNKNOWN),
    ("R15", "entity_active", {}, [{"status": "active"}], YES),
    ("R15", "entity_active", {}, [{"status": "revoked"}], NO),
    ("R15", "entity_active", {}, [{"status": None}], UNKNOWN),
    ("R15", "legal_representative_is", {"p": B}, [{"representative": B}], YES),
    ("R15", "legal_representative_is", {"p": B}, [{"representative": C}], NO),
    ("R15", "legal_representative_is", {"p": B}, [{"representative": None}], UNKNOWN),
    ("R15", "scope_includes", {"x": "catering"}, [{"scope": "retail", "second_scope": "catering"}], YES),
    ("R15", "scope_includes", {"x": "catering"}, [{"scope": "retail", "second_scope": "transport"}], NO),
    ("R15", "scope_includes", {"x": "catering"}, [{"scope": "retail", "second_scope": None}], UNKNOWN),
    ("R15", "representative_disqualified", {}, [{"representative_disqualified": True}], YES),
    ("R15", "representative_disqualified", {}, [{"representative_disqualified": False}], NO),
    ("R15", "representative_disqualified", {}, [{"representative_disqualified": None}], UNKNOWN),
    ("R15 by text", "scope_includes", {"what": "餐饮服务"}, [{"scope": "食品销售； 餐饮服务 ；住宿"}], YES),
    ("R15 by text", "scope_includes", {"what": "餐饮服务"}, [{"scope": "食品销售（不含餐饮服务）；住宿"}], NO),
    ("R15 by text", "scope_includes", {"what": "餐饮服务"}, [{"scope": None}], UNKNOWN),
    ("R16", "licence_expires_within", {"days": 90}, [{"licence_expires": "2027-02-18"}], YES),
    ("R16", "licence_expires_within", {"days": 90}, [{"licence_expires": "2027-02-19"}], NO),
    ("R16", "licence_expires_within", {"days": 90}, [{"licence_expires": "2026-11-19"}], NO),
    ("R16", "licence_expires_within", {"days": 90}, [{"licence_expires": None}], UNKNOWN),
    ("R16", "no_twelve_point_cycle", {}, [{"points": 11}], YES),
    ("R16", "no_twelve_point_cycle", {}, [{"points": 12}], NO),
    ("R16", "no_twelve_point_cycle", {}, [{"points": None}], UNKNOWN),
    ("R16", "no_open_offence", {}, [{"open_offences": 0}], YES),
    ("R16", "no_open_offence", {}, [{"open_offences": 1}], NO),
    ("R16", "no_open_offence", {}, [{"open_offences": None}], UNKNOWN),
    ("R16", "vehicle_value_at_most", {"x": 100}, [{"vehicles_value": 100}], YES),
    ("R16", "vehicle_value_at_most", {"x": 100}, [{"vehicles_value": 101}], NO),
    ("R16", "vehicle_value_at_most", {"x": 100}, [{"vehicles_value": None}], UNKNOWN),
    ("R16 by vehicle", "vehicle_value_at_most", {"x": 100}, [{"vehicle_value": 60}, {"vehicle_value": 40}], YES),
    ("R16 by vehicle", "vehicle_value_at_most", {"x": 100}, [{"vehicle_value": 60}, {"vehicle_value": 41}], NO),
    ("R16 by vehicle", "vehicle_value_at_most", {"x": 100}, [{"vehicle_value": 60}, {"vehicle_value": None}], UNKNOWN),
    ("R16 by vehicle", "no_open_offence", {}, [{"open_offences": 0}, {"open_offences": 0}], YES),
    ("R16 by vehicle", "no_open_offence", {}, [{"open_offences": 0}, {"open_offences": 1}, {"open_offences": None}], NO),
    ("R16 by vehicle", "no_open_offence", {}, [{"open_offences": 0}, {"open_offences": None}], UNKNOWN),
    (
        "R17",
        "degree_at_least",
        {"degree": "bachelor"},
        [{"degree": "associate", "verified": True}, {"degree": "master", "verified": True}],
        YES,
    ),
    ("R17", "degree_at_least", {"degree": "bachelor"}, [{"degree": "associate", "verified": True}], NO),
    ("R17", "degree_at_least", {"degree": "bachelor"}, [{"degree": "doctor", "verified": False}], NO),
    ("R17", "degree_at_least", {"degree": "bachelor"}, [{"degree": "diploma of another country", "verified": True}], UNKNOWN),
    ("R17", "degree_at_least", {"degree": "bachelor"}, [{"degree": "master", "verified": None}], UNKNOWN),
    ("R17", "degree_at_least", {"degree": "bachelor"}, [], UNKNOWN),
    ("R18", "fit_to_drive", {}, [{**DRIVER, "valid_until": "2020-01-01"}, DRIVER, FOOD], YES),
    ("R18", "fit_to_drive", {}, [{**DRIVER, "passed": False}, FOOD], NO),
    ("R18", "fit_to_drive", {}, [{**DRIVER, "valid_until": "2026-11-19"}], NO),
    ("R18", "fit_to_drive", {}, [FOOD], UNKNOWN),
    ("R18", "fit_to_drive", {}, [{**DRIVER, "passed": False}, {**DRIVER, "kind": None}], UNKNOWN),
    ("R18", "fit_to_drive", {}, [DRIVER, {**DRIVER, "kind": None}], YES),
    ("R18", "fit_to_drive", {}, [], UNKNOWN),
    ("R18", "food_handler_fit", {}, [FOOD], YES),
    ("R18", "food_handler_fit", {}, [{**FOOD, "passed": False}], NO),
    ("R18", "food_handler_fit", {}, [{**FOOD, "passed": None}], UNKNOWN),
    ("R19", "already_receiving", {}, [RUNS], YES),
    ("R19", "already_receiving", {}, [UNKNOWN_END], YES),
    ("R19", "already_receiving", {}, [OVER, TO_COME], NO),
    ("R19", "already_receiving", {}, [{"begins": None, "until": None}], UNKNOWN),
    ("R22", "payout_account_on_file", {}, [{"valid": True}], YES),
    ("R22", "payout_account_on_file", {}, [{"valid": False}], NO),
    ("R22", "payout_account_on_file", {}, [{"valid": None}], UNKNOWN),
]
NEVER_UNKNOWN = {("R03", "has_spouse"), ("R05", "deceased"), ("R05", "cremated"), ("R07", "owns_dwelling_in_city")}
"""What an empty day says, or that there is a row: such facts always know."""


def compiled(code: str, name: str) -> Any:
    items, facts = register(code)
    return compile_fact(facts[name], items)


def around(values: dict[str, Any]) -> Surroundings:
    others: Any = {B: [{"household": "h1"}], C: [{"household": "h2"}]}
    return Surroundings(values, TODAY, others, {("household", "h1"): 3}, A)


@pytest.mark.parametrize(("code", "name", "values", "rows", "answer"), CASES)
def test_the_fact_says(code: str, name: str, values: dict[str, Any], rows: list[dict[str, Any]], answer: str) -> None:
    asked = compiled(code, name)
    for order in permutations(rows):
        assert asked.answer(list(order), around(values)) == answer


def every_fact() -> list[tuple[str, str]]:
    return [(code, name) for code in [*WRITTEN, *(code for code in shipped() if code <= "R22")] for name in register(code)[1]]


def test_every_fact_of_every_register_is_asked_for_each_answer_and_about_nobody() -> None:
    told: dict[tuple[str, str], set[str]] = {}
    for code, name, _values, _rows, answer in CASES:
        told.setdefault((code, name), set()).add(answer)
    for code, name in every_fact():
        wanted = {YES, NO} if (code, name) in NEVER_UNKNOWN else {YES, NO, UNKNOWN}
        assert told[code, name] == wanted, (code, name)
        assert compiled(code, name).answer([], around({})) == register(code)[1][name]["when_absent"]


@pytest.mark.parametrize(("code", "name"), every_fact())
def test_the_hub_accepts_what_it_evaluates(code: str, name: str) -> None:
    items, facts = register(code)
    fact = facts[name]
    names = Names(items, {parameter["name"]: parameter["type"] for parameter in fact["parameters"]})
    assert list(expression_faults("facts[0]", fact["expression"], names)) == []


ITEM = {"op": "item", "item": "vaccine"}
WRONG: list[Any] = [
    {"op": "where", "of": [{"op": "present", "item": "kind"}]},
    {"op": "and", "of": [{"op": "where", "of": [{"op": "present", "item": "kind"}, {"op": "present", "item": "kind"}]}]},
    {"op": "where", "of": [{"op": "sum_at_most", "item": "dose", "value": 1}, {"op": "present", "item": "kind"}]},
    {"op": "rank_at_least", "item": "kind", "value": "a"},
    {"op": "rank_at_least", "item": "kind", "value": "a", "order": ["a", "a"]},
    {"op": "rank_at_least", "item": "born", "value": "a", "order": ["a", "b"]},
    {"op": "eq", "item": "kind", "value": "a", "order": ["a", "b"]},
    {"op": "sum_at_most", "item": "kind", "value": 1},
    {"op": "sum_at_most", "item": "dose"},
    {"op": "names_subject", "item": "kind"},
    {"op": "names_subject", "item": "person", "value": "A"},
    {"op": "months_since_at_least", "item": "dose", "value": 1},
    {"op": "item", "item": "kind"},
    {"op": "schedule_complete", "of": [ITEM], "table": []},
    {
        "op": "schedule_complete",
        "of": [{"op": "item", "item": "kind"}, {"op": "item", "item": "dose"}, {"op": "item", "item": "born"}],
        "table": [],
    },
    {
        "op": "schedule_complete",
        "of": [{"op": "item", "item": "kind"}, {"op": "item", "item": "kind"}, {"op": "item", "item": "born"}],
        "table": [{"code": "a", "doses": 1, "from_months": 0}],
    },
    {
        "op": "schedule_complete",
        "of": [{"op": "item", "item": "kind"}, {"op": "item", "item": "dose"}, {"op": "item", "item": "born"}],
        "table": [{"code": "a", "doses": 0, "from_months": 0}],
    },
]


@pytest.mark.parametrize("expression", WRONG)
def test_what_is_outside_the_closed_set_is_no_expression(expression: Any) -> None:
    names = Names({"person": "identifier", "kind": "code", "dose": "integer", "born": "date"}, {})
    assert list(expression_faults("facts[0]", expression, names))


def test_which_rows_are_meant_never_looks_at_all_rows() -> None:
    with pytest.raises(FactError, match="by itself"):
        compile_fact({"name": "f", "when_absent": "NO", "expression": WRONG[2]}, {"dose": "integer", "kind": "code"})


@pytest.mark.parametrize(
    ("since", "on", "months"),
    [
        (date(2025, 11, 20), date(2026, 11, 19), 11),
        (date(2025, 11, 20), date(2026, 11, 20), 12),
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 1), 1),
        (date(2026, 11, 21), date(2026, 11, 20), -1),
    ],
)
def test_full_months_are_complete_on_the_day(since: date, on: date, months: int) -> None:
    assert full_months(since, on) == months


@pytest.mark.parametrize(
    ("code", "name"), [("R07", "floor_area_total_at_most"), ("R06", "schedule_complete_for_age"), ("R16 by vehicle", "no_open_offence")]
)
def test_what_looks_at_all_rows_is_known_to(code: str, name: str) -> None:
    assert compiled(code, name).reads_all_rows
    assert not compiled("R11", "no_tax_debt").reads_all_rows
