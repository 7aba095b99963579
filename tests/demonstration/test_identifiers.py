"""Every identifier is well formed in the eyes of others, and given once."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import date

import pytest
from stdnum.cn import ric, uscc

from exchange.demonstration.generator.identifiers import (
    CreditCodes,
    IdentityNumbers,
    NumberPlates,
    credit_check_character,
    identity_check_character,
    organisation_check_character,
)
from exchange.demonstration.generator.places import Places
from exchange.jurisdictions import load_identifier_kinds

Rows = Callable[[str], list[dict[str, str]]]


def test_stdnum_agrees_on_every_identity_number(rows: Rows) -> None:
    numbers = [row["person"] for row in rows("R01")]

    assert [number for number in numbers if not ric.is_valid(number)] == []


def test_identity_number_tells_birth_date_and_sex_of_its_row(rows: Rows) -> None:
    for row in rows("R01"):
        assert row["birth_date"] in {"", ric.get_birth_date(row["person"]).isoformat()}
        assert row["sex"] == ("male" if int(row["person"][16]) % 2 else "female")


def test_stdnum_agrees_on_every_credit_code(rows: Rows) -> None:
    codes = [row["entity"] for row in rows("R15")]

    assert [code for code in codes if not uscc.is_valid(code)] == []


def test_credit_code_names_the_county_of_its_community(rows: Rows) -> None:
    assert all(row["entity"][2:8] == row["community"][:6] for row in rows("R15"))


@pytest.mark.parametrize(("first", "check"), [("36042619910101007", "1"), ("11010519491231002", "X")])
def test_identity_check_character_of_published_examples(first: str, check: str) -> None:
    assert identity_check_character(first) == check


def test_credit_check_character_of_a_published_example() -> None:
    assert credit_check_character("91110000600037341") == "L"
    assert organisation_check_character("60003734") == "1"


def test_same_day_county_and_sex_give_different_numbers() -> None:
    numbers = IdentityNumbers(["510104"], reserved=())
    given = {numbers.give("510104", date(1995, 5, 1), "female") for _ in range(500)}

    assert len(given) == 500
    assert all(ric.is_valid(number) for number in given)
    with pytest.raises(ValueError, match="fewer households"):
        numbers.give("510104", date(1995, 5, 1), "female")


def test_reserved_number_is_never_given() -> None:
    first = IdentityNumbers(["510104"], reserved=()).give("510104", date(1995, 5, 1), "male")

    assert IdentityNumbers(["510104"], reserved=[first]).give("510104", date(1995, 5, 1), "male") != first


def test_reserved_plate_is_never_given() -> None:
    first = NumberPlates(reserved=()).give()

    assert NumberPlates(reserved=[first]).give() != first


def test_plates_and_credit_codes_are_given_once() -> None:
    plates, codes = NumberPlates(reserved=()), CreditCodes()

    assert len({plates.give() for _ in range(50_000)}) == 50_000
    assert len({codes.give("company", "510104") for _ in range(50_000)}) == 50_000


def test_identity_code_is_the_one_of_the_year_of_birth() -> None:
    places = Places()

    assert places.identity_code("510129", 1950) == "512729"
    assert places.identity_code("510129", 1995) == "510129"


def test_identity_codes_cover_every_county_and_year_without_a_hole(division_codes: set[str]) -> None:
    places = Places()
    for county in sorted(code for code in division_codes if len(code) == 6):
        for year in range(1910, 2031):
            code = places.identity_code(county, year)
            first = f"{code}{year}0615001"
            assert ric.is_valid(first + identity_check_character(first)), (county, year)


def test_kinds_name_checkers_that_exist() -> None:
    for kind in load_identifier_kinds().values():
        if kind["checker"]:
            assert callable(importlib.import_module(kind["checker"]).is_valid)
