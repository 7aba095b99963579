"""The review: item by item, masks, coded grounds, the second signature, the thread, and similar requests together."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Blob
from audit.proof.canonical import loads
from audit.proof.disclosure import open_disclosure
from exchange.accounts.actions import grant_role
from exchange.accounts.models import Role
from exchange.sharing import actions, jurisdiction, precedents
from exchange.sharing.errors import FourEyes, NotAskable, NotThatSide, StateChanged
from exchange.sharing.lifecycle import RefusalGround
from exchange.sharing.models import Agreement, Move, RequestedFact, RequestedItem, RequestPart, SharingRequest, Wish
from exchange.sharing.sides import part_steps, reads_thread
from exchange.sharing.verdicts import Verdict
from tests.world import World, agree, ask, part_of

NO = Verdict(Wish.REFUSED, "BEYOND_PURPOSE", "The fact is enough.")
MASK = Verdict(Wish.MASKED, keep_first=1, keep_last=0)
PLAIN: dict[str, Any] = {"items": ["valid_until"], "facts": {"valid": {}}}  # nothing of class 4


def who(world: World, name: str, side: str = "owner") -> dict[str, Any]:
    return {"acting_user": world.person(name), "department": getattr(world, side)}


def checked(world: World, request: SharingRequest | None = None, **more: Any) -> RequestPart:
    part = part_of(request or world.request)
    actions.check(part, **who(world, "reviewer", "authority"), **more)
    return part


def asked(world: World, **terms: Any) -> SharingRequest:
    return ask(world.person("asker"), world.requester, world.purpose, world.conditional, **terms)


def faults(refused: pytest.ExceptionInfo[NotAskable]) -> set[tuple[str, str]]:
    return {(fault.where, fault.rule) for fault in refused.value.faults}


# --- item by item


@pytest.mark.parametrize(
    ("wish", "verdict", "fault"),
    [
        ("items.grade", Verdict(Wish.REFUSED, "", "No."), ("items.grade.ground", "unknown")),
        ("items.grade", Verdict(Wish.REFUSED, "I_DO_NOT_LIKE_IT", "No."), ("items.grade.ground", "unknown")),
        ("items.grade", Verdict(Wish.REFUSED, "LAW_FORBIDS", " "), ("items.grade.reason", "required")),
        ("items.grade", MASK, ("items.grade", "unmaskable")),
        ("items.valid_until", MASK, ("items.valid_until", "unmaskable")),
        ("facts.valid", MASK, ("facts.valid", "unmaskable")),
        ("items.type", Verdict(Wish.MASKED, keep_first=1), ("items.type.keep_last", "range")),
        ("items.type", Verdict(Wish.MASKED, keep_first=33, keep_last=0), ("items.type.keep_first", "range")),
        ("items.gone", NO, ("items.gone", "unknown")),
        ("items.grade", Verdict(Wish.ASKED), ("items.grade", "unknown")),
    ],
)
def test_a_verdict_that_does_not_hold_is_a_fault_at_its_place(
    small_world: World, wish: str, verdict: Verdict, fault: tuple[str, str]
) -> None:
    part = checked(small_world, asked(small_world, items=["grade", "type", "valid_until"]))
    with pytest.raises(NotAskable) as refused:
        actions.approve(part, verdicts={wish: verdict}, **who(small_world, "approver"))
    assert fault in faults(refused)
    assert {item.decision for item in part.items.all()} == {"ASKED"}


@pytest.mark.parametrize("model", [RequestedItem, RequestedFact])
@pytest.mark.parametrize(
    "change", [{"ground": "", "reason": "No."}, {"ground": "OTHER", "reason": "No."}, {"ground": "NOT_HELD", "reason": ""}]
)
def test_the_database_holds_no_refusal_outside_the_coded_grounds(small_world: World, model: Any, change: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(part=part_of(small_world.request)).update(decision="REFUSED", **change)


def test_the_database_holds_no_part_refused_outside_the_coded_grounds(small_world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestPart.objects.filter(request=small_world.request).update(state="REFUSED", decision_reason="No.", ground="OTHER")


def test_the_jurisdiction_words_every_ground_and_adds_none() -> None:
    assert set(jurisdiction.refusal_grounds()) == {ground.value for ground in RefusalGround}


def test_a_mask_stands_in_the_signed_text_and_in_the_row(small_world: World) -> None:
    part = checked(small_world, asked(small_world, items=["type", "person"], facts={}, methods=["QUERY"]))
    actions.approve(part, verdicts={"items.type": MASK}, **who(small_world, "approver"))
    agreement = actions.confirm(part, **who(small_world, "owner_officer"))
    assert agreement.document["masks"] == {"type": {"keep_first": 1, "keep_last": 0}}
    assert {item.name: item.decision for item in part.items.all()} == {"type": "MASKED", "person": "GRANTED"}


def test_an_agreement_without_masks_has_no_such_member(world: World) -> None:
    assert "masks" not in world.agreement.document


def test_a_fact_that_reads_a_masked_item_is_not_granted_beside_it(small_world: World) -> None:
    part = checked(small_world, asked(small_world, items=["type"], facts={"valid": {}}, row_filter={"type": {"in": ["mental"]}}))
    with pytest.raises(NotAskable) as refused:
        actions.approve(part, verdicts={"items.type": MASK}, **who(small_world, "approver"))
    assert ("items.type", "mask_around") in faults(refused)


# --- the authority


def test_the_authority_marks_items_for_the_owner(small_world: World) -> None:
    part = checked(small_world, remarks={"items.grade": "Is the fact not enough?"})
    assert part.items.get(name="grade").remark == "Is the fact not enough?"
    other = part_of(asked(small_world))
    with pytest.raises(NotAskable):
        actions.check(other, remarks={"items.gone": "?"}, **who(small_world, "reviewer", "authority"))
    assert part_of(other.request).state == "SUBMITTED"


# --- the second signature


def test_class_4_waits_for_a_second_officer_and_nothing_is_signed_before(small_world: World) -> None:
    part = checked(small_world)
    assert actions.approve(part, **who(small_world, "approver")) is None
    assert (part.state, Agreement.objects.count()) == ("APPROVED_ONCE", 0)
    agreement = actions.confirm(part, **who(small_world, "owner_officer"))
    assert (part.state, agreement.state) == ("APPROVED", "PROPOSED")
    assert (part.first_approved_by, part.decided_by) == (small_world.person("approver"), small_world.person("owner_officer"))


def test_below_class_4_one_officer_is_enough(small_world: World) -> None:
    part = checked(small_world, asked(small_world, **PLAIN))
    assert actions.approve(part, **who(small_world, "approver")) is not None


def test_a_class_4_item_that_is_refused_needs_no_second_signature(small_world: World) -> None:
    part = checked(small_world, asked(small_world, items=["grade", "valid_until"], facts={}, methods=["QUERY"]))
    assert actions.approve(part, verdicts={"items.grade": NO}, **who(small_world, "approver")) is not None


def test_rows_chosen_by_a_class_4_item_need_the_second_signature(small_world: World) -> None:
    part = checked(small_world, asked(small_world, **PLAIN, row_filter={"grade": {"in": [1]}}))
    assert actions.approve(part, **who(small_world, "approver")) is None


@pytest.mark.parametrize("name", ["approver", "asker", "reviewer"])
def test_the_second_officer_neither_approved_first_nor_asked_nor_checked(small_world: World, name: str) -> None:
    for other in ("asker", "reviewer"):
        grant_role(
            small_world.person(other), department=small_world.owner, role=Role.OFFICER, acting_user=small_world.person("owner_admin")
        )
    part = checked(small_world)
    actions.approve(part, **who(small_world, "approver"))
    for step in (actions.confirm, lambda part, **by: actions.send_back(part, reason="Look again.", **by)):
        with pytest.raises(FourEyes):
            step(part, **who(small_world, name))
    assert [event.value for event in part_steps(small_world.person("owner_officer"), small_world.owner, part)] == ["confirm", "send_back"]


def test_a_part_that_is_sent_back_is_undecided_again(small_world: World) -> None:
    part = checked(small_world)
    actions.approve(part, verdicts={"items.grade": NO}, **who(small_world, "approver"))
    with pytest.raises(NotAskable):
        actions.send_back(part, reason=" ", **who(small_world, "owner_officer"))
    actions.send_back(part, reason="The grade is needed.", **who(small_world, "owner_officer"))
    assert (part.state, part.first_approved_by) == ("CHECKED", None)
    assert {item.decision for item in part_of(part.request).items.all()} == {"ASKED"}
    with pytest.raises(StateChanged):
        actions.confirm(part, **who(small_world, "owner_officer"))


def test_whoever_approved_first_does_not_sign_for_the_requester(small_world: World) -> None:
    part = checked(small_world)
    actions.approve(part, **who(small_world, "approver"))
    agreement = actions.confirm(part, **who(small_world, "owner_officer"))
    grant_role(small_world.person("approver"), department=small_world.requester, role=Role.OFFICER, acting_user=None)
    with pytest.raises(FourEyes):
        actions.sign_agreement(agreement, **who(small_world, "approver", "requester"))


# --- the thread


def test_the_parties_write_and_the_log_learns_a_digest(small_world: World) -> None:
    part = part_of(small_world.request)
    actions.say(part, "Which allowance?", **who(small_world, "approver"))
    body = bytes(Blob.objects.latest("pk").body)
    route = open_disclosure(loads(body)[0]["disclosures"][0])[2]
    assert (route["type"], route["event"], route["dataset"]) == ("request", "message", "R14")
    assert b"allowance?" not in body
    assert [(row.side, row.text) for row in part.messages.all()] == [("PROVIDER", "Which allowance?")]


@pytest.mark.parametrize(("name", "side"), [("outsider", "outsider"), ("auditor", "authority"), ("requester_admin", "requester")])
def test_others_do_not_write(small_world: World, name: str, side: str) -> None:
    with pytest.raises(NotThatSide):
        actions.say(part_of(small_world.request), "Hello.", **who(small_world, name, side))


def test_only_the_parties_read(small_world: World) -> None:
    part = part_of(small_world.request)
    readers = {name for name in small_world.people if reads_thread(small_world.person(name), part)}
    assert not readers & {"outsider", "auditor", "authority_admin"}
    assert {"asker", "signer", "approver", "reviewer"} <= readers


# --- before and together


def test_earlier_decisions_for_the_same_purpose_are_found_and_open_ones_are_not(world: World) -> None:
    part = part_of(asked(world))
    assert [row.request_id for row in precedents.decided_before(part)] == [world.request.pk]
    assert list(precedents.similar_open(part)) == []
    other = part_of(asked(world))
    assert [row.pk for row in precedents.similar_open(part)] == [other.pk]


def test_similar_requests_are_answered_together_each_with_its_own_move(small_world: World) -> None:
    parts = [checked(small_world), checked(small_world, asked(small_world, items=["grade"], facts={"valid": {}}))]
    verdicts = {
        "items.grade": NO,
        "items.valid_until": Verdict(),
        "facts.valid": Verdict(),
        "facts.grade_in": Verdict(Wish.REFUSED, "NOT_NEEDED_FOR_DUTY", "Not needed."),
    }
    actions.approve_together(parts, verdicts=verdicts, **who(small_world, "approver"))
    assert {part_of(part.request).state for part in parts} == {"APPROVED"}
    assert Move.objects.filter(part__in=parts, event="approve").count() == 2
    assert [row.document["items"] for row in Agreement.objects.order_by("pk")] == [["valid_until"], []]


def test_one_part_that_cannot_be_answered_leaves_all_undecided(small_world: World) -> None:
    first, second = checked(small_world, asked(small_world, **PLAIN)), part_of(asked(small_world, **PLAIN))  # the second is not checked
    third = checked(small_world, asked(small_world, items=["type"], facts={"valid": {}}))
    verdicts = {"items.valid_until": Verdict(), "facts.valid": Verdict()}
    with pytest.raises(NotAskable) as refused:
        actions.approve_together([first, second, third], verdicts=verdicts, **who(small_world, "approver"))
    places = {(fault.where.partition("/")[0], fault.rule) for fault in refused.value.faults}
    assert places == {(second.request.number, "STATE_CHANGED"), (third.request.number, "undecided")}
    assert [part_of(part.request).state for part in (first, second, third)] == ["CHECKED", "SUBMITTED", "CHECKED"]
    assert {item.decision for item in part_of(first.request).items.all()} == {"ASKED"}


def test_similar_requests_are_refused_together_on_one_ground(small_world: World) -> None:
    parts = [checked(small_world), checked(small_world, asked(small_world))]
    with pytest.raises(NotAskable):
        actions.refuse_together(parts, reason="No.", ground="OTHER", **who(small_world, "approver"))
    actions.refuse_together(parts, reason="No.", ground="LAW_FORBIDS", **who(small_world, "approver"))
    wishes = RequestedItem.objects.filter(part__in=parts)
    assert {(part_of(part.request).state, part_of(part.request).ground) for part in parts} == {("REFUSED", "LAW_FORBIDS")}
    assert {(wish.decision, wish.ground) for wish in wishes} == {("REFUSED", "LAW_FORBIDS")}


def test_an_agreement_inside_the_offer_is_still_granted_at_the_check(small_world: World) -> None:
    terms: dict[str, Any] = {"items": ["name"], "facts": {}, "methods": ["QUERY"], "fact_answers": 3}
    request = ask(small_world.person("asker"), small_world.requester, small_world.purpose, small_world.unconditional, **terms)
    assert agree(request, small_world.people, {"DATA": small_world.authority, "DPF": small_world.owner, "CAB": small_world.requester})
