"""Checking, approving and refusing: who may, who may not, and what the agreement then says."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from audit import acts
from audit.errors import Fault
from audit.proof.acts import agreement_id
from audit.proof.keys import verify_document
from catalog import actions as catalog_actions
from catalog.models import Dataset
from exchange.accounts.actions import grant_role
from exchange.accounts.models import Role
from exchange.sharing import actions
from exchange.sharing.errors import FourEyes, HubCustody, NotAskable, NotThatSide, StateChanged
from exchange.sharing.models import Agreement, RequestPart, Wish
from exchange.sharing.verdicts import Verdict
from tests.world import World, ask, part_of


def checked(world: World, name: str = "reviewer") -> RequestPart:
    part = part_of(world.request)
    actions.check(part, acting_user=world.person(name), department=world.authority)
    return part


def approve(world: World, part: RequestPart, name: str = "approver", **more: Any) -> Agreement:
    """Approve, and confirm by whichever officer of the owner is left."""
    agreement = actions.approve(part, acting_user=world.person(name), department=world.owner, **more)
    second = "approver" if name == "owner_officer" else "owner_officer"
    return agreement or actions.confirm(part, acting_user=world.person(second), department=world.owner)


def no(reason: str = "The fact is enough.", ground: str = "BEYOND_PURPOSE") -> Verdict:
    return Verdict(Wish.REFUSED, ground, reason)


def test_the_agreement_says_what_was_asked_and_the_provider_has_signed_it(small_world: World) -> None:
    agreement = approve(small_world, checked(small_world))
    text = agreement.document
    assert agreement.agreement_id == agreement_id(text)
    assert (text["provider"], text["requester"], text["items"]) == ("DPF", "CAB", ["grade", "valid_until"])
    assert text["facts"] == [{"fact": "valid", "with": {}}, {"fact": "grade_in", "with": {"grades": {"in": [1, 2]}}}]
    assert (text["purposes"], text["legal_basis"][0]["article"]) == (["disability_allowance"], "Part 2")
    certificate = acts.standing().certificates["DPF/document-1"].certificate
    verify_document(agreement.provider_signature or {}, kind="agree", document=agreement.order, public_key=certificate.public_key)
    assert agreement.agreement_id not in acts.standing().agreements


def test_a_steward_approves_too(small_world: World) -> None:
    assert approve(small_world, checked(small_world), "steward").state == "PROPOSED"


def test_an_approval_may_leave_items_and_facts_out_with_a_reason(small_world: World) -> None:
    agreement = approve(small_world, checked(small_world), verdicts={"items.grade": no(), "facts.valid": no()})
    assert agreement.document["items"] == ["valid_until"]
    assert [fact["fact"] for fact in agreement.document["facts"]] == ["grade_in"]
    part = part_of(small_world.request)
    assert {item.name: item.decision for item in part.items.all()} == {"grade": "REFUSED", "valid_until": "GRANTED"}


@pytest.mark.parametrize("verdicts", [{"items.grade": no(" ")}, {"items.gone": no()}, {"grade": no()}])
def test_a_refused_item_was_asked_and_has_a_reason(small_world: World, verdicts: dict[str, Verdict]) -> None:
    with pytest.raises(NotAskable):
        approve(small_world, checked(small_world), verdicts=verdicts)


def test_refusing_everything_is_not_an_approval(small_world: World) -> None:
    everything = dict.fromkeys(["items.grade", "items.valid_until", "facts.valid", "facts.grade_in"], no())
    with pytest.raises(NotAskable):
        approve(small_world, checked(small_world), verdicts=everything)


@pytest.mark.parametrize("name", ["publisher", "owner_admin"])
def test_other_roles_of_the_owner_do_not_decide(small_world: World, name: str) -> None:
    with pytest.raises(NotThatSide):
        approve(small_world, checked(small_world), name)


@pytest.mark.parametrize(
    ("name", "department"), [("asker", "requester"), ("reviewer", "authority"), ("outsider", "outsider"), ("auditor", "authority")]
)
def test_other_departments_do_not_decide(small_world: World, name: str, department: str) -> None:
    part = checked(small_world)
    with pytest.raises(NotThatSide):
        actions.approve(part, acting_user=small_world.person(name), department=getattr(small_world, department))
    with pytest.raises(NotThatSide):
        actions.refuse(
            part, reason="No.", ground="LAW_FORBIDS", acting_user=small_world.person(name), department=getattr(small_world, department)
        )


@pytest.mark.parametrize("name", ["auditor", "authority_admin"])
def test_only_reviewers_check(small_world: World, name: str) -> None:
    with pytest.raises(NotThatSide):
        checked(small_world, name)


def test_whoever_asked_neither_checks_nor_approves(small_world: World) -> None:
    asker = small_world.person("asker")
    grant_role(asker, department=small_world.authority, role=Role.REVIEWER, acting_user=small_world.person("authority_admin"))
    grant_role(asker, department=small_world.owner, role=Role.OFFICER, acting_user=small_world.person("owner_admin"))
    with pytest.raises(FourEyes):
        checked(small_world, "asker")
    part = checked(small_world)
    with pytest.raises(FourEyes):
        approve(small_world, part, "asker")
    with pytest.raises(FourEyes):
        actions.refuse(part, reason="No.", ground="LAW_FORBIDS", acting_user=asker, department=small_world.owner)


def test_whoever_checked_does_not_approve(small_world: World) -> None:
    reviewer = small_world.person("reviewer")
    grant_role(reviewer, department=small_world.owner, role=Role.OFFICER, acting_user=small_world.person("owner_admin"))
    part = checked(small_world)
    with pytest.raises(FourEyes):
        approve(small_world, part, "reviewer")


def test_an_unchecked_part_is_not_approved(small_world: World) -> None:
    with pytest.raises(StateChanged):
        approve(small_world, part_of(small_world.request))


def test_a_refusal_has_a_reason_and_a_known_ground(small_world: World) -> None:
    part = checked(small_world)
    who: dict[str, Any] = {"acting_user": small_world.person("approver"), "department": small_world.owner}
    with pytest.raises(NotAskable) as refused:
        actions.refuse(part, reason=" ", ground="BECAUSE", **who)
    assert [fault.where for fault in refused.value.faults] == ["reason", "ground"]
    actions.refuse(part, reason="The duty does not need it.", ground="NOT_NEEDED_FOR_DUTY", **who)
    assert (part.state, part.ground) == ("REFUSED", "NOT_NEEDED_FOR_DUTY")
    assert not Agreement.objects.exists()


def test_a_return_lists_everything_missing_and_can_be_handed_in_again(small_world: World) -> None:
    part = part_of(small_world.request)
    who: dict[str, Any] = {"acting_user": small_world.person("reviewer"), "department": small_world.authority}
    with pytest.raises(NotAskable):
        actions.return_part(part, missing=[], **who)
    actions.return_part(part, missing=[Fault("reason", "unclear", "Say which allowance.")], **who)
    assert (part.state, part.notice[0]["message"]) == ("RETURNED", "Say which allowance.")
    actions.submit(small_world.request, acting_user=small_world.person("asker"), department=small_world.requester)
    part.refresh_from_db()
    assert (part.state, part.notice) == ("SUBMITTED", [])


def test_the_owner_returns_only_what_lies_with_it(small_world: World) -> None:
    part, missing = part_of(small_world.request), [Fault("reason", "unclear", "Say which allowance.")]
    owner: dict[str, Any] = {"acting_user": small_world.person("approver"), "department": small_world.owner}
    with pytest.raises(NotThatSide):
        actions.return_part(part, missing=missing, **owner)
    checked(small_world)
    part.refresh_from_db()
    with pytest.raises(NotThatSide):
        actions.return_part(part, missing=missing, acting_user=small_world.person("reviewer"), department=small_world.authority)
    actions.return_part(part, missing=missing, **owner)
    assert part.state == "RETURNED"


def test_an_item_restricted_since_is_noticed_at_approval(small_world: World) -> None:
    part = checked(small_world)
    catalog_actions.restrict_item(small_world.conditional, item="valid_until", reason="Wrong", acting_user=small_world.person("publisher"))
    with pytest.raises(NotAskable) as refused:
        approve(small_world, part)
    assert ("R14.items.valid_until", "restricted") in {(fault.where, fault.rule) for fault in refused.value.faults}


def test_a_dataset_moved_in_the_table_is_not_signed_away_by_another_department(small_world: World) -> None:
    part = checked(small_world)
    Dataset.objects.filter(pk=small_world.conditional.pk).update(provider=small_world.outsider)
    moved = part_of(small_world.request)
    with pytest.raises(NotThatSide):
        actions.approve(moved, acting_user=small_world.person("outsider"), department=small_world.outsider)
    assert part.pk == moved.pk


def test_personal_data_need_a_key_of_the_providers_own(small_world: World, settings: Settings) -> None:
    part = checked(small_world)
    settings.ALLOW_HUB_CUSTODY = False
    with pytest.raises(HubCustody):
        approve(small_world, part)
    part.refresh_from_db()
    assert part.state == "CHECKED"


def test_unconditional_data_are_granted_when_the_check_passes(small_world: World) -> None:
    terms: dict[str, Any] = {"items": ["name"], "facts": {"beds_at_least": {"n": {"in": [10]}}}}
    request = ask(
        small_world.person("asker"), small_world.requester, small_world.purpose, small_world.unconditional, **{**terms, "fact_answers": 3}
    )
    part = part_of(request)
    agreement = actions.check(part, acting_user=small_world.person("reviewer"), department=small_world.authority)
    assert agreement is not None
    assert (part.state, agreement.offer_hash) == ("APPROVED", next(iter(acts.standing().offers)))
    actions.sign_agreement(agreement, acting_user=small_world.person("signer"), department=small_world.requester)
    assert acts.standing().agreements[agreement.agreement_id].state == "IN_FORCE"


def test_what_goes_beyond_the_offer_waits_for_the_owner(small_world: World) -> None:
    terms: dict[str, Any] = {"items": ["name"], "facts": {}, "methods": ["QUERY"], "per_day": 100_000_000}
    request = ask(small_world.person("asker"), small_world.requester, small_world.purpose, small_world.unconditional, **terms)
    part = part_of(request)
    assert actions.check(part, acting_user=small_world.person("reviewer"), department=small_world.authority) is None
    assert part.state == "CHECKED"


def test_an_owner_looks_at_its_own_rows_with_two_officers(small_world: World) -> None:
    from catalog.models import Purpose

    check = Purpose.objects.get(code="OWNER_CHECK")
    request = ask(small_world.person("owner_officer"), small_world.owner, check, small_world.conditional, systems=["DPF-register"])
    part = part_of(request)
    actions.check(part, acting_user=small_world.person("reviewer"), department=small_world.authority)
    with pytest.raises(FourEyes):
        approve(small_world, part, "owner_officer")
    agreement = approve(small_world, part)
    with pytest.raises(FourEyes):
        actions.sign_agreement(agreement, acting_user=small_world.person("approver"), department=small_world.owner)
    actions.sign_agreement(agreement, acting_user=small_world.person("owner_officer"), department=small_world.owner)
    assert agreement.state == "IN_FORCE"
