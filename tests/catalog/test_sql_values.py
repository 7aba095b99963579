"""A department's database, without one: what its values become, and the statement that each make of database is sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from catalog.stores import ProviderFailed, Why
from catalog.stores.database_values import reader
from catalog.stores.sql_statement import select_rows
from tests.catalog.registers import PERSON_A, small_description
from tests.catalog.test_sql_store import document

# ruff: noqa: DTZ001 - times as databases have them, without a zone

DECLARED = {item["name"]: item for item in small_description()["items"]}


@pytest.mark.parametrize(
    ("item", "given", "read"),
    [
        ("grade", Decimal(3), 3),
        ("grade", Decimal("3.5"), Why.WRONG_TYPE),
        ("grade", True, Why.WRONG_TYPE),
        ("grade", 5, Why.WRONG_TYPE),
        ("grade", 0, Why.WRONG_TYPE),
        ("grade", "3", Why.WRONG_TYPE),
        ("grade", None, Why.WRONG_TYPE),
        ("price", Decimal("0012.500"), "12.5"),
        ("price", Decimal("1E+3"), "1000"),
        ("price", 7, "7"),
        ("price", 1.5, Why.WRONG_TYPE),
        ("price", Decimal("NaN"), Why.WRONG_TYPE),
        ("price", Decimal(-1), Why.WRONG_TYPE),
        ("price", Decimal("-0.00"), "0"),
        ("price", Decimal("1e30"), Why.WRONG_TYPE),
        ("price", None, None),
        ("issued_on", date(2024, 2, 29), "2024-02-29"),
        ("issued_on", datetime(2024, 2, 29), Why.WRONG_TYPE),
        ("issued_on", "2024-02-29", Why.WRONG_TYPE),
        ("kind", "乙", "b"),
        ("kind", "c", Why.WRONG_TYPE),
        ("kind", 1, Why.WRONG_TYPE),
        ("valid", True, True),
        ("valid", 1, Why.WRONG_TYPE),
        ("number", b"A001", Why.WRONG_TYPE),
        ("number", "a\0b", Why.WRONG_TYPE),
        ("number", "\ud800", Why.WRONG_TYPE),
        ("number", "", None),
    ],
)
def test_values_are_read_by_their_declared_type_and_never_guessed(item: str, given: object, read: object) -> None:
    convert = reader(DECLARED[item], document(1))
    if isinstance(read, Why):
        with pytest.raises(ProviderFailed) as failed:
            convert(given)
        assert failed.value.why is read
    else:
        assert convert(given) == read
        assert type(convert(given)) is type(read)


def test_each_dialect_says_the_same_in_its_own_way() -> None:
    moment = {"name": "at", "type": "datetime"}
    assert reader(moment, document(1))(datetime(2024, 3, 1, 8, 0, 5, 999, timezone(timedelta(hours=8)))) == "2024-03-01T00:00:05Z"
    assert reader(moment, document(1))(datetime(2024, 3, 1, 8)) == "2024-03-01T08:00:00"
    assert reader(DECLARED["issued_on"], document(1, dialect="oracle"))(datetime(2024, 3, 1)) == "2024-03-01"
    assert reader(DECLARED["valid"], document(1, dialect="mysql"))(1) is True
    for dialect in ("mysql", "oracle"):
        with pytest.raises(ProviderFailed):
            reader(DECLARED["valid"], document(1, dialect=dialect))(2)


COMPILED = {
    "postgresql+psycopg": (
        'SELECT "public"."tickets"."c_person" AS subject_0, "public"."tickets"."户号" AS item_0 FROM "public"."tickets" '
        'WHERE "public"."tickets"."c_person" IN (%(subjects_0_1)s::VARCHAR, %(subjects_0_2)s::VARCHAR) LIMIT %(param_1)s::INTEGER'
    ),
    "mysql+pymysql": (
        "SELECT `public`.`tickets`.`c_person` AS subject_0, `public`.`tickets`.`户号` AS item_0 FROM `public`.`tickets` "
        "WHERE `public`.`tickets`.`c_person` IN (%s, %s) LIMIT %s"
    ),
    "oracle": (
        'SELECT "public"."tickets"."c_person" AS subject_0, "public"."tickets"."户号" AS item_0 FROM "public"."tickets" '
        'WHERE "public"."tickets"."c_person" IN (:subjects_0_1, :subjects_0_2) FETCH FIRST 201 ROWS ONLY'
    ),
    "trino": (
        'SELECT "public"."tickets"."c_person" AS subject_0, "public"."tickets"."户号" AS item_0 FROM "public"."tickets" '
        'WHERE "public"."tickets"."c_person" IN (:subjects_0_1, :subjects_0_2) LIMIT :param_1'
    ),
    "clickhousedb": (
        "SELECT `public`.`tickets`.`c_person` AS `subject_0`, `public`.`tickets`.`户号` AS `item_0` FROM `public`.`tickets` "
        "WHERE `public`.`tickets`.`c_person` IN (:subjects_0_1, :subjects_0_2) LIMIT :param_1"
    ),
}


@pytest.mark.parametrize("dialect", COMPILED)
def test_the_statement_of_each_dialect_is_the_one_that_was_read_by_people(dialect: str) -> None:
    from sqlalchemy.engine import make_url

    statement = select_rows(document(1), [("person", PERSON_A), ("person", "x' OR 1=1 --")], ["household"])
    compiled = statement.compile(dialect=make_url(f"{dialect}://host/name").get_dialect()(), compile_kwargs={"render_postcompile": True})
    assert " ".join(str(compiled).split()) == COMPILED[dialect]
    assert {PERSON_A, "x' OR 1=1 --"} <= set(compiled.params.values())
