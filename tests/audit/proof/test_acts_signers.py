"""Who must sign: what destroys, what pages ask for, and keys whose time has not come."""

import pytest

from audit.proof.acts import AuthorityError, check_order, required_signers
from tests.audit.proof.charter import (
    AT,
    CAB,
    DATA,
    LATER,
    PSB,
    ROOT,
    agree,
    agreement,
    founded,
    key,
    order,
    reason,
    refusal,
    signed,
    signer,
)


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
