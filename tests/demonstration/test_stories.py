"""Facts about the named residents come out as their stories say: descriptions, files and evaluation together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from catalog.description.check import faults_of
from catalog.identifiers import kinds
from exchange.delivery.fact_operators import Surroundings
from exchange.delivery.facts import compile_fact
from exchange.demonstration.generator import REFERENCE_DATE

Rows = Callable[[str], list[dict[str, str]]]
Registers = dict[str, dict[str, Any]]
Residents = dict[str, dict[str, Any]]
Ask = Callable[..., str]

COMPANY = "91510107MB0000019M"
READ: dict[str, Callable[[str], Any]] = {"integer": int, "boolean": lambda text: text == "true"}


@pytest.fixture
def ask(rows: Rows, registers: Registers, residents: Residents) -> Ask:
    """Ask one fact of one register about a named resident (or an identifier), as the data path would."""

    def typed(code: str, item: str, identifier: str) -> list[Mapping[str, Any]]:
        types = {entry["name"]: entry["type"] for entry in registers[code]["items"]}
        found = [row for row in rows(code) if row[item] == identifier]
        return [{name: READ.get(types[name], str)(value) if value else None for name, value in row.items()} for row in found]

    def of(code: str, fact: str, who: str, today: date = REFERENCE_DATE, **parameters: Any) -> str:
        register = registers[code]
        types = {entry["name"]: entry["type"] for entry in register["items"]}
        compiled = compile_fact(next(entry for entry in register["facts"] if entry["name"] == fact), types)
        kind = "person" if who in residents else "credit_code"
        identifier = residents[who]["identifiers"][0]["id"] if who in residents else who
        item = next(subject["item"] for subject in register["subjects"] if subject["kind"] == kind)
        named = {
            name: residents[value]["identifiers"][0]["id"]
            for name, value in parameters.items()
            if isinstance(value, str) and value in residents
        }
        others = {number: typed(code, register["subjects"][0]["item"], number) for number in named.values()}
        same = Counter((counted, row[counted]) for counted in compiled.counted_items for row in rows(code))
        return compiled.answer(typed(code, item, identifier), Surroundings(parameters | named, today, others, same))

    return of


def test_a_department_may_publish_every_register_as_described(registers: Registers) -> None:
    for register in registers.values():
        document = register | {"provider_answer_key": None, "revision_systems": [], "hub": "hub.example/log", "nonce": "A" * 22}
        assert faults_of(document, kinds=kinds()) == []


def test_wheelchair_user_meets_both_allowances(ask: Ask) -> None:
    assert ask("R14", "valid", "wheelchair_user") == "YES"
    assert ask("R14", "grade_in", "wheelchair_user", grades=[1, 2]) == "YES"
    assert ask("R13", "low_income_family", "wheelchair_user") == "YES"
    assert ask("R01", "household_relation", "wheelchair_user", b="wheelchair_users_son") == "YES"
    assert ask("R01", "household_relation", "wheelchair_user", b="widow_of_83") == "NO"
    assert ask("R01", "household_size_at_least", "wheelchair_user", n=3) == "YES"
    assert ask("R01", "household_size_at_least", "wheelchair_user", n=4) == "NO"


def test_certificates_of_the_others_answer_as_told(ask: Ask) -> None:
    assert ask("R14", "type_in", "young_man_with_care_allowance", types=["mental", "intellectual"]) == "YES"
    assert ask("R14", "grade_in", "young_man_with_care_allowance", grades=[1, 2]) == "NO"
    assert ask("R13", "low_income_family", "young_man_with_care_allowance") == "NO"
    assert ask("R14", "valid", "holder_of_expired_certificate") == "NO"
    assert ask("R14", "valid", "holder_of_incomplete_certificate") == "UNKNOWN"


def test_old_age_is_reckoned_on_the_day_asked(ask: Ask) -> None:
    assert ask("R01", "age_at_least", "widow_of_83", n=80) == "YES"
    assert ask("R01", "age_at_least", "man_before_80", n=80) == "NO"
    assert ask("R01", "age_at_least", "man_before_80", n=80, on="2027-12-15") == "YES"
    assert ask("R01", "age_at_most", "man_before_80", n=78) == "YES"


def test_people_who_died_or_moved_away_are_found_and_answered_no(ask: Ask) -> None:
    assert ask("R01", "alive", "the_deceased") == "NO"
    assert ask("R01", "alive", "widow_of_83") == "YES"
    assert ask("R01", "resident_in_city", "woman_who_moved_away") == "NO"
    assert ask("R01", "household_relation", "daughter_of_the_deceased", b="the_deceased") == "YES"


def test_company_and_its_owner_answer_for_each_other(ask: Ask) -> None:
    assert ask("R15", "entity_active", COMPANY) == "YES"
    assert ask("R15", "legal_representative_is", COMPANY, p="company_owner") == "YES"
    assert ask("R15", "legal_representative_is", COMPANY, p="restaurant_owner") == "NO"
    assert ask("R15", "scope_includes", COMPANY, x="design_consulting") == "YES"
    assert ask("R15", "scope_includes", COMPANY, x="catering") == "NO"
    assert ask("R15", "representative_disqualified", "disqualified_representative") == "YES"
    assert ask("R15", "representative_disqualified", "company_owner") == "NO"


def test_two_vehicles_count_together(ask: Ask) -> None:
    assert ask("R16", "vehicle_value_at_most", "company_owner", x=200_000) == "NO"
    assert ask("R16", "vehicle_value_at_most", "company_owner", x=260_000) == "YES"
    assert ask("R16", "vehicle_value_at_most", "company_owners_wife", x=0) == "YES"


def test_licence_is_renewable_before_it_expires_and_without_twelve_points(ask: Ask) -> None:
    assert ask("R16", "licence_expires_within", "company_owner", days=90) == "YES"
    assert ask("R16", "licence_expires_within", "company_owner", days=30) == "NO"
    assert ask("R16", "licence_expires_within", "company_owner", date(2027, 3, 1), days=90) == "NO"
    assert ask("R16", "no_twelve_point_cycle", "company_owner") == "YES"
    assert ask("R16", "no_twelve_point_cycle", "driver_with_twelve_points") == "NO"
    assert ask("R16", "no_open_offence", "driver_with_twelve_points") == "NO"


def test_what_the_old_age_allowance_asks_is_answered_as_told(ask: Ask) -> None:
    for who in ("widow_of_83", "man_of_86", "woman_who_says_no"):
        assert [ask("R01", "age_at_least", who, n=80), ask("R01", "resident_in_city", who), ask("R01", "alive", who)] == ["YES"] * 3
        assert ask("R22", "payout_account_on_file", who) == "YES"
    assert ask("R01", "age_at_least", "woman_80_next_month", date(2026, 12, 17), n=80) == "NO"
    assert ask("R01", "age_at_least", "woman_80_next_month", date(2026, 12, 18), n=80) == "YES"
    assert ask("R01", "resident_in_city", "man_who_moved_away_at_85") == "NO"


def test_a_death_is_known_to_both_registers(ask: Ask) -> None:
    assert ask("R05", "deceased", "the_deceased") == "YES"
    assert ask("R05", "cremated", "the_deceased") == "YES"
    assert ask("R05", "deceased", "widow_of_83") == "NO"


def test_disability_stories_have_their_twist(ask: Ask) -> None:
    assert [ask("R13", "low_income_family", who) for who in ("woman_without_account", "man_who_objected")] == ["YES", "NO"]
    assert ask("R22", "payout_account_on_file", "woman_without_account") == "NO"
    assert ask("R14", "grade_in", "man_with_outdated_grade", grades=[1, 2]) == "NO"
    assert ask("R14", "grade_in", "woman_whose_office_was_down", grades=[1, 2]) == "YES"
    assert ask("R14", "type_in", "man_who_objected", types=["mental", "intellectual"]) == "NO"


def test_a_wrong_name_and_an_unknown_identifier_look_the_same(ask: Ask, residents: Residents) -> None:
    name = residents["wheelchair_user"]["name"]["zh"]

    assert ask("R01", "name_is", "wheelchair_user", name=name) == "YES"
    assert ask("R01", "name_is", "wheelchair_user", name="罗晓") == "NO"
    assert ask("R01", "name_is", "resident_of_hong_kong", name=residents["resident_of_hong_kong"]["name"]["zh"]) == "NO"


def test_social_insurance_answers_for_an_employee(ask: Ask) -> None:
    assert ask("R09", "insured_now", "company_owner") == "YES"
    assert ask("R09", "contributed_months_at_least", "company_owner", n=180) == "YES"
    assert ask("R09", "contributed_months_at_least", "company_owner", n=300) == "NO"
    assert ask("R09", "employed_by", "company_owner", entity=COMPANY) == "YES"
    assert ask("R09", "needs_file_review", "company_owner") == "NO"
    assert ask("R10", "enrolled", "wheelchair_user") == "YES"
