"""What acts about agreements mean: what may be agreed, who suspends, resumes and revokes, and what is final."""

import pytest

from audit.proof.acts import AgreementState
from audit.proof.canonical import Document
from audit.proof.keys import PemSigner
from tests.audit.proof.charter import (
    BOTH,
    CAB,
    DATA,
    PSB,
    ROOT,
    Pair,
    agree,
    agreement,
    founded,
    key,
    order,
    reason,
    refusal,
    signer,
    state,
    version,
)


def test_an_agreement_of_both_parties_is_in_force() -> None:
    charter = founded()
    assert state(charter, agree(charter)) is AgreementState.IN_FORCE


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("NOT_SHARED", {"items": ["born_on"]}),
        ("ITEM_UNKNOWN", {"items": ["salary"]}),
        ("ITEM_UNKNOWN", {"row_filter": {"salary": {"in": [1]}}}),
        ("FACT_UNKNOWN", {"facts": [{"fact": "rich", "with": {}}]}),
        ("PARAMETERS", {"facts": [{"fact": "age_at_least", "with": {}}]}),
        ("PARAMETERS", {"facts": [{"fact": "alive", "with": {"n": {"in": [1]}}}]}),
        ("MAJOR", {"major": 2}),
        ("DATASET_UNKNOWN", {"dataset": "R99"}),
        ("SYSTEM", {"systems": ["psb-registry"]}),
        ("SYSTEM", {"systems": ["CAB-affairs", "nobody"]}),
        ("PARTIES", {"purposes": ["OWNER_CHECK"]}),
        ("PARTIES", {"purposes": ["old_age_allowance", "OWNER_CHECK"]}),
        ("SUPERSEDES", {"supersedes": "a" * 32}),
        ("SHAPE", {"items": [], "facts": []}),
        ("SHAPE", {"row_filter": {"district": {"in": [True]}}}),
        ("SHAPE", {"row_filter": {"district": {"in": [None]}}}),
        ("SHAPE", {"row_filter": {"district": {"in": []}}}),
        ("SHAPE", {"row_filter": {"district": {"like": ["x"]}}}),
        ("SHAPE", {"row_filter": {"district": {"not_in": [5]}}}),  # a text has no whole numbers
        ("SHAPE", {"row_filter": {"grade": {"at_least": "2"}}}),  # not ordered
        ("SHAPE", {"row_filter": {"grade": {"starts_with": 2}}}),
        ("SHAPE", {"row_filter": {"district": {"present": 1}}}),
        ("SHAPE", {"row_filter": {"any": []}}),
        ("SHAPE", {"row_filter": {"any": [{}]}}),
        ("SHAPE", {"row_filter": {"any": [{"grade": {"in": [1]}}] * 9}}),
        ("SHAPE", {"row_filter": {"any": [{"grade": {"in": [1]}}], "grade": {"in": [1]}}}),
        ("ITEM_UNKNOWN", {"row_filter": {"any": [{"grade": {"in": [1]}}, {"salary": {"in": [1]}}]}}),
        ("SHAPE", {"row_filter": {"district": {"years_at_least": 80}}}),  # not a date
        ("SHAPE", {"row_filter": {"district": {"years_at_least": True}}}),
        ("SHAPE", {"row_filter": {"district": {"years_at_least": 151}}}),
        ("SHAPE", {"row_filter": {"district": {"years_at_least": 80, "in": ["x"]}}}),
        ("SHAPE", {"systems": []}),
        ("SHAPE", {"purposes": []}),
        ("SHAPE", {"purposes": ["*"]}),
        ("SHAPE", {"legal_basis": []}),
        ("SHAPE", {"methods": ["EVERYTHING"]}),
        ("SHAPE", {"quota": {"per_day": 10}}),
        ("SHAPE", {"quota": {"per_day": -1, "burst_per_minute": 1, "fact_answers": {"q": 1, "days": 1}}}),
        ("SHAPE", {"period": {"from": "2027-01-01", "until": "2026-01-01"}}),
        ("SHAPE", {"period": {"from": "2027-01-01", "until": "2027-02-31T00:00:00Z"}}),
        ("SHAPE", {"release": "whenever"}),
        ("SHAPE", {"facts": [{"fact": "alive", "with": {}}, {"fact": "alive", "with": {}}]}),
        ("SHAPE", {"facts": [{"fact": "age_at_least", "with": {"n": {"min": 9, "max": 1}}}]}),
        ("SHAPE", {"facts": [{"fact": "age_at_least", "with": {"n": {"min": 1, "max": 9, "in": [1]}}}]}),
        ("SHAPE", {"facts": [{"fact": "age_at_least", "with": {"n": {"text": 0}}}]}),
        ("SHAPE", {"facts": [{"fact": "age_at_least", "with": {"n": {"text": 201}}}]}),
        ("SHAPE", {"facts": [{"fact": "age_at_least", "with": {"n": {"text": 20, "in": ["x"], "min": 1}}}]}),
        ("SHAPE", {"note": "an unknown member"}),
    ],
)
def test_an_agreement_beyond_the_dataset_is_refused(code: str, changes: Document) -> None:
    assert refusal(founded(), order("agree", agreement=agreement(**changes)), *BOTH) == code


def test_an_agreement_about_another_departments_dataset_is_refused() -> None:
    """CAB gives itself PSB's data: the dataset's owner is not the provider named."""
    document = order("agree", agreement=agreement(provider="CAB", requester="PSB", systems=["psb-registry"]))
    assert refusal(founded(), document, ("provider", CAB), ("requester", PSB)) == "NOT_OWNER"


def test_a_department_looks_at_its_own_rows_for_owner_check_alone() -> None:
    charter = founded()
    own: Document = {"requester": "PSB", "systems": ["psb-registry"]}
    pairs: tuple[Pair, Pair] = (("provider", PSB), ("requester", PSB))
    assert refusal(charter, order("agree", agreement=agreement(**own)), *pairs) == "PARTIES"
    charter.add(order("agree", agreement=agreement(**own, purposes=["OWNER_CHECK"])), *pairs)


def test_a_restricted_item_is_not_agreed_until_it_is_opened() -> None:
    charter = founded()
    charter.add(order("restrict", dataset="R01", item="grade", reason="x"), ("provider", PSB))
    assert refusal(charter, order("agree", agreement=agreement()), *BOTH) == "RESTRICTED"
    opening = order("unrestrict", dataset="R01", item="grade", reason="x")
    assert refusal(charter, opening, ("provider", CAB)) == "SIGNERS"
    charter.add(opening, ("provider", PSB))
    agree(charter)
    assert refusal(charter, order("unrestrict", dataset="R01", item="grade", reason="x"), ("provider", PSB)) == "NOT_RESTRICTED"
    assert refusal(charter, order("restrict", dataset="R01", item="none", reason="x"), ("provider", PSB)) == "ITEM_UNKNOWN"


def test_a_dataset_that_is_not_shared_has_no_agreements() -> None:
    charter = founded()
    charter.add(order("publish", dataset="R01", version=version(sharing_attribute="NOT_SHARED")), ("provider", PSB))
    document = order("agree", agreement=agreement(items=[]))
    assert refusal(charter, document, *BOTH) == "NOT_SHARED"


def test_the_same_agreement_is_made_once() -> None:
    charter = founded()
    document = agreement()
    charter.add(order("agree", agreement=document), *BOTH)
    assert refusal(charter, order("agree", agreement=document), *BOTH) == "EXISTS"


def test_an_optional_parameter_may_be_left_out() -> None:
    charter = founded()
    fact: Document = {"name": "lives_in", "parameters": [{"name": "division"}, {"name": "since", "optional": True}]}
    charter.add(order("publish", dataset="R01", version=version(facts=[fact])), ("provider", PSB))
    agree(charter, facts=[{"fact": "lives_in", "with": {"division": {"in": ["5101"]}}}])
    without = agreement(facts=[{"fact": "lives_in", "with": {"since": {"in": ["2020-01-01"]}}}])
    assert refusal(charter, order("agree", agreement=without), *BOTH) == "PARAMETERS"


@pytest.mark.parametrize(("role", "by"), [("provider", PSB), ("requester", CAB), ("authority", DATA)])
def test_each_side_suspends_and_only_it_resumes(role: str, by: PemSigner) -> None:
    charter = founded()
    target = agree(charter)
    act_hash = charter.add(order("suspend", target=target, reason=reason()), (role, by))
    assert state(charter, target) is AgreementState.SUSPENDED
    again = order("suspend", target=target, reason=reason())
    assert refusal(charter, again, (role, by)) == "SUSPENDED"
    resumption = order("resume", target=target, suspend=act_hash, reason=reason())
    for other_role, other in {"provider": PSB, "requester": CAB, "authority": DATA}.items():
        if other_role != role:
            assert refusal(charter, resumption, (other_role, other)) == "SIGNERS"
            assert refusal(charter, resumption, (role, other)) == "SIGNERS"
    charter.add(resumption, (role, by))
    assert state(charter, target) is AgreementState.IN_FORCE


def test_a_resumption_names_the_suspension() -> None:
    charter = founded()
    target, other = agree(charter), agree(charter, items=["district"])
    act_hash = charter.add(order("suspend", target=other, reason=reason()), ("provider", PSB))
    resumption = order("resume", target=target, suspend=act_hash, reason=reason())
    assert refusal(charter, resumption, ("provider", PSB)) == "NOT_SUSPENDED"


def test_two_sides_suspend_and_both_must_resume() -> None:
    charter = founded()
    target = agree(charter)
    first = charter.add(order("suspend", target=target, reason=reason()), ("provider", PSB))
    second = charter.add(order("suspend", target=target, reason=reason()), ("authority", DATA))
    charter.add(order("resume", target=target, suspend=first, reason=reason()), ("provider", PSB))
    assert state(charter, target) is AgreementState.SUSPENDED
    charter.add(order("resume", target=target, suspend=second, reason=reason()), ("authority", DATA))
    assert state(charter, target) is AgreementState.IN_FORCE


@pytest.mark.parametrize(("role", "by"), [("provider", PSB), ("requester", CAB), ("authority", DATA)])
def test_revoked_is_final(role: str, by: PemSigner) -> None:
    charter = founded()
    document = agreement()
    charter.add(order("agree", agreement=document), *BOTH)
    target = next(iter(charter.standing.agreements))
    suspension = charter.add(order("suspend", target=target, reason=reason()), ("provider", PSB))
    charter.add(order("revoke", target=target, reason=reason("misused")), (role, by))
    found = charter.standing.agreements[target]
    assert (found.state, found.ended_seq) == (AgreementState.REVOKED, charter.standing.head.seq)
    assert found.reason == reason("misused")
    for follow in (
        order("resume", target=target, suspend=suspension, reason=reason()),
        order("suspend", target=target, reason=reason()),
        order("revoke", target=target, reason=reason()),
    ):
        assert refusal(charter, follow, ("provider", PSB)) == "FINAL"
    assert refusal(charter, order("agree", agreement=document), *BOTH) == "EXISTS"


@pytest.mark.parametrize("kind", ["suspend", "revoke"])
@pytest.mark.parametrize(
    ("role", "by"),
    [
        ("provider", CAB),
        ("requester", PSB),
        ("authority", PSB),
        ("authority", ROOT),
        ("requester", signer("CAB-affairs/request-1")),
        ("provider", signer("hub/counter-1")),
    ],
)
def test_nobody_else_suspends_or_revokes(kind: str, role: str, by: PemSigner) -> None:
    charter = founded()
    document = order(kind, target=agree(charter), reason=reason())
    assert refusal(charter, document, (role, by)) == "SIGNERS"


def test_an_unknown_target_is_named() -> None:
    charter = founded()
    for target in ("a" * 32, "sha256:" + "0" * 64):
        document = order("revoke", target=target, reason=reason())
        assert refusal(charter, document, ("provider", PSB)) == "TARGET_UNKNOWN"


def test_superseding_ends_the_old_agreement() -> None:
    charter = founded()
    old = agree(charter)
    new = agree(charter, supersedes=old, items=["district"])
    assert state(charter, old) is AgreementState.SUPERSEDED
    assert charter.standing.agreements[old].superseded_by == new
    assert state(charter, new) is AgreementState.IN_FORCE
    document = order("agree", agreement=agreement(supersedes=old))
    assert refusal(charter, document, *BOTH) == "SUPERSEDES"
    assert refusal(charter, order("suspend", target=old, reason=reason()), ("provider", PSB)) == "FINAL"


def test_superseding_is_between_the_same_parties_about_the_same_dataset() -> None:
    charter = founded()
    old = agree(charter)
    charter.add(key(signer("DATA-affairs/request-1"), "system"), ("issuer", DATA))
    document = order("agree", agreement=agreement(supersedes=old, requester="DATA", systems=["DATA-affairs"]))
    assert refusal(charter, document, ("provider", PSB), ("requester", DATA)) == "SUPERSEDES"
    charter.add(order("publish", dataset="R02", version=version(code="R02")), ("provider", PSB))
    assert refusal(charter, order("agree", agreement=agreement(supersedes=old, dataset="R02")), *BOTH) == "SUPERSEDES"
