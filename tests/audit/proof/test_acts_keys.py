"""Keys in the chain: who may certify, sign and revoke; expired, revoked, foreign and misused keys."""

import pytest

from audit.proof.acts import AgreementState, AuthorityError, Ground, StoredAct, check_order, read_certificates
from audit.proof.canonical import Document, b64url, loads
from audit.proof.keys import PemSigner
from tests.audit.proof.charter import (
    AT,
    CAB,
    COUNTER,
    DATA,
    GROUND,
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

LOST: Document = {"en": "lost", "zh": "遗失"}
AFTER_EXPIRY = "2028-06-01T00:00:00Z"


def refusal(charter: Charter, document: Document, *pairs: Pair, at: str = AT) -> str:
    """The code with which the chain refuses an act with this order, sealed by the hub's own counter key."""
    return code_of(charter.standing, [charter.seal(document, signed(document, *pairs), at=at)])


def new_key(owner: str, name: str = "new-1") -> PemSigner:
    return signer(f"{owner}/{name}")


# --- certifying -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "use", "role", "by"),
    [
        ("HC", "document", "issuer", PSB),  # a department makes a department
        ("HC", "document", "root", PSB),  # the same, saying that it is root
        ("PSB", "document", "issuer", PSB),  # a department makes itself a second key
        ("hub", "hub-counter", "issuer", DATA),  # the authority's officers are not the root
        ("hub", "hub-answer", "issuer", DATA),
        ("psb-new", "system", "root", ROOT),  # the root does not make systems
        ("psb-new", "system", "issuer", COUNTER),  # the hub's own keys certify nothing
        ("CAB-affairs", "system", "issuer", PSB),  # another department's system
        ("psb-registry", "system", "issuer", CAB),
        ("CAB", "provider-answer", "issuer", PSB),
        ("psb-registry", "provider-answer", "issuer", CAB),
    ],
)
def test_only_the_right_issuer_certifies(owner: str, use: str, role: str, by: PemSigner) -> None:
    assert refusal(founded(), key(new_key(owner), use), (role, by)) == "SIGNERS"


@pytest.mark.parametrize(
    ("code", "owner", "use", "role", "by"),
    [
        ("CODE_TAKEN", "PSB", "system", "issuer", PSB),  # a department's code for a system
        ("CODE_TAKEN", "CAB-affairs", "document", "root", ROOT),  # a system's code for a department
        ("CODE_TAKEN", "HC-affairs", "system", "issuer", PSB),  # before HC is there itself
        ("OWNER", "hub", "document", "root", ROOT),
        ("OWNER", "PSB", "hub-answer", "root", ROOT),
        ("OWNER", "authority", "document", "root", ROOT),
        ("OWNER", "hub", "system", "issuer", PSB),
    ],
)
def test_a_code_keeps_its_owner(code: str, owner: str, use: str, role: str, by: PemSigner) -> None:
    assert refusal(founded(), key(new_key(owner), use), (role, by)) == code


def test_a_department_certifies_systems_and_answer_keys_of_its_own() -> None:
    charter = founded()
    charter.add(key(new_key("psb-new"), "system"), ("issuer", PSB))
    charter.add(key(new_key("psb-new", "answer-1"), "provider-answer"), ("issuer", PSB))
    charter.add(key(new_key("PSB", "answer-1"), "provider-answer"), ("issuer", PSB))
    charter.add(key(new_key("PSB-affairs"), "system"), ("issuer", PSB))
    assert charter.standing.systems["psb-new"] == "PSB"
    assert charter.standing.certificates["PSB/answer-1"].department == "PSB"


def test_a_name_and_a_public_key_are_certified_once() -> None:
    charter = founded()
    assert refusal(charter, key(new_key("PSB"), "document", name="document-1"), ("root", ROOT)) == "KEY_EXISTS"
    stolen = key(signer("cab-spy/1"), "system", public_key=b64url(PSB.public_key))
    assert refusal(charter, stolen, ("issuer", CAB)) == "KEY_REUSED"
    of_root = key(signer("cab-spy/1"), "system", public_key=b64url(ROOT.public_key))
    assert refusal(charter, of_root, ("issuer", CAB)) == "KEY_REUSED"


def test_a_key_that_binds_nobody_is_not_certified() -> None:
    weak = key(signer("cab-spy/1"), "system", public_key=b64url(b"\x01" + bytes(31)))
    assert refusal(founded(), weak, ("issuer", CAB)) == "SHAPE"


# --- signing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "provider", "requester"),
    [
        ("SIGNERS", ("provider", CAB), ("requester", CAB)),  # another department's key
        ("SIGNERS", ("provider", DATA), ("requester", CAB)),  # not even the authority's
        ("SIGNERS", ("provider", PSB), ("requester", PSB)),
        ("SIGNERS", ("provider", ROOT), ("requester", CAB)),  # root certifies keys and nothing else
        ("SIGNERS", ("provider", signer("psb-registry/load-1")), ("requester", CAB)),  # a system's key
        ("SIGNERS", ("provider", PSB), ("requester", signer("CAB-affairs/request-1"))),
        ("SIGNERS", ("provider", COUNTER), ("requester", CAB)),  # the hub's key
        ("KEY_UNKNOWN", ("provider", signer("PSB/nobody")), ("requester", CAB)),
        ("SIGNERS", ("requester", PSB), ("provider", CAB)),  # roles exchanged
        ("SIGNERS", ("provider", PSB), ("provider", PSB)),
    ],
)
def test_an_agreement_needs_both_parties_own_document_keys(code: str, provider: Pair, requester: Pair) -> None:
    document = order("agree", agreement=agreement())
    assert refusal(founded(), document, provider, requester) == code


def test_a_signature_more_than_needed_is_refused() -> None:
    document = order("agree", agreement=agreement())
    assert refusal(founded(), document, ("provider", PSB), ("requester", CAB), ("authority", DATA)) == "SIGNERS"


def test_a_role_exchanged_in_the_database_is_refused() -> None:
    """A role stands outside the signed bytes; the certificate decides whom a key speaks for."""
    charter = founded()
    document = order("agree", agreement=agreement())
    pair = signed(document, ("provider", PSB), ("requester", CAB))
    pair[0]["role"], pair[1]["role"] = "requester", "provider"
    assert code_of(charter.standing, [charter.seal(document, pair)]) == "SIGNERS"


def test_a_signature_over_another_order_is_refused() -> None:
    charter = founded()
    document, other = order("agree", agreement=agreement()), order("agree", agreement=agreement(items=["district"]))
    pair = signed(document, ("provider", PSB), ("requester", CAB))
    assert code_of(charter.standing, [charter.seal(other, pair)]) == "SIGNATURE"


def test_a_signature_under_another_keys_name_is_refused() -> None:
    charter = founded()
    document = order("agree", agreement=agreement())
    pair = signed(document, ("provider", CAB), ("requester", CAB))
    pair[0]["keyid"] = "PSB/document-1"
    assert code_of(charter.standing, [charter.seal(document, pair)]) == "SIGNATURE"


def test_an_expired_key_signs_nothing_and_what_it_signed_stays() -> None:
    charter = founded()
    target = agree(charter)
    young = signer("CAB/document-2")
    later: Document = {"not_before": "2028-01-01T00:00:00Z", "not_after": "2030-01-01T00:00:00Z"}
    charter.add(key(young, "document", **later), ("root", ROOT))
    document = order("revoke", target=target, reason=reason())
    assert refusal(charter, document, ("requester", young)) == "KEY_EXPIRED"
    with pytest.raises(AuthorityError) as caught:
        check_order(charter.standing, document, signed(document, ("requester", CAB)), AFTER_EXPIRY)
    assert caught.value.code == "KEY_EXPIRED"
    check_order(charter.standing, document, signed(document, ("requester", young)), AFTER_EXPIRY)
    assert charter.standing.agreements[target].state is AgreementState.IN_FORCE


def test_an_expired_counter_key_seals_nothing() -> None:
    charter = founded()
    document = order("agree", agreement=agreement())
    assert refusal(charter, document, ("provider", PSB), ("requester", CAB), at=AFTER_EXPIRY) == "KEY_EXPIRED"


@pytest.mark.parametrize("keyid", ["hub/answer-1", "CAB/document-1"])
def test_only_a_counter_key_seals(keyid: str) -> None:
    from audit.proof.acts import seal_act
    from audit.proof.canonical import loads

    charter = founded()
    charter.add(key(signer("hub/answer-1"), "hub-answer", custody="hub"), ("root", ROOT))
    document = order("agree", agreement=agreement())
    act = loads(charter.seal(document, signed(document, ("provider", PSB), ("requester", CAB))).raw)
    assert code_of(charter.standing, [seal_act(signer(keyid), act)]) == "HUB_SIGNATURE"


# --- revoking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "by"), [("root", ROOT), ("issuer", ROOT), ("owner", PSB)], ids=["root", "issuer", "owner"])
def test_a_departments_key_is_revoked_and_signs_no_more(role: str, by: PemSigner) -> None:
    charter = founded()
    charter.add(order("revoke_key", keyid="PSB/document-1", reason=LOST), (role, by))
    document = order("agree", agreement=agreement())
    assert refusal(charter, document, ("provider", PSB), ("requester", CAB)) == "KEY_REVOKED"
    again = order("revoke_key", keyid="PSB/document-1", reason=LOST)
    assert refusal(charter, again, ("root", ROOT)) == "KEY_REVOKED"


@pytest.mark.parametrize(("role", "by"), [("issuer", CAB), ("owner", CAB), ("owner", signer("CAB-affairs/request-1"))])
def test_a_systems_key_is_revoked_by_its_department_or_by_itself(role: str, by: PemSigner) -> None:
    charter = founded()
    charter.add(order("revoke_key", keyid="CAB-affairs/request-1", reason=LOST), (role, by))
    found = charter.standing.certificates["CAB-affairs/request-1"]
    assert found.revoked_seq == 8
    assert not found.usable_at(LATER)


@pytest.mark.parametrize(
    ("keyid", "role", "by"),
    [
        ("PSB/document-1", "owner", CAB),
        ("PSB/document-1", "issuer", DATA),
        ("PSB/document-1", "root", DATA),
        ("PSB/document-1", "owner", signer("psb-registry/load-1")),
        ("CAB-affairs/request-1", "issuer", PSB),
        ("hub/counter-1", "owner", DATA),
        ("hub/counter-1", "owner", PSB),
        ("hub/counter-1", "issuer", DATA),
    ],
)
def test_nobody_else_revokes_a_key(keyid: str, role: str, by: PemSigner) -> None:
    assert refusal(founded(), order("revoke_key", keyid=keyid, reason=LOST), (role, by)) == "SIGNERS"


def test_an_unknown_key_and_an_unknown_act_are_named() -> None:
    charter = founded()
    assert refusal(charter, order("revoke_key", keyid="PSB/none", reason=LOST), ("root", ROOT)) == "KEY_UNKNOWN"
    unknown = order("revoke_key", keyid="PSB/document-1", reason=LOST, since="sha256:" + "0" * 64)
    assert refusal(charter, unknown, ("root", ROOT)) == "SINCE"


def revoke_since(charter: Charter, keyid: str, since: str) -> str:
    return charter.add(order("revoke_key", keyid=keyid, reason=LOST, since=since), ("root", ROOT))


def test_since_suspends_agreements_until_signed_again() -> None:
    charter = founded()
    before = agree(charter)
    first = charter.standing.head.hash
    stolen = agree(charter, items=["district"])
    since = charter.standing.head.hash
    act_hash = revoke_since(charter, "PSB/document-1", since)
    assert charter.standing.agreements[before].state is AgreementState.IN_FORCE
    assert charter.standing.agreements[stolen].state is AgreementState.SUSPENDED
    assert first != since
    again = order("resume", target=stolen, suspend=act_hash, reason=reason("ours after all"))
    assert refusal(charter, again, ("requester", CAB)) == "SIGNERS"  # it was the provider's key
    second = signer("PSB/document-2")
    charter.add(key(second, "document"), ("root", ROOT))
    charter.add(again, ("provider", second))
    assert charter.standing.agreements[stolen].state is AgreementState.IN_FORCE


def test_since_takes_away_versions_revisions_offers_and_open_items() -> None:
    charter = founded()
    charter.add(order("restrict", dataset="R01", item="district", reason="x"), ("provider", PSB))
    since = charter.add(order("unrestrict", dataset="R01", item="district", reason="x"), ("provider", PSB))
    standing_offer = offer()
    charter.add(order("offer", offer=standing_offer), ("provider", PSB))
    new = version(revision_systems=[])
    charter.add(order("publish", dataset="R01", version=new), ("provider", PSB))
    charter.add(revision(charter), ("provider", PSB))
    revoke_since(charter, "PSB/document-1", since)
    standing = charter.standing
    assert "R01" not in standing.versions
    assert "R01" not in standing.revisions
    assert ("R01", "district") in standing.restricted
    assert not any(found.in_force for found in standing.offers.values())
    assert standing.datasets["R01"] == "PSB"
    second = signer("PSB/document-2")
    charter.add(key(second, "document"), ("root", ROOT))
    charter.add(order("publish", dataset="R01", version=new), ("provider", second))
    assert charter.standing.versions["R01"].signed_by == "PSB/document-2"
    assert not charter.standing.versions["R01"].suspended


def revision(charter: Charter) -> Document:
    return order(
        "revision",
        dataset="R01",
        version=charter.standing.versions["R01"].hash,
        rows="sha256:" + "1" * 64,
        lookup="sha256:" + "2" * 64,
        row_count=3,
        as_of=AT,
    )


def test_since_leaves_alone_what_a_good_key_signed_again() -> None:
    """The stolen key published and loaded; a good key did both again before the theft was noticed."""
    charter = founded()
    new, second = version(), signer("PSB/document-2")
    since = charter.add(order("publish", dataset="R01", version=new), ("provider", PSB))
    charter.add(revision(charter), ("provider", PSB))
    charter.add(key(second, "document"), ("root", ROOT))
    charter.add(order("publish", dataset="R01", version=new), ("provider", second))
    charter.add(revision(charter), ("provider", second))
    revoke_since(charter, "PSB/document-1", since)
    assert charter.standing.versions["R01"].signed_by == "PSB/document-2"
    assert charter.standing.revisions["R01"].signed_by == "PSB/document-2"


def test_since_reaches_what_a_stolen_key_certified_and_what_that_signed() -> None:
    charter = founded()
    since = charter.add(key(new_key("psb-thief"), "system"), ("issuer", PSB))
    charter.add(order("publish", dataset="R01", version=version(revision_systems=["psb-thief"])), ("provider", PSB))
    charter.add(revision(charter), ("system", new_key("psb-thief")))
    revoke_since(charter, "PSB/document-1", since)
    assert charter.standing.certificates["psb-thief/new-1"].revoked_seq == charter.standing.head.seq
    assert "R01" not in charter.standing.revisions
    assert charter.standing.certificates["psb-registry/load-1"].revoked_seq is None  # certified before


def test_since_can_be_added_to_a_revocation() -> None:
    charter = founded()
    target = agree(charter)
    since = charter.standing.head.hash
    charter.add(order("revoke_key", keyid="PSB/document-1", reason=LOST), ("root", ROOT))
    assert charter.standing.agreements[target].state is AgreementState.IN_FORCE
    revoke_since(charter, "PSB/document-1", since)
    assert charter.standing.agreements[target].state is AgreementState.SUSPENDED
    assert charter.standing.certificates["PSB/document-1"].revoked_seq == 9


def test_a_resumption_by_a_stolen_key_is_undone() -> None:
    charter = founded()
    target = agree(charter)
    suspended = charter.add(order("suspend", target=target, reason=reason()), ("provider", PSB))
    since = charter.add(order("resume", target=target, suspend=suspended, reason=reason()), ("provider", PSB))
    assert charter.standing.agreements[target].state is AgreementState.IN_FORCE
    revoke_since(charter, "PSB/document-1", since)
    assert charter.standing.agreements[target].state is AgreementState.SUSPENDED


# --- for a client: the acts about keys alone -----------------------------------------------------------------------


def key_acts(charter: Charter) -> list[StoredAct]:
    return [stored for stored in charter.acts if loads(stored.raw)["order"]["type"] in {"key", "revoke_key"}]


def test_acts_about_keys_alone_give_the_certificates() -> None:
    charter = founded()
    agree(charter)
    charter.add(key(signer("hub/answer-1"), "hub-answer", custody="hub"), ("root", ROOT))
    charter.add(order("revoke_key", keyid="psb-registry/load-1", reason=LOST), ("issuer", PSB))
    assert len(key_acts(charter)) == 8 < len(charter.acts)
    assert read_certificates(GROUND, key_acts(charter)) == charter.standing.certificates


def test_a_revocation_since_an_act_that_is_not_there_counts_from_the_beginning() -> None:
    charter = founded()
    agree(charter)
    since = charter.standing.head.hash
    revoke_since(charter, "CAB/document-1", since)
    found = read_certificates(GROUND, key_acts(charter))
    assert found["CAB-affairs/request-1"].revoked_seq == 9
    assert charter.standing.certificates["CAB-affairs/request-1"].revoked_seq is None


def test_a_hub_cannot_invent_a_key_for_a_client() -> None:
    charter = founded()
    acts = key_acts(charter)
    forged = key(signer("hub/answer-9"), "hub-answer", custody="hub")
    for role, by in (("root", DATA), ("root", COUNTER), ("issuer", ROOT)):
        with pytest.raises(AuthorityError):
            read_certificates(GROUND, [*acts, charter.seal(forged, signed(forged, (role, by)))])
    with pytest.raises(AuthorityError):
        read_certificates(GROUND, [acts[1], acts[0]])
    with pytest.raises(AuthorityError) as caught:
        read_certificates(GROUND, [*acts, acts[-1]])
    assert caught.value.code == "SEQUENCE"
    with pytest.raises(AuthorityError) as caught:
        read_certificates(GROUND, [acts[0], acts[2], acts[1]])
    assert caught.value.code == "SEQUENCE"
    with pytest.raises(AuthorityError, match="only acts about keys"):
        read_certificates(GROUND, charter.acts)
    other = Ground(hub=GROUND.hub, root=signer("x/other-root").public_key, authority="DATA")
    with pytest.raises(AuthorityError):
        read_certificates(other, acts)
