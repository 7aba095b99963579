"""The registers R01 to R22 of the demonstration city as far as their facts go: items, parameters and expressions, as a provider signs them.

Those that the project ships (exchange/jurisdictions/cn/registers) are read from there; the others are written here.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from django.conf import settings

PERSON = {"name": "b", "type": "subject", "kind": "person"}
NUMBER = {"name": "n", "type": "integer"}
AMOUNT = {"name": "x", "type": "integer"}
COMMUNITIES = {"name": "communities", "type": "code_list"}
RUNNING = [{"op": "days_until_at_most", "item": "begins", "value": 0}, {"op": "date_on_or_after", "item": "until"}]
SCHEDULE = [
    {"code": "BCG", "doses": 1, "from_months": 0},
    {"code": "HepB", "doses": 3, "from_months": 6},
    {"code": "MMR", "doses": 2, "from_months": 18},
]


def fact(name: str, expression: Any, *parameters: Any, absent: str = "NO") -> dict[str, Any]:
    return {"name": name, "parameters": list(parameters), "expression": expression, "when_absent": absent}


def both(*children: Any) -> dict[str, Any]:
    return {"op": "and", "of": list(children)}


def either(*children: Any) -> dict[str, Any]:
    return {"op": "or", "of": list(children)}


def is_(item: str, value: Any) -> dict[str, Any]:
    return {"op": "eq", "item": item, "value": value}


def given(op: str, item: str, parameter: str) -> dict[str, Any]:
    return {"op": op, "item": item, "parameter": parameter}


def present(item: str) -> dict[str, Any]:
    return {"op": "present", "item": item}


def absent(item: str) -> dict[str, Any]:
    return {"op": "not", "of": present(item)}


def partner(one: str, other: str) -> dict[str, Any]:
    """The subject is one partner and the person named is the other: whoever names the subject twice is not married."""
    return both({"op": "names_subject", "item": one}, given("eq", other, "b"))


def examined(kind: str) -> dict[str, Any]:
    """Only examinations of this kind are looked at: without one the fact says what it says of nobody."""
    return {"op": "where", "of": [is_("kind", kind), both(is_("passed", True), {"op": "date_on_or_after", "item": "valid_until"})]}


WRITTEN: dict[str, tuple[dict[str, str], list[dict[str, Any]]]] = {
    "R02": (
        {"permit": "identifier", "holder": "identifier", "begins": "date", "until": "date", "community": "code"},
        [
            fact("permit_valid", both(*RUNNING)),
            fact("permit_months_at_least", both(*RUNNING, given("months_since_at_least", "begins", "n")), NUMBER),
        ],
    ),
    "R03": (
        {"partner_one": "identifier", "partner_two": "identifier", "registered_on": "date", "dissolved_on": "date"},
        [
            fact(
                "married_to",
                both(either(partner("partner_one", "partner_two"), partner("partner_two", "partner_one")), absent("dissolved_on")),
                PERSON,
            ),
            fact("has_spouse", absent("dissolved_on")),
        ],
    ),
    "R04": (
        {"certificate": "identifier", "child": "identifier", "mother": "identifier", "father": "identifier", "signed": "boolean"},
        [
            fact(
                "parents_of",
                both(given("eq", "child", "child"), given("eq", "mother", "m"), given("eq", "father", "f")),
                *({"name": name, "type": "subject", "kind": "person"} for name in ("child", "m", "f")),
                absent="UNKNOWN",
            ),
            fact("birth_certificate_signed", is_("signed", True)),
        ],
    ),
    "R06": (
        {"child": "identifier", "vaccine": "code", "dose": "integer", "given_on": "date", "born_on": "date"},
        [
            fact(
                "schedule_complete_for_age",
                {
                    "op": "schedule_complete",
                    "of": [{"op": "item", "item": name} for name in ("vaccine", "dose", "born_on")],
                    "table": SCHEDULE,
                },
                absent="UNKNOWN",
            )
        ],
    ),
    "R07": (
        {"unit": "identifier", "owner": "identifier", "share": "decimal", "floor_area": "decimal", "community": "code"},
        [
            fact("owns_dwelling_in_city", present("unit")),
            fact("owns_dwelling_in", given("in", "community", "communities"), COMMUNITIES),
            fact("share_at_least", given("ge", "share", "n"), NUMBER),
            fact("floor_area_total_at_most", given("sum_at_most", "floor_area", "x"), AMOUNT),
        ],
    ),
    "R08": (
        {"unit": "identifier", "tenant": "identifier", "begins": "date", "until": "date", "landlord": "identifier", "community": "code"},
        [
            fact("lease_filed", both(*RUNNING)),
            fact("lease_filed_in", both(*RUNNING, given("in", "community", "communities")), COMMUNITIES),
            fact("lease_months_at_least", both(*RUNNING, given("months_since_at_least", "begins", "n")), NUMBER),
        ],
    ),
    "R11": (
        {"person": "identifier", "household_income": "decimal", "tax_owed": "decimal"},
        [
            fact("household_income_at_most", given("le", "household_income", "x"), AMOUNT),
            fact("no_tax_debt", {"op": "le", "item": "tax_owed", "value": 0}),
        ],
    ),
    "R12": (
        {"person": "identifier", "contributing": "boolean", "sealed": "boolean", "balance": "decimal"},
        [fact("contributing", is_("contributing", True)), fact("account_sealed", is_("sealed", True))],
    ),
    # one row for each vehicle, as the table of the city has it; the shipped register has one for each driver
    "R16 by vehicle": (
        {"driver": "identifier", "vehicle": "identifier", "vehicle_value": "integer", "open_offences": "integer"},
        [
            fact("vehicle_value_at_most", given("sum_at_most", "vehicle_value", "x"), AMOUNT),
            fact("no_open_offence", {"op": "max_at_most", "item": "open_offences", "value": 0}),
        ],
    ),
    "R15 by text": (
        {"entity": "identifier", "scope": "text"},
        [fact("scope_includes", given("list_includes", "scope", "what"), {"name": "what", "type": "text"})],
    ),
    "R17": (
        {"person": "identifier", "degree": "code", "school": "text", "awarded_on": "date", "verified": "boolean"},
        [
            fact(
                "degree_at_least",
                both(
                    is_("verified", True),
                    {**given("rank_at_least", "degree", "degree"), "order": ["associate", "bachelor", "master", "doctor"]},
                ),
                {"name": "degree", "type": "code"},
                absent="UNKNOWN",
            )
        ],
    ),
    "R18": (
        {"person": "identifier", "kind": "code", "passed": "boolean", "valid_until": "date", "diagnosis": "text"},
        [fact("fit_to_drive", examined("driver"), absent="UNKNOWN"), fact("food_handler_fit", examined("food"), absent="UNKNOWN")],
    ),
    "R19": (
        {"person": "identifier", "support": "code", "begins": "date", "until": "date"},
        [fact("already_receiving", both(RUNNING[0], either(absent("until"), RUNNING[1])))],
    ),
}


@cache
def shipped() -> dict[str, Any]:
    """The registers that the project ships, by code."""
    files = sorted((settings.BASE_DIR / "exchange/jurisdictions/cn/registers").glob("R*.yaml"))
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in files]
    return {document["code"]: document for document in documents}


def register(code: str) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """(item → type, fact → its document) of one register."""
    if code in WRITTEN:
        items, facts = WRITTEN[code]
    else:
        items, facts = {item["name"]: item["type"] for item in shipped()[code]["items"]}, shipped()[code]["facts"]
    return items, {each["name"]: each for each in facts}
