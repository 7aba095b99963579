"""Masks: what the signed text may say, what the policy makes of it, and what leaves the hub by every method."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.acts import OrderFault
from audit.proof.acts.masks import masked_at_least, require_masks
from audit.proof.acts.shape import require_order
from exchange.delivery import deliver
from exchange.delivery.minimise import HIDDEN, masked, masked_records
from exchange.sharing import actions
from exchange.sharing.models import Wish
from exchange.sharing.policy import Asked, Mask, Policy, decide
from exchange.sharing.verdicts import Verdict
from tests.audit.proof.charter import agreement as signed_text
from tests.audit.proof.charter import order
from tests.delivery.wire_caller import Caller
from tests.sharing.test_policy import ASKED, ITEMS, NOW, VERSION, policies
from tests.world import World, ask, part_of
from tests.world_data import SUBJECTS

NAMED = [*ITEMS, {"name": "address", "type": "text", "sensitivity": 3, "sharing_attribute": "CONDITIONAL"}]
KEEP = {"keep_first": 1, "keep_last": 2}
WITH_NAMES = {**VERSION, "items": NAMED}


def masking(*items: str, **changes: Any) -> Policy:
    given = {"items": ["person", "address", "grade"], "facts": [], "masks": dict.fromkeys(items, KEEP), "version": WITH_NAMES, **changes}
    return policies(**given).by_agreement["a"]


# --- the value


@pytest.mark.parametrize(
    ("value", "left"),
    [("张三丰老师", "张***老师"), ("abcd", "a***cd"), ("abc", HIDDEN), ("ab", HIDDEN), ("", HIDDEN), (None, None)],
)
def test_a_mask_leaves_its_ends_and_hides_what_is_too_short_whole(value: str | None, left: str | None) -> None:
    assert masked(masking("address"), "address", value) == left


@given(st.text(max_size=60), st.integers(0, 32), st.integers(0, 32))
def test_no_more_than_the_ends_ever_leaves_and_the_length_is_not_told(value: str, first: int, last: int) -> None:
    policy: Any = SimpleNamespace(masks={"address": Mask(first, last)})
    left = masked(policy, "address", value)
    assert len(left) <= first + len(HIDDEN) + last
    if len(value) <= first + last:
        assert left == HIDDEN
    else:
        assert left == value[:first] + HIDDEN + (value[-last:] if last else "")


def test_what_is_not_masked_is_left_alone() -> None:
    rows = [{"person": "51010", "grade": 2}]
    assert masked_records(masking("address"), rows) == rows


# --- the policy


def test_a_fact_that_reads_a_masked_item_is_gone_even_if_it_was_signed() -> None:
    fact = {"name": "lives_at", "parameters": [], "expression": {"op": "present", "item": "address"}, "when_absent": "NO"}
    version = {**WITH_NAMES, "facts": [fact]}
    grants = [{"fact": "lives_at", "with": {}}]
    assert "lives_at" in masking(facts=grants, version=version).facts
    assert masking("address", facts=grants, version=version).facts == {}


def test_an_item_that_cannot_be_masked_any_more_is_not_given() -> None:
    items = [*ITEMS, {**NAMED[-1], "type": "date"}]
    policy = masking("address", version={**VERSION, "items": items})
    assert policy.items == ("person", "grade")
    assert ("address", "NOT_MASKABLE") in policy.withheld


def test_nobody_is_asked_about_by_a_number_that_is_masked() -> None:
    subjects = [{"item": "person", "kind": "person"}, {"item": "keeper", "kind": "keeper"}]
    keeper = {"name": "keeper", "type": "identifier", "sensitivity": 3, "sharing_attribute": "CONDITIONAL"}
    version = {**VERSION, "items": [*NAMED, keeper], "subjects": subjects}
    by_keeper = Asked(**{**ASKED.__dict__, "subject_kinds": frozenset({"keeper"})})
    terms: dict[str, Any] = {"items": ["keeper", "grade"], "facts": [], "version": version}
    assert decide(policies(**terms), by_keeper, NOW).allowed
    refused = decide(policies(**terms, masks={"keeper": KEEP}), by_keeper, NOW).refusal
    assert refused is not None
    assert refused.code == "SUBJECT_KIND"


# --- the signed text


def scope(**changes: Any) -> dict[str, Any]:
    return {"items": ["person", "address"], "facts": [], "row_filter": None, "masks": {"address": KEEP}, **changes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"items": ["person"]}, "MASK_ITEM"),
        ({"items": ["grade"], "masks": {"grade": KEEP}}, "MASK_TYPE"),
        ({"row_filter": {"address": {"in": ["x"]}}}, "MASK_AROUND"),
        ({"items": ["grade"], "masks": {}, "facts": []}, ""),
        ({}, ""),
    ],
)
def test_a_mask_fits_its_item_and_nothing_beside_it_tells_it(changes: dict[str, Any], code: str) -> None:
    assert refusal(WITH_NAMES, scope(**changes)) == code


def test_a_fact_that_reads_it_is_refused() -> None:
    fact = {"name": "lives_at", "parameters": [], "expression": {"op": "not", "of": {"op": "present", "item": "address"}}}
    version = {**WITH_NAMES, "facts": [fact]}
    assert refusal(version, scope(facts=[{"fact": "lives_at", "with": {}}])) == "MASK_AROUND"


def refusal(version: Any, text: Any) -> str:
    try:
        require_masks(version, text)
    except OrderFault as fault:
        return fault.code
    return ""


@pytest.mark.parametrize(
    "masks",
    [{}, {"grade": {}}, {"grade": {"keep_first": 33, "keep_last": 0}}, {"grade": {"keep_first": -1, "keep_last": 0}}, [], {"G": KEEP}],
)
def test_masks_of_another_shape_are_refused(masks: Any) -> None:
    with pytest.raises(OrderFault):
        require_order(order("agree", agreement={**signed_text(), "masks": masks}))
    require_order(order("agree", agreement={**signed_text(), "masks": {"grade": {**KEEP}}}))


@pytest.mark.parametrize(
    ("own", "holds"),
    [
        ({"address": KEEP}, True),
        ({"address": {"keep_first": 0, "keep_last": 2}}, True),
        ({"address": {"keep_first": 2, "keep_last": 2}}, False),
        ({"address": {"keep_first": 1, "keep_last": 3}}, False),
        ({}, False),
    ],
)
def test_inside_an_offer_more_may_be_masked_and_never_less(own: dict[str, Any], holds: bool) -> None:
    offer: Any = {"masks": {"address": KEEP}}
    text: Any = {"items": ["address"], "masks": own} if own else {"items": ["address"]}
    assert masked_at_least(offer, text) is holds
    assert masked_at_least(offer, {"items": ["person"]})
    assert masked_at_least({}, text)


# --- through the door


@pytest.fixture
def agreed(world: World) -> str:
    """An agreement in force that masks the number and the type."""
    terms: dict[str, Any] = {"items": ["person", "type"], "facts": {}, "methods": ["QUERY", "BATCH"]}
    part = part_of(ask(world.person("asker"), world.requester, world.purpose, world.conditional, **terms))
    actions.check(part, acting_user=world.person("reviewer"), department=world.authority)
    masks = {"items.person": Verdict(Wish.MASKED, keep_first=3, keep_last=4), "items.type": Verdict(Wish.MASKED, keep_first=1, keep_last=0)}
    actions.approve(part, verdicts=masks, acting_user=world.person("approver"), department=world.owner)
    agreement = actions.confirm(part, acting_user=world.person("owner_officer"), department=world.owner)
    actions.sign_agreement(agreement, acting_user=world.person("signer"), department=world.requester)
    deliver.forget_policies()
    return str(agreement.agreement_id)


def test_query_and_batch_give_the_same_masked_values(agreed: str) -> None:
    caller = Caller("CAB-relief")
    left = {"person": f"{SUBJECTS[0][:3]}***{SUBJECTS[0][-4:]}", "type": "m***"}
    assert caller.query(agreed, SUBJECTS[0]).body["answer"]["records"] == [left]
    (line,) = caller.call(agreed, "batch", subjects=[SUBJECTS[0]]).body["answers"]
    assert line["records"] == [left]


def test_a_masked_name_is_no_other_person(agreed: str) -> None:
    """Whoever is named in an answer gets a line of their own; a masked number names nobody else."""
    reply = Caller("CAB-relief").query(agreed, SUBJECTS[0])
    assert reply.route["count"] == 1
