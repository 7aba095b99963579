"""The named residents are in every city and show what their stories say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from catalog.identifiers import kinds
from exchange.demonstration.generator import REFERENCE_DATE, GeneratedCity
from exchange.jurisdictions import load_registers

Rows = Callable[[str], list[dict[str, str]]]
Residents = dict[str, dict[str, Any]]


@pytest.fixture
def records(rows: Rows, residents: Residents) -> Callable[[str, str], list[dict[str, str]]]:
    def of(key: str, code: str) -> list[dict[str, str]]:
        identity = residents[key]["identifiers"][0]["id"]
        subject = {"R15": "representative", "R16": "driver"}.get(code, "person")
        return [row for row in rows(code) if row[subject] == identity]

    return of


Records = Callable[[str, str], list[dict[str, str]]]


def test_registered_residents_stand_once_in_the_population_register(records: Records, residents: Residents) -> None:
    for key, resident in residents.items():
        assert len(records(key, "R01")) == ("population" in resident), key


def test_wheelchair_user_has_grade_1_and_a_low_income_family(records: Records) -> None:
    [certificate], [recognition] = records("wheelchair_user", "R14"), records("wheelchair_user", "R13")

    assert (certificate["type"], certificate["grade"]) == ("physical", "1")
    assert certificate["valid_until"] > REFERENCE_DATE.isoformat() < recognition["until"]


def test_family_of_the_wheelchair_user_shares_her_household(records: Records) -> None:
    keys = ("wheelchair_user", "wheelchair_users_son", "wheelchair_users_mother")

    assert len({records(key, "R01")[0]["household"] for key in keys}) == 1
    assert all(len(records(key, "R13")) == 1 for key in keys)


def test_widow_is_83_and_alone(records: Records, rows: Rows) -> None:
    [widow] = records("widow_of_83", "R01")

    assert (REFERENCE_DATE - date.fromisoformat(widow["birth_date"])).days // 365.25 == 83
    assert [row["person"] for row in rows("R01") if row["household"] == widow["household"]] == [widow["person"]]


def test_company_owner_represents_an_active_company_and_renews_soon(records: Records) -> None:
    [company] = records("company_owner", "R15")
    cars = records("company_owner", "R16")

    assert (company["status"], company["scope"]) == ("active", "software")
    assert [car["vehicles_value"] for car in cars] == ["260000.00", "260000.00"]
    assert cars[0]["licence_expires"] == (REFERENCE_DATE + timedelta(days=60)).isoformat()


def test_licences_are_due_on_whatever_day_the_city_is_built(small_city: Callable[..., GeneratedCity]) -> None:
    text = small_city("city", today=date(2030, 1, 1)).files["R16"].path.read_text(encoding="gb18030")

    assert "C1,2030-03-02,3,0" in text


def test_the_others_show_what_their_stories_need(records: Records) -> None:
    assert records("disqualified_representative", "R15")[0]["representative_disqualified"] == "true"
    assert records("restaurant_owner", "R15")[0]["scope"] == "catering"
    assert records("young_man_with_care_allowance", "R14")[0]["type"] == "intellectual"
    assert records("holder_of_expired_certificate", "R14")[0]["valid_until"] < REFERENCE_DATE.isoformat()
    assert records("holder_of_incomplete_certificate", "R14")[0]["valid_until"] == ""
    assert records("driver_with_twelve_points", "R16")[0]["points"] == "12"
    assert records("the_deceased", "R01")[0]["alive"] == "false"
    assert records("woman_who_moved_away", "R01")[0]["registration"] == "moved_away"
    others = [code for code in load_registers() if code not in {"R01", "R21", "R23"}]
    assert [code for code in others if records("man_in_no_other_register", code)] == []


def test_identifiers_of_all_named_residents_are_well_formed_for_their_kind(residents: Residents) -> None:
    for key, resident in residents.items():
        for identifier in resident["identifiers"]:
            kind = kinds()[identifier["kind"]]
            assert kind.is_well_formed(kind.normalise(identifier["id"])), key
