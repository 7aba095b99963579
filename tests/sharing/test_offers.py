"""Standing offers on conditional data: what an owner signs in advance is granted at the check, and never a step beyond."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit import acts
from exchange.accounts.actions import grant_role
from exchange.accounts.models import Role
from exchange.sharing import actions
from exchange.sharing.errors import FourEyes, HubCustody, NotAskable, NotThatSide, StateChanged
from exchange.sharing.lifecycle import OfferState
from exchange.sharing.models import Agreement, StandingOffer
from exchange.sharing.offers.drafting import draft_offer, withdraw_offer
from exchange.sharing.offers.joining import join
from exchange.sharing.offers.signing import resume_offer, revoke_offer, sign_offer, suspend_offer
from exchange.sharing.offers.text import OfferTerms
from tests.world import World, ask, part_of

BASIS = [{"text": {"en": "Law on the Protection of Disabled Persons", "zh": "残疾人保障法"}, "article": "Article 2"}]
WHY: dict[str, Any] = {"reason": "Checked by hand.", "ground": "MISUSE_SUSPECTED"}


def terms(**changes: Any) -> OfferTerms:
    given: dict[str, Any] = {
        "requesters": ["CAB", "HSG"],
        "purposes": ["disability_allowance"],
        "methods": ["VERIFY", "QUERY", "BATCH"],
        "items": ["grade", "valid_until"],
        "facts": {"valid": {}, "grade_in": {"grades": {"in": [1, 2]}}},
        "fact_answers": 1000,
        "not_after": timezone.now() + timedelta(days=500),
        "legal_basis": BASIS,
    }
    return OfferTerms(**{**given, **changes})


def who(world: World, name: str, department: str = "owner") -> dict[str, Any]:
    return {"acting_user": world.person(name), "department": getattr(world, department)}


def drafted(world: World, **changes: Any) -> StandingOffer:
    return draft_offer(terms(**changes), dataset=world.conditional, **who(world, "approver"))


def offered(world: World, **changes: Any) -> StandingOffer:
    return sign_offer(drafted(world, **changes), **who(world, "owner_officer"))


def joined(world: World, offer: StandingOffer, name: str = "asker") -> Agreement:
    return join(offer, systems=["CAB-relief"], purpose="disability_allowance", **who(world, name, "requester"))


def state(agreement: Agreement) -> str:
    return acts.standing().agreements[agreement.agreement_id].state.value


def test_a_request_inside_the_offer_is_granted_at_the_check(small_world: World) -> None:
    offer = offered(small_world)
    agreement = actions.check(part_of(small_world.request), **who(small_world, "reviewer", "authority"))
    assert agreement is not None
    assert (agreement.offer_hash, agreement.state) == (offer.offer_hash, "PROPOSED")
    actions.sign_agreement(agreement, **who(small_world, "signer", "requester"))
    found = acts.standing().agreements[agreement.agreement_id]
    assert (found.state.value, found.offer, set(found.signers)) == ("IN_FORCE", offer.offer_hash, {"requester"})


@pytest.mark.parametrize(
    "changes",
    [
        {"requesters": ["HSG"]},
        {"purposes": ["other"]},
        {"items": ["grade"]},
        {"facts": {"grade_in": {"grades": {"in": [1]}}}},
        {"methods": ["QUERY"]},
        {"row_filter": {"type": {"in": ["visual"]}}},
        {"per_day": 1},
        {"fact_answers": 3},
        {"not_after": 20},
    ],
)
def test_a_request_beyond_the_offer_goes_to_the_owner(small_world: World, changes: dict[str, Any]) -> None:
    from catalog import actions as catalog_actions
    from tests.world_data import PURPOSE

    catalog_actions.register_purpose(**{**PURPOSE, "code": "other"}, acting_system="tests")
    if "not_after" in changes:
        changes = {"not_after": timezone.now() + timedelta(days=changes["not_after"])}
    offered(small_world, **changes)
    part = part_of(small_world.request)
    assert actions.check(part, **who(small_world, "reviewer", "authority")) is None
    assert part.state == "CHECKED"


def test_a_draft_opens_nothing_and_neither_does_its_row(small_world: World) -> None:
    offer = drafted(small_world)
    StandingOffer.objects.filter(pk=offer.pk).update(state=OfferState.IN_FORCE, act_seq=1)
    assert actions.check(part_of(small_world.request), **who(small_world, "reviewer", "authority")) is None


def test_a_row_that_names_more_departments_lets_nobody_in(world: World) -> None:
    offer = offered(world, requesters=["HSG"], retention_days=7)
    offer.named.add(world.requester)
    with pytest.raises(NotThatSide):
        joined(world, offer)


def test_the_one_who_wrote_it_does_not_sign_it(small_world: World) -> None:
    offer = drafted(small_world)
    with pytest.raises(FourEyes):
        sign_offer(offer, **who(small_world, "approver"))
    assert offer.offer_hash not in acts.standing().offers


@pytest.mark.parametrize(
    ("name", "department"), [("publisher", "owner"), ("signer", "requester"), ("reviewer", "authority"), ("outsider", "outsider")]
)
def test_only_the_owner_writes_and_signs(small_world: World, name: str, department: str) -> None:
    with pytest.raises(NotThatSide):
        draft_offer(terms(), dataset=small_world.conditional, **who(small_world, name, department))
    offer = drafted(small_world)
    with pytest.raises(NotThatSide):
        sign_offer(offer, **who(small_world, name, department))


def test_personal_data_are_offered_with_a_key_of_the_owners_own(small_world: World, settings: Settings) -> None:
    offer = drafted(small_world)
    settings.ALLOW_HUB_CUSTODY = False
    with pytest.raises(HubCustody):
        sign_offer(offer, **who(small_world, "owner_officer"))
    assert offer.offer_hash not in acts.standing().offers


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"items": ["diagnosis"]}, "R14.items.diagnosis"),
        ({"items": ["gone"]}, "R14.items.gone"),
        ({"facts": {"grade_in": {}}}, "R14.facts.grade_in.grades"),
        ({"requesters": []}, "requesters"),
        ({"requesters": ["*"]}, "requesters"),
        ({"requesters": ["DPF"]}, "requesters"),
        ({"purposes": ["*"]}, "purposes"),
        ({"purposes": ["OWNER_CHECK"]}, "purposes"),
        ({"legal_basis": []}, "legal_basis"),
    ],
)
def test_what_cannot_be_offered_is_said_at_once(small_world: World, changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(NotAskable) as refused:
        drafted(small_world, **changes)
    assert fault in {found.where for found in refused.value.faults}


def test_an_offer_ends_by_revoke_and_what_came_from_it_goes_on(world: World) -> None:
    offer = offered(world, retention_days=7)
    agreement = actions.sign_agreement(joined(world, offer), **who(world, "asker", "requester"))
    suspend_offer(offer, **WHY, **who(world, "approver"))
    with pytest.raises(StateChanged):
        joined(world, offer)
    resume_offer(offer, reason="Cleared.", **who(world, "owner_officer"))
    revoke_offer(offer, **WHY, **who(world, "approver"))
    assert (offer.state, state(agreement)) == ("REVOKED", "IN_FORCE")
    with pytest.raises(StateChanged):
        joined(world, offer)


def test_a_draft_is_withdrawn_and_then_signed_by_nobody(world: World) -> None:
    offer = drafted(world)
    withdraw_offer(offer, **who(world, "approver"))
    with pytest.raises(StateChanged):
        sign_offer(offer, **who(world, "owner_officer"))


def test_a_department_joins_a_framework_by_one_signature(world: World) -> None:
    offer = offered(world, retention_days=7, title={"en": "For districts", "zh": "面向区县"})
    agreement = joined(world, offer)
    text = agreement.document
    assert (text["items"], text["retention"], text["legal_basis"]) == (offer.document["items"], {"days": 7}, BASIS)
    actions.sign_agreement(agreement, **who(world, "asker", "requester"))
    assert state(agreement) == "IN_FORCE"
    part = agreement.part
    assert part is not None
    assert (part.state, part.offer_hash, part.checked_by) == ("APPROVED", offer.offer_hash, None)


def test_an_offer_that_leaves_things_open_is_not_joined(world: World) -> None:
    with pytest.raises(StateChanged):
        joined(world, offered(world))


def test_whoever_wrote_or_signed_an_offer_does_not_join_it(world: World) -> None:
    offer = offered(world, retention_days=7)
    for name in ("approver", "owner_officer"):
        grant_role(world.person(name), department=world.requester, role=Role.OFFICER, acting_user=world.person("requester_admin"))
        with pytest.raises(FourEyes):
            joined(world, offer, name)


@pytest.mark.parametrize(
    ("systems", "purpose"), [([], "disability_allowance"), (["HSG-rental"], "disability_allowance"), (["CAB-relief"], "OWNER_CHECK")]
)
def test_whoever_joins_chooses_own_systems_and_an_offered_purpose(world: World, systems: list[str], purpose: str) -> None:
    offer = offered(world, retention_days=7)
    with pytest.raises(NotAskable):
        join(offer, systems=systems, purpose=purpose, **who(world, "asker", "requester"))


def test_offers_are_seen_by_their_parties_alone(world: World) -> None:
    offer = drafted(world, requesters=["CAB"])

    def seen() -> set[str]:
        return {name for name, person in world.people.items() if StandingOffer.objects.visible_to(person).exists()}

    owners = {"owner_admin", "publisher", "steward", "approver", "owner_officer"}
    watching = {"reviewer", "second_reviewer", "auditor"}
    assert seen() == owners | watching
    sign_offer(offer, **who(world, "owner_officer"))
    assert seen() == owners | watching | {"requester_admin", "asker", "signer"}


def test_a_new_minor_version_leaves_a_written_offer_in_force(world: World) -> None:
    from catalog import actions as catalog_actions
    from tests.world_data import CONDITIONAL

    offer = offered(world)
    document = {**CONDITIONAL, "description": {"en": "One row a holder.", "zh": "每位持证人一行。"}}
    catalog_actions.publish_version(world.owner, document=document, acting_user=world.person("publisher"))
    assert acts.standing().offers[offer.offer_hash].in_force


def test_a_request_falls_into_no_suspended_offer(small_world: World) -> None:
    offer = offered(small_world)
    suspend_offer(offer, **WHY, **who(small_world, "reviewer", "authority"))
    assert actions.check(part_of(small_world.request), **who(small_world, "reviewer", "authority")) is None


def test_asking_again_inside_an_offer_needs_no_owner(world: World) -> None:
    offered(world)
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, items=["grade"])
    assert actions.check(part_of(request), **who(world, "reviewer", "authority")) is not None
