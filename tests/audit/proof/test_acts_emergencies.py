"""What acts about emergencies mean: the authority alone opens data, within every bound, and for thirty days at most."""

from copy import deepcopy
from functools import cache

import pytest

from audit.proof.acts import AgreementState
from audit.proof.canonical import JSON, Document, document_hash
from tests.audit.proof.charter import CAB, DATA, LATER, PSB, Charter, agreement, founded, offer, order, reason, refusal, state, version

ACT: Document = {"text": {"en": "Emergency Response Law", "zh": "突发事件应对法"}, "article": "Article 1"}
END = "2026-12-19"
READS_GRADE: Document = {"op": "all", "of": [{"op": "ge", "item": "grade", "parameter": "n"}]}


@cache
def _city() -> Charter:
    charter, document = founded(), version()
    items: list[Document] = document["items"]  # type: ignore[assignment]
    facts: list[Document] = document["facts"]  # type: ignore[assignment]
    items[2]["sensitivity"] = 4
    facts[0]["expression"] = READS_GRADE
    facts[1]["expression"] = {"op": "not_null", "item": "born_on"}
    charter.add(order("publish", dataset="R01", version=document), ("provider", PSB))
    return charter


def city() -> Charter:
    return copied(_city())


def copied(charter: Charter) -> Charter:
    again = Charter()
    again.acts, again.standing = list(charter.acts), charter.standing
    return again


def emergency_offer(**changes: JSON) -> Document:
    own: Document = {
        "requesters": ["CAB"],
        "purposes": ["old_age_allowance"],
        "not_after": END,
        "legal_basis": [deepcopy(ACT)],
        "retention": {"days": 30},
        "items": ["grade", "district"],
    }
    return offer(**{**own, **changes})


def declared(document: Document | None = None, **changes: JSON) -> Document:
    own: Document = {
        "offer": document or emergency_offer(),
        "legal_act": deepcopy(ACT),
        "reason": {"en": "A flood.", "zh": "洪水。"},
        "sensitive_items": ["grade"],
    }
    return order("emergency", **{**own, **changes})


def joined(**changes: JSON) -> Document:
    own: Document = {"legal_basis": [deepcopy(ACT)], "period": {"from": "2026-11-20", "until": END}, "items": ["grade"]}
    return agreement(**{**own, **changes})


def with_emergency() -> tuple[Charter, str]:
    charter, document = city(), emergency_offer()
    charter.add(declared(document), ("authority", DATA))
    return charter, document_hash(document)


def join(charter: Charter, name: str) -> str:
    from audit.proof.acts import agreement_id

    document = joined()
    charter.add(order("agree", agreement=document, offer=name), ("requester", CAB))
    return agreement_id(document)


def test_in_an_emergency_the_authority_opens_and_the_requester_joins_alone() -> None:
    charter, name = with_emergency()
    target = join(charter, name)
    assert state(charter, target) is AgreementState.IN_FORCE
    assert charter.standing.agreements[target].offer == name
    assert charter.standing.offers[name].emergency is not None


def test_nobody_but_the_authority_declares_an_emergency() -> None:
    for signers in ([("authority", PSB)], [("provider", PSB)], [("provider", DATA)], [("authority", DATA), ("provider", PSB)]):
        assert refusal(city(), declared(), *signers) == "SIGNERS"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"not_after": "2026-12-20"}, "EMERGENCY_END"),
        ({"not_after": "2026-12-20T08:00:01Z"}, "EMERGENCY_END"),
        ({"not_after": "2026-11-20T08:00:00Z"}, "EMERGENCY_END"),
        ({"not_after": "2026-11-01"}, "EMERGENCY_END"),
        ({"not_after": "2026-11-31"}, "SHAPE"),
        ({"requesters": ["*"]}, "EMERGENCY_NAMED"),
        ({"purposes": ["*"]}, "EMERGENCY_NAMED"),
        ({"methods": ["QUERY", "EXPORT"]}, "EMERGENCY_METHOD"),
        ({"methods": ["CHANGES"]}, "EMERGENCY_METHOD"),
        ({"legal_basis": [{"text": "Another law", "article": "1"}]}, "EMERGENCY_BASIS"),
        ({"legal_basis": [ACT, {"text": "Another law", "article": "1"}]}, "EMERGENCY_BASIS"),
        ({"retention": {"days": 31}}, "EMERGENCY_KEPT"),
        ({"items": ["grade", "born_on"]}, "NOT_SHARED"),
        ({"facts": [{"fact": "alive", "with": {}}]}, "NOT_SHARED"),
        ({"items": ["grade", "gone"]}, "ITEM_UNKNOWN"),
        ({"provider": "CAB"}, "NOT_OWNER"),
    ],
)
def test_each_bound_of_an_emergency_refuses(changes: Document, code: str) -> None:
    assert refusal(city(), declared(emergency_offer(**changes)), ("authority", DATA)) == code


def test_an_end_that_is_thirty_days_away_to_the_second_is_within_bounds() -> None:
    city().add(declared(emergency_offer(not_after="2026-12-20T08:00:00Z")), ("authority", DATA))


def test_an_emergency_says_for_how_long_answers_are_kept() -> None:
    document = emergency_offer()
    del document["retention"]
    assert refusal(city(), declared(document), ("authority", DATA)) == "EMERGENCY_KEPT"


@pytest.mark.parametrize(
    ("items", "facts", "named"),
    [
        (["grade", "district"], [], []),
        (["district"], [{"fact": "age_at_least", "with": {"n": {"in": [60]}}}], []),
        (["district"], [], ["grade"]),
        (["grade"], [], ["grade", "district"]),
    ],
)
def test_items_of_the_highest_sensitivity_are_named_one_by_one_also_those_that_facts_read(
    items: list[JSON], facts: list[JSON], named: list[JSON]
) -> None:
    document = declared(emergency_offer(items=items, facts=facts), sensitive_items=named)
    assert refusal(city(), document, ("authority", DATA)) == "EMERGENCY_SENSITIVE"


def test_a_restricted_item_is_opened_by_no_emergency_nor_read_by_its_facts() -> None:
    charter = city()
    charter.add(order("restrict", dataset="R01", item="grade", reason="x"), ("provider", PSB))
    assert refusal(charter, declared(), ("authority", DATA)) == "RESTRICTED"
    by_fact = declared(emergency_offer(items=["district"]))
    assert refusal(charter, by_fact, ("authority", DATA)) == "RESTRICTED"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"legal_basis": [{"text": "Another law", "article": "1"}]}, "EMERGENCY_BASIS"),
        ({"period": {"from": "2026-11-20", "until": "2026-12-20"}}, "BEYOND_OFFER"),
        ({"purposes": ["company_startup"]}, "BEYOND_OFFER"),
        ({"items": ["person"]}, "BEYOND_OFFER"),
        ({"retention": {"days": 31}}, "BEYOND_OFFER"),
    ],
)
def test_whoever_joins_stays_within_the_emergency(changes: Document, code: str) -> None:
    charter, name = with_emergency()
    assert refusal(charter, order("agree", agreement=joined(**changes), offer=name), ("requester", CAB)) == code


def test_an_agreement_in_an_emergency_replaces_no_other() -> None:
    from tests.audit.proof.charter import agree

    charter, name = with_emergency()
    old = agree(charter)
    taking = order("agree", agreement=joined(supersedes=old), offer=name)
    assert refusal(charter, taking, ("requester", CAB)) == "EMERGENCY_SUPERSEDES"


def test_nobody_joins_after_the_end() -> None:
    charter, name = with_emergency()
    late = order("agree", agreement=joined(), offer=name)
    assert refusal(charter, late, ("requester", CAB), at="2026-12-21T00:00:00Z") == "BEYOND_OFFER"


@pytest.mark.parametrize(("role", "signer"), [("authority", DATA), ("provider", PSB)])
def test_an_emergency_that_is_revoked_ends_what_was_joined_under_it(role: str, signer: object) -> None:
    charter, name = with_emergency()
    target = join(charter, name)
    charter.add(order("revoke", target=name, reason=reason()), (role, signer))  # type: ignore[arg-type]
    assert state(charter, target) is AgreementState.REVOKED
    assert refusal(charter, order("agree", agreement=joined(), offer=name), ("requester", CAB)) == "OFFER"


def test_a_revoked_emergency_ends_no_agreement_that_came_another_way() -> None:
    from tests.audit.proof.charter import agree

    charter, name = with_emergency()
    other = agree(charter)
    charter.add(order("revoke", target=name, reason=reason()), ("authority", DATA))
    assert state(charter, other) is AgreementState.IN_FORCE


def test_what_was_joined_under_a_stolen_keys_offer_stops_with_it() -> None:
    charter, name = with_emergency()
    target = join(charter, name)
    stolen = "DATA/document-1"
    since = next(act for act, seq in charter.standing.act_seqs.items() if seq == charter.standing.offers[name].seq)
    from tests.audit.proof.charter import ROOT

    act = charter.add(order("revoke_key", keyid=stolen, reason="lost", since=since), ("root", ROOT), at=LATER)
    assert not charter.standing.offers[name].in_force
    assert state(charter, target) is AgreementState.SUSPENDED
    assert charter.standing.agreements[target].suspended_by == {"authority-key": act}


def test_an_offer_bounds_for_how_long_answers_are_kept() -> None:
    charter, document = founded(), offer(retention={"days": 7}, title={"en": "For districts", "zh": "面向区县"})
    charter.add(order("offer", offer=document), ("provider", PSB))
    taking = order("agree", agreement=agreement(retention={"days": 8}), offer=document_hash(document))
    assert refusal(charter, taking, ("requester", CAB)) == "BEYOND_OFFER"
    charter.add(order("agree", agreement=agreement(retention={"days": 7}), offer=document_hash(document)), ("requester", CAB))
