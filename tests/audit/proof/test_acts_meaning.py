"""What acts mean: datasets, offers and agreements, who may do what to them, and what is final."""

import pytest

from audit.proof.acts import AgreementState, AuthorityError, check_order, required_signers, version_hash
from audit.proof.canonical import JSON, Document, document_hash
from audit.proof.keys import PemSigner
from tests.audit.proof.charter import (
    AT,
    CAB,
    DATA,
    LATER,
    PSB,
    ROOT,
    Charter,
    Pair,
    agree,
    agreement,
    code_of,
    founded,
    key,
    offer,
    order,
    reason,
    signed,
    signer,
    version,
)

BOTH: tuple[Pair, Pair] = (("provider", PSB), ("requester", CAB))


def refusal(charter: Charter, document: Document, *pairs: Pair, at: str = AT) -> str:
    return code_of(charter.standing, [charter.seal(document, signed(document, *pairs), at=at)])


def state(charter: Charter, target: str) -> AgreementState:
    return charter.standing.agreements[target].state


# --- datasets ---------------------------------------------------------------------------------------------------


def test_a_dataset_belongs_to_its_first_publisher() -> None:
    taken = order("publish", dataset="R01", version=version(provider="CAB"))
    assert refusal(founded(), taken, ("provider", CAB)) == "SIGNERS"
    assert refusal(founded(), taken, ("provider", PSB)) == "NOT_OWNER"
    assert refusal(founded(), order("publish", dataset="R02", version=version()), ("provider", PSB)) == "NOT_OWNER"
    foreign = order("publish", dataset="R02", version=version(code="R02"))
    assert refusal(founded(), foreign, ("provider", CAB)) == "SIGNERS"


def test_a_new_version_replaces_the_current_one_and_both_stay_known() -> None:
    charter = founded()
    new = version(major=2)
    charter.add(order("publish", dataset="R01", version=new), ("provider", PSB))
    assert charter.standing.versions["R01"].hash == version_hash(new)
    assert len(charter.standing.all_versions) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"items": []},
        {"items": [{"name": "A", "sensitivity": 1, "sharing_attribute": "CONDITIONAL"}]},
        {"items": [{"name": "a", "sensitivity": 5, "sharing_attribute": "CONDITIONAL"}]},
        {"items": [{"name": "a", "sensitivity": True, "sharing_attribute": "CONDITIONAL"}]},
        {"items": [{"name": "a", "sensitivity": 1, "sharing_attribute": "OPEN"}]},
        {"items": [{"name": "a", "sensitivity": 1, "sharing_attribute": "CONDITIONAL"}] * 2},
        {"facts": [{"name": "a"}]},
        {"major": 0},
        {"nonce": "short"},
    ],
)
def test_a_malformed_version_is_refused(changes: Document) -> None:
    document = order("publish", dataset="R01", version=version(**changes))
    assert refusal(founded(), document, ("provider", PSB)) == "SHAPE"


def test_a_version_names_an_answer_key_of_its_provider() -> None:
    charter = founded()
    document = order("publish", dataset="R01", version=version(provider_answer_key="PSB/document-1"))
    assert refusal(charter, document, ("provider", PSB)) == "ANSWER_KEY"
    charter.add(key(signer("PSB/answer-1"), "provider-answer"), ("issuer", PSB))
    charter.add(order("publish", dataset="R01", version=version(provider_answer_key="PSB/answer-1")), ("provider", PSB))
    charter.add(key(signer("CAB/answer-1"), "provider-answer"), ("issuer", CAB))
    foreign = order("publish", dataset="R01", version=version(provider_answer_key="CAB/answer-1"))
    assert refusal(charter, foreign, ("provider", PSB)) == "ANSWER_KEY"


@pytest.mark.parametrize("kind", ["publish", "offer"])
def test_a_version_or_an_offer_written_for_another_hub_does_not_serve_here(kind: str) -> None:
    if kind == "publish":
        document = order("publish", dataset="R01", version=version(hub="other.example/log"))
    else:
        document = order("offer", offer=offer(hub="other.example/log"))
    assert refusal(founded(), document, ("provider", PSB)) == "OTHER_HUB"


def revision(charter: Charter, **changes: JSON) -> Document:
    members: Document = {
        "dataset": "R01",
        "version": charter.standing.versions["R01"].hash,
        "rows": "sha256:" + "1" * 64,
        "lookup": "sha256:" + "2" * 64,
        "row_count": 3,
        "as_of": AT,
    }
    return order("revision", **{**members, **changes})


@pytest.mark.parametrize(("role", "by"), [("provider", PSB), ("system", signer("psb-registry/load-1"))])
def test_a_revision_comes_from_the_provider_or_a_named_system(role: str, by: PemSigner) -> None:
    charter = founded()
    charter.add(revision(charter), (role, by))
    assert charter.standing.revisions["R01"].order["row_count"] == 3


def test_an_answer_key_of_a_named_system_loads_no_revision() -> None:
    charter = founded()
    answering = signer("psb-registry/answer-1")
    charter.add(key(answering, "provider-answer"), ("issuer", PSB))
    assert refusal(charter, revision(charter), ("system", answering)) == "SIGNERS"


@pytest.mark.parametrize(
    ("role", "by"),
    [
        ("system", signer("CAB-affairs/request-1")),
        ("provider", signer("psb-registry/load-1")),
        ("provider", CAB),
        ("system", PSB),
    ],
)
def test_a_revision_comes_from_nobody_else(role: str, by: PemSigner) -> None:
    charter = founded()
    assert refusal(charter, revision(charter), (role, by)) == "SIGNERS"


def test_a_revision_is_of_the_current_version() -> None:
    charter = founded()
    assert refusal(charter, revision(charter, version="sha256:" + "0" * 64), ("provider", PSB)) == "VERSION"
    unknown = revision(charter, dataset="R99")
    assert refusal(charter, unknown, ("provider", PSB)) == "DATASET_UNKNOWN"


# --- agreements -------------------------------------------------------------------------------------------------


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
        ("SHAPE", {"row_filter": {"district": {"not_in": ["x"]}}}),
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


# --- suspend, resume, revoke ------------------------------------------------------------------------------------


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


# --- standing offers --------------------------------------------------------------------------------------------


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


def test_an_optional_parameter_may_be_left_out() -> None:
    charter = founded()
    fact: Document = {"name": "lives_in", "parameters": [{"name": "division"}, {"name": "since", "optional": True}]}
    charter.add(order("publish", dataset="R01", version=version(facts=[fact])), ("provider", PSB))
    agree(charter, facts=[{"fact": "lives_in", "with": {"division": {"in": ["5101"]}}}])
    without = agreement(facts=[{"fact": "lives_in", "with": {"since": {"in": ["2020-01-01"]}}}])
    assert refusal(charter, order("agree", agreement=without), *BOTH) == "PARAMETERS"


def test_an_offer_of_another_departments_data_is_refused() -> None:
    assert refusal(founded(), order("offer", offer=offer(provider="CAB")), ("provider", CAB)) == "NOT_OWNER"
    assert refusal(founded(), order("offer", offer=offer()), ("provider", CAB)) == "SIGNERS"
    assert refusal(founded(), order("offer", offer=offer(items=["born_on"])), ("provider", PSB)) == "NOT_SHARED"


# --- the rest ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["shred", "loss"])
def test_two_officers_of_the_authority_sign_what_destroys(kind: str) -> None:
    charter = founded()
    second = signer("DATA/document-2")
    charter.add(key(second, "document"), ("root", ROOT))
    document = order(kind, legal_basis="x")
    assert refusal(charter, document, ("officer", DATA)) == "SIGNERS"
    assert refusal(charter, document, ("officer", DATA), ("officer", DATA)) == "SIGNERS"
    assert refusal(charter, document, ("officer", DATA), ("officer", PSB)) == "SIGNERS"
    charter.add(document, ("officer", DATA), ("officer", second))


def test_required_signers_tell_pages_whom_to_ask() -> None:
    charter = founded()
    target = agree(charter)
    groups = required_signers(order("agree", agreement=agreement()), charter.standing)
    assert [[(signer_.role, signer_.department) for signer_ in group] for group in groups] == [[("provider", "PSB"), ("requester", "CAB")]]
    ending = required_signers(order("revoke", target=target, reason=reason()), charter.standing)
    assert {group[0].role for group in ending} == {"provider", "requester", "authority"}
    of_hub = required_signers(order("revoke_key", keyid="hub/counter-1", reason="x"), charter.standing)
    assert {group[0].keyid for group in of_hub} == {"authority/root", "hub/counter-1"}


def test_a_key_that_begins_later_is_certified_now_and_signs_then() -> None:
    charter = founded()
    coming = signer("PSB/document-2")
    charter.add(key(coming, "document", not_before=LATER), ("root", ROOT))
    document = order("agree", agreement=agreement())
    pairs = signed(document, ("provider", coming), ("requester", CAB))
    with pytest.raises(AuthorityError) as caught:
        check_order(charter.standing, document, pairs, AT)
    assert caught.value.code == "KEY_EXPIRED"
    check_order(charter.standing, document, pairs, LATER)
