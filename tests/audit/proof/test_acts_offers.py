"""What acts about standing offers mean: the requester signs alone within them, and never beyond."""

import pytest

from audit.proof.acts import AgreementState
from audit.proof.canonical import JSON, Document, document_hash
from tests.audit.proof.charter import (
    CAB,
    DATA,
    PSB,
    Charter,
    agreement,
    founded,
    offer,
    order,
    reason,
    refusal,
)


def with_offer(**changes: JSON) -> tuple[Charter, str]:
    charter, document = founded(), offer(**changes)
    charter.add(order("offer", offer=document), ("provider", PSB))
    return charter, document_hash(document)


def test_within_an_offer_the_requester_signs_alone() -> None:
    charter, name = with_offer()
    charter.add(order("agree", agreement=agreement(), offer=name), ("requester", CAB))
    assert next(iter(charter.standing.agreements.values())).state is AgreementState.IN_FORCE


def test_without_an_offer_the_requester_cannot_sign_alone() -> None:
    charter, name = with_offer()
    assert refusal(charter, order("agree", agreement=agreement()), ("requester", CAB)) == "SIGNERS"
    unknown = order("agree", agreement=agreement(), offer="sha256:" + "0" * 64)
    assert refusal(charter, unknown, ("requester", CAB)) == "OFFER"
    assert refusal(charter, order("agree", agreement=agreement(), offer=name), ("requester", PSB)) == "SIGNERS"


AGES: Document = {"facts": [{"fact": "age_at_least", "with": {"n": {"min": 60, "max": 80}}}]}
SMALL = {"per_day": 2000, "burst_per_minute": 60, "fact_answers": {"q": 3, "days": 30}}


@pytest.mark.parametrize(
    ("offered", "asked"),
    [
        ({}, {"items": ["grade", "district"]}),
        ({"masks": {"grade": {"keep_first": 1, "keep_last": 0}}}, {}),
        ({}, {"methods": ["QUERY", "EXPORT"]}),
        ({"requesters": ["HC"]}, {}),
        ({"purposes": ["company_startup"]}, {}),
        ({}, {"facts": [{"fact": "alive", "with": {}}]}),
        ({}, {"facts": [{"fact": "age_at_least", "with": {"n": {"in": [18]}}}]}),
        ({}, {"facts": [{"fact": "age_at_least", "with": {"n": {"in": ["60"]}}}]}),
        ({}, {"facts": [{"fact": "age_at_least", "with": {"n": {"min": 60, "max": 80}}}]}),
        (
            {"facts": [{"fact": "age_at_least", "with": {"n": {"min": 60, "max": 80}}}]},
            {"facts": [{"fact": "age_at_least", "with": {"n": {"min": 59, "max": 80}}}]},
        ),
        ({}, {"facts": [{"fact": "age_at_least", "with": {"n": {"subject": "person"}}}]}),
        (AGES, {"facts": [{"fact": "age_at_least", "with": {"n": {"subject": "person"}}}]}),
        (AGES, {"facts": [{"fact": "age_at_least", "with": {"n": {"in": ["60"]}}}]}),
        (AGES, {"facts": [{"fact": "age_at_least", "with": {"n": {"in": [[60]]}}}]}),
        ({"row_filter": {"grade": {"in": [1]}}}, {"row_filter": {"grade": {"in": ["1"]}}}),
        ({"row_filter": {"district": {"in": ["510104"]}}}, {}),
        ({"row_filter": {"district": {"in": ["510104"]}}}, {"row_filter": {"district": {"in": ["510105"]}}}),
        ({"row_filter": {"district": {"in": ["510104"]}}}, {"row_filter": {"grade": {"in": ["510104"]}}}),
        ({}, {"quota": SMALL}),
        ({}, {"quota": {"per_day": 10, "burst_per_minute": 61, "fact_answers": {"q": 3, "days": 30}}}),
        ({}, {"quota": {"per_day": 10, "burst_per_minute": 6, "fact_answers": {"q": 4, "days": 30}}}),
        ({}, {"quota": {"per_day": 10, "burst_per_minute": 6, "fact_answers": {"q": 3, "days": 7}}}),
        ({"not_after": "2027-01-01"}, {}),
        ({"not_after": "2026-11-19"}, {"period": {"from": "2026-11-01", "until": "2026-11-10"}}),
    ],
)
def test_beyond_an_offer_the_requester_cannot_sign_alone(offered: Document, asked: Document) -> None:
    charter, name = with_offer(**offered)
    document = order("agree", agreement=agreement(**asked), offer=name)
    assert refusal(charter, document, ("requester", CAB)) == "BEYOND_OFFER"


@pytest.mark.parametrize(
    ("offered", "asked"),
    [
        ({"requesters": ["CAB"], "purposes": ["old_age_allowance"]}, {}),
        ({}, {"methods": ["VERIFY"], "items": []}),
        ({}, {"facts": [{"fact": "age_at_least", "with": {"n": {"in": [80]}}}]}),
        (
            {"facts": [{"fact": "age_at_least", "with": {"n": {"min": 60, "max": 90}}}]},
            {"facts": [{"fact": "age_at_least", "with": {"n": {"in": [60, 90]}}}]},
        ),
        ({"row_filter": {"district": {"in": ["a", "b"]}}}, {"row_filter": {"district": {"in": ["a"]}, "grade": {"in": [1]}}}),
        ({"not_after": "2027-06-30"}, {}),
    ],
)
def test_what_is_narrower_than_an_offer_is_within_it(offered: Document, asked: Document) -> None:
    charter, name = with_offer(**offered)
    charter.add(order("agree", agreement=agreement(**asked), offer=name), ("requester", CAB))


def test_an_offer_is_ended_by_revoke_and_stopped_by_suspend() -> None:
    charter, name = with_offer()
    charter.add(order("agree", agreement=agreement(), offer=name), ("requester", CAB))
    act_hash = charter.add(order("suspend", target=name, reason=reason()), ("authority", DATA))
    taking = order("agree", agreement=agreement(), offer=name)
    assert refusal(charter, taking, ("requester", CAB)) == "OFFER"
    charter.add(order("resume", target=name, suspend=act_hash, reason=reason()), ("authority", DATA))
    assert refusal(charter, order("revoke", target=name, reason=reason()), ("requester", CAB)) == "SIGNERS"
    charter.add(order("revoke", target=name, reason=reason()), ("provider", PSB))
    assert refusal(charter, taking, ("requester", CAB)) == "OFFER"
    assert refusal(charter, order("revoke", target=name, reason=reason()), ("provider", PSB)) == "FINAL"
    assert all(found.state is AgreementState.IN_FORCE for found in charter.standing.agreements.values())


def test_the_same_offer_is_made_once() -> None:
    charter = founded()
    document = offer()
    charter.add(order("offer", offer=document), ("provider", PSB))
    charter.add(order("revoke", target=document_hash(document), reason=reason()), ("provider", PSB))
    assert refusal(charter, order("offer", offer=document), ("provider", PSB)) == "EXISTS"


def test_an_offer_of_another_departments_data_is_refused() -> None:
    assert refusal(founded(), order("offer", offer=offer(provider="CAB")), ("provider", CAB)) == "NOT_OWNER"
    assert refusal(founded(), order("offer", offer=offer()), ("provider", CAB)) == "SIGNERS"
    assert refusal(founded(), order("offer", offer=offer(items=["born_on"])), ("provider", PSB)) == "NOT_SHARED"
