"""The two matters judged: who is granted, who is refused and why, who is looked at by an officer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as hub_settings

from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.matters import load_matter_file
from exchange.affairs.rules import Found, Judgement, MatterPlan, judge, read_matter

MATTERS = Path(hub_settings.JURISDICTION_DIR) / "matters"
ACCOUNT = ({"bank": "First Bank", "last_four": "1234"},)


def plan(code: str) -> MatterPlan:
    """The plan of a matter file of the hub's jurisdiction."""
    return read_matter(load_matter_file(MATTERS / f"{code}.yaml"))


def pieces(**answers: str) -> dict[str, Found]:
    """Answers of registers by requirement, with an account on file."""
    found = {
        code: Found(code, EvidenceState.FETCHED, answer, source="R00", as_of="2026-11-20T22:46:00Z") for code, answer in answers.items()
    }
    return {"payout_account": Found("payout_account", EvidenceState.FETCHED, values=ACCOUNT), **found}


def allowances(**answers: str) -> dict[str, Found]:
    """Somebody with a valid certificate of grade 1, physical, in a low-income family, but for `answers`."""
    usual = {
        "certificate_valid": "YES",
        "grade_severe": "YES",
        "grade_moderate": "NO",
        "type_mental": "NO",
        "low_income_family": "YES",
    }
    return pieces(**{**usual, **answers})


def outcomes(judgement: Judgement) -> dict[str, str]:
    """The outcome of each benefit."""
    return {benefit.code: benefit.outcome for benefit in judgement.benefits}


@pytest.mark.parametrize(
    ("answers", "living", "care", "overall"),
    [
        ({}, "GRANT", "GRANT", "GRANT"),
        ({"low_income_family": "NO"}, "REFUSE", "GRANT", "GRANT"),
        ({"grade_severe": "NO", "grade_moderate": "YES"}, "GRANT", "REFUSE", "GRANT"),
        ({"grade_severe": "NO", "grade_moderate": "YES", "type_mental": "YES"}, "GRANT", "GRANT", "GRANT"),
        ({"certificate_valid": "NO", "grade_severe": "NO"}, "REFUSE", "REFUSE", "REFUSE"),
        ({"certificate_valid": "UNKNOWN"}, "OFFICER", "OFFICER", "OFFICER"),
        ({"low_income_family": "UNKNOWN"}, "OFFICER", "GRANT", "OFFICER"),
        (
            {"grade_severe": "NO", "grade_moderate": "YES", "type_mental": "UNKNOWN", "low_income_family": "NO"},
            "REFUSE",
            "OFFICER",
            "OFFICER",
        ),
    ],
)
def test_the_two_allowances_are_decided_one_by_one(answers: dict[str, str], living: str, care: str, overall: str) -> None:
    judgement = judge(plan("M04"), allowances(**answers))
    assert outcomes(judgement) == {"living_allowance": living, "care_allowance": care}
    assert judgement.outcome == overall


def test_a_refusal_names_its_cause_with_reason_remedy_article_and_source() -> None:
    judgement = judge(plan("M04"), allowances(low_income_family="NO"))
    [line] = judgement.benefit("living_allowance").causes
    assert (line.condition, line.answer, line.source, line.as_of) == ("low_income_family", "NO", "R00", "2026-11-20T22:46:00Z")
    assert line.would_change
    for text in (line.reason, line.remedy, line.article, line.title):
        assert text["en"]
        assert text["zh"]


@pytest.mark.parametrize(
    "state",
    [EvidenceState.DISPUTED, EvidenceState.DECLINED, EvidenceState.PROVIDER_DOWN, EvidenceState.NO_RECORD, EvidenceState.UPLOADED],
)
def test_a_piece_that_no_register_answered_or_a_citizen_contests_goes_to_an_officer(state: EvidenceState) -> None:
    found = {**allowances(), "certificate_valid": Found("certificate_valid", state, "NO")}
    judgement = judge(plan("M04"), found)
    assert judgement.outcome == "OFFICER"
    assert {line.answer for line in judgement.benefit("living_allowance").lines if line.condition == "certificate_valid"} == {"UNKNOWN"}


@pytest.mark.parametrize("said", ["DISPUTED", "DECLINED"])
def test_what_is_contested_in_the_preview_counts_as_unknown(said: str) -> None:
    found = {**allowances(), "certificate_valid": Found("certificate_valid", EvidenceState.FETCHED, "NO", preview=said)}
    assert judge(plan("M04"), found).outcome == "OFFICER"


def test_nobody_is_refused_for_want_of_an_account() -> None:
    without = {**allowances(), "payout_account": Found("payout_account", EvidenceState.NO_RECORD)}
    assert judge(plan("M04"), without).outcome == "OFFICER"
    named = Found("other_account", EvidenceState.FETCHED, values=({"bank": "Second Bank", "number": "6222000011112222"},))
    assert judge(plan("M04"), {**without, "other_account": named}).outcome == "GRANT"


@pytest.mark.parametrize(("counts", "outcome"), [(True, "GRANT"), (False, "OFFICER")])
def test_a_promise_counts_only_where_the_matter_says_so(counts: bool, outcome: str) -> None:
    document = load_matter_file(MATTERS / "M04.yaml")
    low_income = next(requirement for requirement in document["requirements"] if requirement["code"] == "low_income_family")
    low_income["commitment_counts"] = counts
    found = {**allowances(), "low_income_family": Found("low_income_family", EvidenceState.COMMITTED)}
    assert judge(read_matter(document), found).outcome == outcome


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({}, "GRANT"),
        ({"age_80": "NO"}, "REFUSE"),
        ({"resident_in_city": "NO"}, "REFUSE"),
        ({"alive": "UNKNOWN"}, "OFFICER"),
        ({"alive": "UNKNOWN", "age_80": "NO"}, "REFUSE"),
    ],
)
def test_the_old_age_allowance(answers: dict[str, str], outcome: str) -> None:
    found = pieces(**{"age_80": "YES", "resident_in_city": "YES", "alive": "YES", **answers})
    assert judge(plan("M13"), found).outcome == outcome


def test_a_judgement_survives_being_kept() -> None:
    judgement = judge(plan("M04"), allowances(low_income_family="NO"))
    import json

    assert Judgement.from_json(json.loads(json.dumps(judgement.to_json()))) == judgement


def test_a_piece_shows_neither_answer_nor_values_when_it_is_printed() -> None:
    piece = Found("payout_account", EvidenceState.FETCHED, "YES", values=ACCOUNT)
    assert "1234" not in repr(piece)
    assert "YES" not in repr(piece)


def rounds(document: dict[str, Any]) -> MatterPlan:
    """M04 with a second round: the household that one answer names is asked about, by a parameter and as a subject."""
    spouse = {
        **document["requirements"][5],
        "code": "spouse",
        "sources": [{"dataset": "R03", "items": ["partner"]}],
    }
    spouse_income = {
        **document["requirements"][4],
        "code": "spouse_income",
        "about": {"requirement": "spouse", "item": "partner", "kind": "person"},
    }
    related = {
        **document["requirements"][0],
        "code": "related",
        "sources": [
            {"dataset": "R01", "fact": "household_relation", "with": {"b": {"from": {"requirement": "spouse", "item": "partner"}}}}
        ],
    }
    return read_matter({**document, "requirements": [*document["requirements"], related, spouse_income, spouse]})


def test_a_question_waits_for_the_answer_that_it_takes_something_from() -> None:
    matter = rounds(load_matter_file(MATTERS / "M04.yaml"))
    first = {asking.requirement for asking in matter.ready({})}
    assert "spouse" in first
    assert not {"spouse_income", "related", "other_account"} & first
    found = {"spouse": Found("spouse", EvidenceState.FETCHED, values=({"partner": "510102198804120265"},))}
    second = {asking.requirement: asking for asking in matter.ready(found)}
    assert second["spouse_income"].subject == ("person", "510102198804120265")
    assert second["related"].parameters == {"b": "510102198804120265"}
    assert second["related"].subject is None
    assert "spouse" not in second
    assert "510102198804120265" not in repr(second)


@pytest.mark.parametrize(
    "piece",
    [
        Found("spouse", EvidenceState.NO_RECORD),
        Found("spouse", EvidenceState.FETCHED, values=({"partner": "1"}, {"partner": "2"})),
        Found("spouse", EvidenceState.FETCHED, values=({"partner": "1"},), preview="DISPUTED"),
    ],
)
def test_an_answer_without_one_clear_value_leaves_the_later_questions_unreachable(piece: Found) -> None:
    matter = rounds(load_matter_file(MATTERS / "M04.yaml"))
    assert matter.unreachable({"spouse": piece}) == ["related", "spouse_income"]
    assert matter.unreachable({}) == []
    assert matter.unreachable({"spouse": Found("spouse", EvidenceState.PROVIDER_DOWN)}) == []


def test_the_sources_of_a_requirement_are_asked_in_their_order() -> None:
    document = load_matter_file(MATTERS / "M04.yaml")
    document["requirements"][0]["sources"].append({"dataset": "R99", "fact": "valid"})
    matter = read_matter(document)
    sources = [matter.asking("certificate_valid", {}, source=number) for number in range(3)]
    assert [source.dataset if source else None for source in sources] == ["R14", "R99", None]
