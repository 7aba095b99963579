"""The registers agree with each other, have real holes, and are the same for the same seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from exchange.demonstration.generator import REFERENCE_DATE, GeneratedCity
from exchange.demonstration.generator.before import write_before
from exchange.demonstration.generator.gaps import GAP_ITEMS

Rows = Callable[[str], list[dict[str, str]]]
Registers = dict[str, dict[str, Any]]
SmallCity = Callable[..., GeneratedCity]


def birth_of(number: str) -> date:
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, day.day)


@pytest.fixture
def households(rows: Rows) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows("R01"):
        found[row["household"]].append(row)
    return found


def test_city_has_the_households_that_were_asked_for(city: GeneratedCity, households: dict[str, list[dict[str, str]]]) -> None:
    assert len(households) == city.households == 1500
    assert sum(len(people) for people in households.values()) == city.residents


def test_households_have_one_head_and_one_to_six_people(households: dict[str, list[dict[str, str]]]) -> None:
    for people in households.values():
        assert 1 <= len(people) <= 6
        assert [person["relation"] for person in people].count("head") == 1
        assert [person["relation"] for person in people].count("spouse") <= 1


def test_parents_are_older_than_their_children(households: dict[str, list[dict[str, str]]]) -> None:
    for people in households.values():
        head = next(person for person in people if person["relation"] == "head")
        for person in people:
            if person["relation"] == "child":
                assert years_before(birth_of(person["person"]).replace(day=1), 18) > birth_of(head["person"]).replace(day=1)
            if person["relation"] == "parent":
                assert years_before(birth_of(head["person"]).replace(day=1), 18) > birth_of(person["person"]).replace(day=1)


def test_nobody_is_born_after_the_reference_date_or_older_than_102(rows: Rows) -> None:
    births = [birth_of(row["person"]) for row in rows("R01")]

    assert max(births) <= REFERENCE_DATE
    assert min(births) > years_before(REFERENCE_DATE, 102)


def test_ages_form_the_pyramid_of_a_chinese_city(rows: Rows) -> None:
    ages = [(REFERENCE_DATE - birth_of(row["person"])).days / 365.25 for row in rows("R01")]

    assert 0.10 < sum(age < 15 for age in ages) / len(ages) < 0.18
    assert 0.17 < sum(age >= 60 for age in ages) / len(ages) < 0.27


OF_THE_LIVING = [("R15", "representative"), ("R16", "driver"), *((code, "person") for code in ("R09", "R10", "R13", "R14", "R20", "R24"))]


@pytest.mark.parametrize(("code", "item"), OF_THE_LIVING)
def test_everybody_in_another_register_lives_in_the_population_register(rows: Rows, code: str, item: str) -> None:
    alive = {row["person"] for row in rows("R01") if row["alive"] == "true"}

    assert {row[item] for row in rows(code)} <= alive


def test_deaths_are_those_of_the_population_register_and_come_before_cremations(rows: Rows) -> None:
    dead = {row["person"] for row in rows("R01") if row["alive"] == "false"}

    assert {row["person"] for row in rows("R05")} == dead
    for row in rows("R05"):
        assert birth_of(row["person"]) <= date.fromisoformat(row["died_on"])
        assert not row["cremated_on"] or row["died_on"] < row["cremated_on"]
    assert 0.02 < sum(not row["cremated_on"] for row in rows("R05")) / len(dead) < 0.3


def test_accounts_and_phones_are_of_registered_people_but_not_of_all(rows: Rows, residents: dict[str, Any]) -> None:
    late = residents["the_deceased"]["identifiers"][0]["id"]
    registered = {row["person"] for row in rows("R01") if row["alive"] == "true"} | {late}

    for code in ("R22", "R24"):
        people = {row["person"] for row in rows(code)}
        assert people <= registered
        assert 0.4 < len(people) / len(registered) < 0.95


def test_phone_numbers_reach_nobody(rows: Rows) -> None:
    assert {row["phone"][:2] for row in rows("R24")} == {"12"}


def test_employers_are_active_entities(rows: Rows) -> None:
    active = {row["entity"] for row in rows("R15") if row["status"] == "active"}
    employers = {row["employer"] for row in rows("R09")} - {""}

    assert len(employers) > 20
    assert employers <= active


def test_records_are_sealed_before_the_nineteenth_year_is_over(rows: Rows, residents: dict[str, Any]) -> None:
    named = {resident["identifiers"][0]["id"] for resident in residents.values()}
    drawn = [row for row in rows("R20") if row["person"] not in named]

    assert all((date.fromisoformat(row["sealed_on"]) - birth_of(row["person"])).days < 19 * 366 for row in drawn)


def test_members_of_a_low_income_family_are_its_registered_members(rows: Rows, households: dict[str, list[dict[str, str]]]) -> None:
    families: dict[str, set[str]] = defaultdict(set)
    for row in rows("R13"):
        families[row["household"]].add(row["person"])
    for household, members in families.items():
        assert members == {row["person"] for row in households[household] if row["registration"] == "registered"}


@pytest.mark.parametrize(("code", "item"), [("R15", "representative"), ("R16", "driver")])
def test_representatives_and_drivers_are_adults(rows: Rows, code: str, item: str) -> None:
    assert all(birth_of(row[item]) <= years_before(REFERENCE_DATE, 18) for row in rows(code))


def test_representative_was_an_adult_on_the_day_of_registration(rows: Rows) -> None:
    for row in rows("R15"):
        if row["registered_on"]:
            assert (date.fromisoformat(row["registered_on"]) - birth_of(row["representative"])).days >= 18 * 365


def test_disqualification_is_the_same_on_all_entities_of_a_person(rows: Rows) -> None:
    by_person: dict[str, set[str]] = defaultdict(set)
    for row in rows("R15"):
        by_person[row["representative"]].add(row["representative_disqualified"])

    assert {len(values) for values in by_person.values()} == {1}
    assert {"true", "false"} == set().union(*by_person.values())


def test_what_is_true_of_a_driver_is_the_same_on_each_row(rows: Rows) -> None:
    drivers: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row in rows("R16"):
        own = ("licence_class", "licence_expires", "points", "open_offences", "vehicles_value")
        drivers[row["driver"]].add(tuple(row[item] for item in own))

    assert {len(values) for values in drivers.values()} == {1}


def test_total_value_is_the_sum_of_the_vehicles_or_empty_where_one_is_missing(rows: Rows) -> None:
    drivers: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows("R16"):
        drivers[row["driver"]].append(row)
    for cars in drivers.values():
        values = [car["vehicle_value"] for car in cars if car["vehicle"]]
        total = "" if "" in values else f"{sum(float(value) for value in values):.2f}"
        assert cars[0]["vehicles_value"] == total


SIZES = [
    ("R05", 0.002, 0.02),
    ("R09", 0.45, 0.75),
    ("R10", 0.90, 0.99),
    ("R13", 0.02, 0.07),
    ("R14", 0.04, 0.08),
    ("R15", 0.03, 0.07),
    ("R16", 0.30, 0.50),
    ("R20", 0.0001, 0.003),
]


@pytest.mark.parametrize(("code", "low", "high"), SIZES)
def test_registers_have_plausible_sizes(city: GeneratedCity, code: str, low: float, high: float) -> None:
    assert low < city.files[code].rows / city.residents < high


def test_about_one_optional_value_in_a_hundred_is_missing(rows: Rows) -> None:
    values = [row[item] for code, items in GAP_ITEMS.items() for row in rows(code) for item in items if _has_a_value(row, item)]

    assert 0.005 < values.count("") / len(values) < 0.02


def _has_a_value(row: dict[str, str], item: str) -> bool:
    return item != "vehicle_value" or bool(row["vehicle"])


def test_only_optional_items_are_ever_empty(rows: Rows, registers: Registers) -> None:
    for code, register in registers.items():
        required = {item["name"] for item in register["items"] if item["required"]}
        assert [row for row in rows(code) if any(not row[item] for item in required)] == []


def test_same_seed_gives_the_same_bytes(small_city: SmallCity) -> None:
    first, second = small_city("first"), small_city("second")

    for code, file in first.files.items():
        assert file.path.read_bytes() == second.files[code].path.read_bytes()


def test_another_seed_gives_other_people(small_city: SmallCity) -> None:
    assert small_city("first").files["R01"].path.read_bytes() != small_city("second", seed=7).files["R01"].path.read_bytes()


def test_a_larger_city_begins_with_the_smaller_one(small_city: SmallCity) -> None:
    small, large = small_city("small"), small_city("large", households=90)

    assert large.files["R01"].path.read_bytes().startswith(small.files["R01"].path.read_bytes())


def test_another_day_moves_what_is_due_and_nobody(small_city: SmallCity) -> None:
    first, later = small_city("first"), small_city("later", today=date(2027, 6, 30))

    assert first.files["R01"].path.read_bytes() == later.files["R01"].path.read_bytes()
    assert first.files["R16"].path.read_bytes() != later.files["R16"].path.read_bytes()


def test_files_have_the_encodings_that_they_claim(city: GeneratedCity) -> None:
    raw = city.files["R16"].path.read_bytes()

    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    assert raw.decode("gb18030").startswith("记录号,驾驶人身份证号")
    assert city.files["R01"].path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert not city.files["R15"].path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_every_division_code_is_real(rows: Rows, division_codes: set[str]) -> None:
    used = {row["community"] for code in ("R01", "R15") for row in rows(code)} - {""}

    assert len(used) > 500
    assert used <= division_codes


def test_progress_ends_at_the_whole(small_city: SmallCity) -> None:
    seen: list[tuple[int, int]] = []
    small_city("city", on_progress=lambda done, whole: seen.append((done, whole)))

    assert seen == sorted(seen)
    assert seen[-1] == (60, 60)


def test_a_build_that_breaks_leaves_no_half_file(small_city: SmallCity, tmp_path: Any) -> None:
    def stop(done: int, whole: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small_city("city", on_progress=stop)
    assert list((tmp_path / "city").iterdir()) == []


@pytest.mark.parametrize("households", [0, 3, 1_000_001])
def test_a_city_too_small_or_too_large_is_refused_with_the_bounds(small_city: SmallCity, households: int) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        small_city("city", households=households)


def test_some_weeks_ago_whoever_died_since_was_alive(small_city: SmallCity, registers: Registers, residents: dict[str, Any]) -> None:
    city = small_city("city")
    dead = residents["the_deceased"]["identifiers"][0]["id"]
    before = write_before(city.home, registers, city.today).read_text("utf-8-sig").splitlines()
    now = city.files["R01"].path.read_text("utf-8-sig").splitlines()
    changed = {then.split(",")[0]: (then, later) for then, later in zip(before, now, strict=True) if then != later}

    assert dead in changed
    assert changed[dead][0].endswith(",registered,true")
    assert changed[dead][1].endswith(",cancelled,false")
    assert all(later.endswith(",cancelled,false") for _then, later in changed.values())
