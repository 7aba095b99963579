"""Policies: what was agreed, narrowed by what is published now; the first rule that fails gives the reason."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.sharing.policy import Asked, Method, Policies, compile_policies, decide

NOW = "2026-11-20T12:00:00Z"
ITEMS = [
    {"name": "person", "type": "identifier", "sensitivity": 3, "sharing_attribute": "CONDITIONAL"},
    {"name": "grade", "type": "integer", "sensitivity": 4, "sharing_attribute": "CONDITIONAL"},
    {"name": "note", "type": "text", "sensitivity": 2, "sharing_attribute": "NOT_SHARED"},
]
VERSION = {
    "code": "R14",
    "major": 1,
    "items": ITEMS,
    "subjects": [{"item": "person", "kind": "person"}],
    "facts": [
        {"name": "grade_in", "parameters": [], "expression": {"op": "in", "item": "grade", "parameter": "grades"}, "when_absent": "NO"},
        {"name": "noted", "parameters": [], "expression": {"op": "not", "of": {"op": "present", "item": "note"}}, "when_absent": "NO"},
    ],
}
AGREEMENT: dict[str, Any] = {
    "provider": "DPF",
    "requester": "CAB",
    "systems": ["CAB-relief"],
    "dataset": "R14",
    "major": 1,
    "methods": ["QUERY", "VERIFY"],
    "items": ["grade", "note", "gone"],
    "facts": [{"fact": "grade_in", "with": {"grades": {"in": [1, 2]}}}, {"fact": "noted", "with": {}}],
    "row_filter": None,
    "purposes": ["disability_allowance"],
    "legal_basis": [{"text": "…", "article": "2"}],
    "quota": {"per_day": 10, "burst_per_minute": 5, "fact_answers": {"q": 3, "days": 30}},
    "period": {"from": "2026-01-01", "until": "2026-12-31"},
}
ASKED = Asked("CAB-relief", "a", Method.QUERY, "disability_allowance", has_case=True, has_officer=True)


def policies(*, state: str = "IN_FORCE", restricted: Any = frozenset(), version: Any = VERSION, **changes: Any) -> Policies:
    entry = SimpleNamespace(agreement={**AGREEMENT, **changes}, state=state, superseded_by="b" if state == "SUPERSEDED" else None)
    standing = SimpleNamespace(
        head=(7, "sha256:7"),
        agreements={"a": entry},
        versions={"R14": SimpleNamespace(hash="sha256:v", version=version)},
        revisions={"R14": SimpleNamespace(order={"version": "sha256:v", "lookup": "sha256:l", "rows": "sha256:r", "as_of": NOW})},
        restricted=restricted,
        certificates={},
    )
    return compile_policies(standing)


def reason(asked: Asked, now: str = NOW, **world: Any) -> str | None:
    refused = decide(policies(**world), asked, now).refusal
    return refused.code if refused else None


def test_an_agreed_call_is_allowed() -> None:
    assert reason(ASKED) is None


def test_items_not_shared_or_no_longer_declared_are_withheld_with_the_reason() -> None:
    policy = policies().by_agreement["a"]
    assert policy.items == ("grade",)
    assert policy.withheld == (("note", "NOT_SHARED"), ("gone", "NO_LONGER_DECLARED"))


def test_a_restricted_item_is_withheld_and_its_facts_with_it() -> None:
    policy = policies(restricted=frozenset({("R14", "grade")})).by_agreement["a"]
    assert policy.items == ()
    assert "grade_in" not in policy.facts


def test_a_fact_over_an_item_that_is_not_shared_is_not_granted() -> None:
    assert set(policies().by_agreement["a"].facts) == {"grade_in"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"system": "HSG-rental"}, "NO_AGREEMENT"),
        ({"agreement": "z"}, "NO_AGREEMENT"),
        ({"method": Method.BATCH}, "METHOD_NOT_AGREED"),
        ({"purpose": "curiosity"}, "PURPOSE_NOT_AGREED"),
        ({"subject_kinds": frozenset({"credit_code"})}, "SUBJECT_KIND"),
        ({"has_case": False}, "CASE_REQUIRED"),
        ({"has_officer": False}, "CASE_REQUIRED"),
        ({"facts": (("income", {}),)}, "FACT_NOT_AGREED"),
        ({"facts": (("grade_in", {"grades": [1, 3]}),)}, "FACT_PARAMETER"),
        ({"facts": (("grade_in", {"grades": []}),)}, "FACT_PARAMETER"),
        ({"facts": (("grade_in", {"grades": [True]}),)}, "FACT_PARAMETER"),
        ({"facts": (("grade_in", {"grades": [1], "since": 3}),)}, "FACT_PARAMETER"),
        ({"facts": (("grade_in", {"grades": [1]}), ("noted", {}))}, "FACT_NOT_AGREED"),
    ],
)
def test_what_was_not_agreed_is_refused_with_its_reason(change: dict[str, Any], code: str) -> None:
    assert reason(replace(ASKED, **change)) == code


@pytest.mark.parametrize(
    ("state", "code"), [("SUSPENDED", "SUSPENDED"), ("REVOKED", "REVOKED"), ("SUPERSEDED", "SUPERSEDED"), ("?", "REVOKED")]
)
def test_an_agreement_that_is_not_in_force_allows_nothing(state: str, code: str) -> None:
    assert reason(ASKED, state=state) == code


def test_a_superseded_agreement_names_its_successor() -> None:
    refused = decide(policies(state="SUPERSEDED"), ASKED, NOW).refusal
    assert refused is not None
    assert (refused.status, refused.data["superseded_by"]) == (409, "b")


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("2025-12-31T23:59:59Z", "NOT_YET_IN_FORCE"),
        ("2026-01-01T00:00:00Z", None),
        ("2026-12-31T23:59:59Z", None),
        ("2027-01-01T00:00:00Z", "EXPIRED"),
    ],
)
def test_the_period_includes_its_first_and_its_last_day(now: str, code: str | None) -> None:
    assert reason(ASKED, now) == code


def test_a_new_major_version_needs_a_new_agreement() -> None:
    assert reason(ASKED, version={**VERSION, "major": 2}) == "VERSION_CHANGED"


def test_a_dataset_whose_version_is_gone_gives_nothing() -> None:
    assert reason(ASKED, version={}) == "VERSION_CHANGED"


@pytest.mark.parametrize(("value", "allowed"), [(79, False), (80, True), (90, True), (91, False), ("85", False), (True, False)])
def test_a_range_holds_at_both_ends_and_for_its_own_type_only(value: Any, allowed: bool) -> None:
    facts = [{"fact": "grade_in", "with": {"grades": {"min": 80, "max": 90}}}]
    asked = replace(ASKED, facts=(("grade_in", {"grades": value}),))
    assert (reason(asked, facts=facts) is None) is allowed


@pytest.mark.parametrize(
    ("value", "allowed"), [("", False), ("罗晓梅", True), ("罗" * 20, True), ("罗" * 21, False), (3, False), (["罗"], False)]
)
def test_a_free_text_is_allowed_up_to_its_agreed_length(value: Any, allowed: bool) -> None:
    facts = [{"fact": "grade_in", "with": {"grades": {"text": 20}}}]
    asked = replace(ASKED, facts=(("grade_in", {"grades": value}),))
    assert (reason(asked, facts=facts) is None) is allowed


def test_a_revision_of_another_version_is_not_served() -> None:
    world = policies().by_agreement["a"]
    assert world.revision is not None
    standing = SimpleNamespace(
        head=(8, "sha256:8"),
        agreements={"a": SimpleNamespace(agreement=AGREEMENT, state="IN_FORCE", superseded_by=None)},
        versions={"R14": SimpleNamespace(hash="sha256:newer", version=VERSION)},
        revisions={"R14": SimpleNamespace(order={"version": "sha256:v"})},
        certificates={},
        restricted=frozenset(),
    )
    assert compile_policies(standing).by_agreement["a"].revision is None


def test_rows_bounded_by_an_item_that_is_gone_are_not_given() -> None:
    assert reason(ASKED, row_filter={"gone": {"in": ["a"]}}) == "VERSION_CHANGED"
    assert reason(ASKED, row_filter={"grade": {"in": [1]}}) is None


COMPANIES = {
    **VERSION,
    "items": [
        {"name": "entity", "type": "identifier", "sensitivity": 1, "sharing_attribute": "UNCONDITIONAL"},
        {"name": "name", "type": "text", "sensitivity": 1, "sharing_attribute": "UNCONDITIONAL"},
        {"name": "representative", "type": "identifier", "sensitivity": 3, "sharing_attribute": "UNCONDITIONAL"},
        {"name": "barred", "type": "boolean", "sensitivity": 3, "sharing_attribute": "UNCONDITIONAL"},
    ],
    "subjects": [{"item": "entity", "kind": "credit_code"}, {"item": "representative", "kind": "person"}],
    "facts": [
        {"name": "named", "parameters": [], "expression": {"op": "present", "item": "name"}, "when_absent": "NO"},
        {"name": "barred", "parameters": [], "expression": {"op": "present", "item": "barred"}, "when_absent": "NO"},
    ],
}


@pytest.mark.parametrize(
    ("items", "facts", "kind", "refused"),
    [
        (["name"], (), "credit_code", None),
        (["name"], (), "person", "SUBJECT_KIND"),
        (["name", "representative"], (), "person", None),
        (["name"], (("named", {}),), "person", "SUBJECT_KIND"),
        (["name"], (("barred", {}),), "person", None),
        (["name"], (("barred", {}), ("named", {})), "person", "SUBJECT_KIND"),
    ],
)
def test_an_agreement_about_companies_does_not_tell_whose_they_are(items: list[str], facts: Any, kind: str, refused: str | None) -> None:
    agreed = [{"fact": "named", "with": {}}, {"fact": "barred", "with": {}}]
    asked = replace(ASKED, facts=facts, subject_kinds=frozenset({kind}))
    assert reason(asked, version=COMPANIES, items=items, facts=agreed) == refused
