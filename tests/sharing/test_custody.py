"""Departments that keep their keys: nothing is signed for them, and what they hand in is checked."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from audit import acts, ceremony
from audit.proof.keys import PemSigner, generate_private_key, public_key_of, sign_document
from catalog.models import Department
from exchange.sharing import actions
from exchange.sharing.errors import KeyElsewhere, NotAskable, StateChanged
from exchange.sharing.models import Agreement
from exchange.sharing.signing import HandedIn
from tests.world import World, approve, part_of

WHY: dict[str, Any] = {"reason": "Checked by hand.", "ground": "MISUSE_SUSPECTED"}


def own_key(department: Department) -> PemSigner:
    """From now on the department signs with a key that the hub never sees."""
    pem = generate_private_key()
    ceremony.certify_department(department.code, public_key=public_key_of(pem), name="document-2")
    return PemSigner(f"{department.code}/document-2", pem)


def signed(signer: PemSigner, order: dict[str, Any], role: str) -> dict[str, Any]:
    return sign_document(signer, kind=order["type"], document=order, role=role, signed_at=acts.time_text())


def proposed(world: World) -> Agreement:
    part = part_of(world.request)
    actions.check(part, acting_user=world.person("reviewer"), department=world.authority)
    return approve(part, world.people, world.owner)


def owner(world: World) -> dict[str, Any]:
    return {"acting_user": world.person("approver"), "department": world.owner}


def requester(world: World) -> dict[str, Any]:
    return {"acting_user": world.person("signer"), "department": world.requester}


def test_with_keys_of_their_own_both_sides_hand_their_signatures_in(small_world: World, settings: Settings) -> None:
    settings.ALLOW_HUB_CUSTODY = False
    theirs, ours = own_key(small_world.owner), own_key(small_world.requester)
    agreement = proposed(small_world)
    assert agreement.waits_for_provider
    with pytest.raises(NotAskable):
        actions.sign_agreement(agreement, **requester(small_world))
    actions.provide_signature(agreement, signature=signed(theirs, agreement.order, "provider"), **owner(small_world))
    with pytest.raises(KeyElsewhere) as needed:
        actions.sign_agreement(agreement, **requester(small_world))
    assert needed.value.data["order"] == agreement.order
    actions.sign_agreement(agreement, signature=signed(ours, agreement.order, "requester"), **requester(small_world))
    found = acts.standing().agreements[agreement.agreement_id]
    assert (found.state, set(found.signers)) == ("IN_FORCE", {"provider", "requester"})


def test_a_signature_by_another_key_or_role_is_refused(small_world: World) -> None:
    theirs = own_key(small_world.owner)
    agreement = proposed(small_world)
    stranger = PemSigner("DPF/document-2", generate_private_key())
    other_text = {**agreement.order, "nonce": "A" * 22}
    for signature in (
        signed(stranger, agreement.order, "provider"),
        signed(theirs, agreement.order, "requester"),
        signed(theirs, other_text, "provider"),
        {},
    ):
        with pytest.raises(NotAskable):
            actions.provide_signature(agreement, signature=signature, **owner(small_world))
    assert agreement.waits_for_provider


def test_the_provider_signs_once(small_world: World) -> None:
    agreement = proposed(small_world)
    with pytest.raises(StateChanged):
        actions.provide_signature(agreement, signature={}, **owner(small_world))


def test_a_suspension_is_signed_where_the_key_is(world: World) -> None:
    theirs = own_key(world.owner)
    with pytest.raises(KeyElsewhere) as needed:
        actions.suspend(world.agreement, **WHY, **owner(world))
    order = needed.value.data["order"]
    handed = HandedIn(order, signed(theirs, order, "provider"))
    with pytest.raises(NotAskable):
        actions.suspend(world.agreement, reason="Something else.", ground="LAW_CHANGED", handed=handed, **owner(world))
    actions.suspend(world.agreement, **WHY, handed=handed, **owner(world))
    assert acts.standing().agreements[world.agreement.agreement_id].state == "SUSPENDED"


def test_an_order_handed_in_twice_acts_once(world: World) -> None:
    from audit.errors import HubError

    theirs = own_key(world.owner)
    with pytest.raises(KeyElsewhere) as needed:
        actions.suspend(world.agreement, **WHY, **owner(world))
    order = needed.value.data["order"]
    handed = HandedIn(order, signed(theirs, order, "provider"))
    actions.suspend(world.agreement, **WHY, handed=handed, **owner(world))
    with pytest.raises(KeyElsewhere) as needed:
        actions.resume(world.agreement, reason="Cleared.", **owner(world))
    resumed = needed.value.data["order"]
    actions.resume(world.agreement, reason="Cleared.", handed=HandedIn(resumed, signed(theirs, resumed, "provider")), **owner(world))
    with pytest.raises(HubError):
        actions.suspend(world.agreement, **WHY, handed=handed, **owner(world))
    assert acts.standing().agreements[world.agreement.agreement_id].state == "IN_FORCE"
