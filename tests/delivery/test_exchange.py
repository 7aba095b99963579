"""The data path through its real door: signed calls in, signed answers with receipts out, an entry for each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from audit.models import Pending
from audit.proof.canonical import fresh_nonce
from catalog import actions as catalog_actions
from exchange.delivery import counting, deliver, refusal_rate
from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import Agreement
from tests.delivery.wire_caller import COMMON, Caller, Reply, entry_bytes
from tests.world import World, agree, ask, part_of
from tests.world_data import SUBJECTS, UNKNOWN_SUBJECT, resident

VALID = {"fact": "valid"}
GRADES = {"fact": "grade_in", "with": {"grades": [1, 2]}}


@pytest.fixture(autouse=True)
def a_fresh_web_process() -> None:
    """What a process remembers between batches does not outlive a test."""
    counting.FLOORS.quotas.clear()
    counting.FLOORS.facts.clear()
    counting.FLOORS.seen.clear()
    refusal_rate.RATE.counts.clear()
    refusal_rate.RATE.reasons.clear()
    deliver.forget_policies()


@pytest.fixture
def caller() -> Caller:
    return Caller("CAB-relief")


def entries() -> int:
    return Pending.objects.count()


def test_a_query_gives_the_agreed_items_and_nothing_else(world: World, caller: Caller) -> None:
    reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert reply.status == 200
    assert reply.body.keys() == {"answer", "salt", "receipt"}
    assert reply.body["answer"]["state"] == "FOUND"
    agreed = world.agreement.document["items"]
    assert [set(record) for record in reply.body["answer"]["records"]] == [set(agreed)]
    assert reply.route["outcome"] == "ANSWERED"
    assert reply.route["requester"] == "CAB"


def test_an_answer_has_its_entry_before_it_leaves(world: World, caller: Caller) -> None:
    before = entries()
    reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert entries() == before + 1
    assert bytes(Pending.objects.latest("pk").raw) == entry_bytes(reply)


def test_verify_answers_yes_no_or_unknown_and_nothing_else(world: World, caller: Caller) -> None:
    reply = caller.verify(world.agreement.agreement_id, SUBJECTS[0], VALID, GRADES)
    assert reply.status == 200
    for answer in reply.body["answers"]:
        assert answer.keys() == {"fact", "with", "answer", "as_of"}
        assert answer["answer"] in {"YES", "NO", "UNKNOWN"}


def test_a_subject_without_a_record_is_said_to_have_none(world: World, caller: Caller) -> None:
    assert caller.query(world.agreement.agreement_id, UNKNOWN_SUBJECT).body["answer"]["state"] == "NO_RECORD"
    assert caller.verify(world.agreement.agreement_id, UNKNOWN_SUBJECT, VALID).body["answers"][0]["answer"] == "NO"


def test_a_bare_identifier_and_its_kind_mean_the_same(world: World, caller: Caller) -> None:
    bare = caller.query(world.agreement.agreement_id, SUBJECTS[0])
    full = caller.query(world.agreement.agreement_id, {"kind": "person", "id": f" {SUBJECTS[0].lower()} "})
    assert bare.body["answer"] == full.body["answer"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"purpose": "curiosity"}, 403, "PURPOSE_NOT_AGREED"),
        ({"case": None}, 400, "CASE_REQUIRED"),
        ({"officer": None}, 400, "CASE_REQUIRED"),
        ({"subject": "12345"}, 400, "SUBJECT_MALFORMED"),
        ({"subject": {"kind": "passport", "id": "CHN:E12345678"}}, 400, "SUBJECT_KIND"),
        ({"limit": 3}, 400, "MALFORMED"),
        ({"salt": "short"}, 400, "MALFORMED"),
    ],
)
def test_a_refusal_is_an_entry_with_a_receipt(world: World, caller: Caller, change: dict[str, Any], status: int, code: str) -> None:
    before = entries()
    reply = caller.query(world.agreement.agreement_id, change.pop("subject", SUBJECTS[0]), **change)
    assert (reply.status, reply.code) == (status, code)
    assert (reply.route["outcome"], reply.route["reason"]) == ("REFUSED", code)
    assert entries() == before + 1


def test_a_fact_or_a_value_outside_the_agreement_is_refused_before_any_look_up(world: World, caller: Caller) -> None:
    refused = caller.verify(world.agreement.agreement_id, SUBJECTS[0], {"fact": "income"})
    assert refused.code == "FACT_NOT_AGREED"
    outside = caller.verify(world.agreement.agreement_id, SUBJECTS[0], {"fact": "grade_in", "with": {"grades": [1, 3]}})
    assert outside.code == "FACT_PARAMETER"


def test_another_system_learns_nothing_not_even_that_the_agreement_exists(world: World) -> None:
    stranger = Caller("HSG-rental")
    known = stranger.query(world.agreement.agreement_id, SUBJECTS[0])
    unknown = stranger.query("a" * 32, SUBJECTS[0])
    assert known.status == unknown.status == 404
    for reply in (known, unknown):
        assert (reply.code, reply.route["provider"], reply.route["dataset"]) == ("NO_AGREEMENT", "", "")


def test_neither_entry_nor_route_holds_an_identifier(world: World, caller: Caller) -> None:
    replies = [
        caller.query(world.agreement.agreement_id, SUBJECTS[0]),
        caller.verify(world.agreement.agreement_id, SUBJECTS[0], VALID),
        caller.query(world.agreement.agreement_id, SUBJECTS[0], purpose="curiosity"),
        caller.query(world.agreement.agreement_id, SUBJECTS[0], purpose=SUBJECTS[0]),
        caller.call(world.agreement.agreement_id, "verify", subject=SUBJECTS[0], facts=[{"fact": SUBJECTS[0]}]),
        caller.call(world.agreement.agreement_id, "batch", subjects=SUBJECTS[:3]),
    ]
    for reply in replies:
        for text in (json.dumps(reply.route), entry_bytes(reply).decode(), json.dumps(reply.body["receipt"])):
            assert not any(subject in text for subject in SUBJECTS)


def test_of_many_simultaneous_replays_one_passes(world: World, caller: Caller) -> None:
    body = {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[0]}
    arrival = caller.arrival(world.agreement.agreement_id, "query", body)
    before = entries()
    replies = caller.replies([arrival] * 50) + caller.replies([arrival] * 50)
    assert sorted(reply.status for reply in replies) == [200] + [409] * 99
    assert entries() == before + 1


def test_a_replay_is_refused_even_when_its_row_was_deleted(world: World, caller: Caller) -> None:
    arrival = caller.arrival(world.agreement.agreement_id, "query", {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[0]})
    assert caller.replies([arrival])[0].status == 200
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_nonce")
    assert caller.replies([arrival])[0].status == 409


@pytest.mark.parametrize("seconds", [-61, 120])  # 61 ahead would be fresh a second later
def test_a_request_from_another_minute_is_not_fresh(world: World, seconds: int) -> None:
    reply = Caller("CAB-relief", clock_s=seconds).query(world.agreement.agreement_id, SUBJECTS[0])
    assert (reply.status, reply.code) == (401, "NOT_FRESH")


def test_a_changed_body_or_a_strange_key_is_a_stranger(world: World, caller: Caller) -> None:
    arrival = caller.arrival(world.agreement.agreement_id, "query", {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[0]})
    before = entries()
    changed = replace(arrival, body=arrival.body.replace(b"C-1", b"C-2"))
    assert caller.replies([changed])[0].status == 401
    assert entries() == before


def test_two_agreements_on_one_dataset_in_one_batch_never_see_each_others_items(world: World, caller: Caller) -> None:
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    items = world.agreement.document["items"]
    narrow = ask(world.person("asker"), world.requester, world.purpose, world.conditional, items=items[:1])
    second: Agreement = agree(narrow, world.people, parties)
    arrivals = []
    for position in range(20):
        name = (world.agreement, second)[position % 2].agreement_id
        arrivals.append(caller.arrival(name, "query", {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[position % 5]}))
    for position, reply in enumerate(caller.replies(arrivals)):
        expected = set(items) if position % 2 == 0 else {items[0]}
        assert [set(record) for record in reply.body["answer"]["records"]] == [expected]


def test_a_revocation_refuses_the_next_call_with_a_receipt(world: World, caller: Caller) -> None:
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).status == 200
    sharing_actions.revoke(
        world.agreement,
        reason="The programme has ended.",
        ground="PURPOSE_ENDED",
        acting_user=world.person("owner_officer"),
        department=world.owner,
    )
    reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert (reply.status, reply.code, reply.route["outcome"]) == (403, "REVOKED", "REFUSED")


def test_a_restricted_item_is_missing_from_the_next_answer(world: World, caller: Caller) -> None:
    item = world.agreement.document["items"][-1]
    catalog_actions.restrict_item(world.conditional, item=item, reason="Under review", acting_user=world.person("publisher"))
    answer = caller.query(world.agreement.agreement_id, SUBJECTS[0]).body["answer"]
    assert all(item not in record for record in answer["records"])
    assert answer["withheld"] == [{"item": item, "reason": "NOT_SHARED"}]


def test_a_dataset_taken_offline_answers_provider_down_with_a_receipt(world: World, caller: Caller) -> None:
    catalog_actions.take_offline(world.conditional, acting_user=world.person("publisher"), reason="maintenance")
    reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert (reply.status, reply.code, reply.route["outcome"]) == (503, "PROVIDER_DOWN", "FAILED")


@pytest.fixture
def three_times(world: World) -> Agreement:
    """An agreement under which a fact about a subject is answered three times."""
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, fact_answers=3)
    return agree(request, world.people, parties)


def test_a_fact_is_answered_as_often_as_agreed_and_then_the_whole_call_is_refused(three_times: Agreement, caller: Caller) -> None:
    for _ in range(3):
        assert caller.verify(three_times.agreement_id, SUBJECTS[1], VALID).status == 200
    over = caller.verify(three_times.agreement_id, SUBJECTS[1], VALID, GRADES)
    assert (over.status, over.code) == (429, "FACT_LIMIT")
    for _ in range(3):
        assert caller.verify(three_times.agreement_id, SUBJECTS[1], GRADES).status == 200  # the refused call counted nothing
    assert caller.verify(three_times.agreement_id, SUBJECTS[2], VALID).status == 200


def test_turning_a_fact_counter_back_opens_nothing(three_times: Agreement, caller: Caller) -> None:
    for _ in range(3):
        caller.verify(three_times.agreement_id, SUBJECTS[1], VALID)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_factuse")
    assert caller.verify(three_times.agreement_id, SUBJECTS[1], VALID).code == "FACT_LIMIT"


def test_deliver_refuses_to_run_inside_anyone_elses_transaction(world: World, caller: Caller) -> None:
    with transaction.atomic():
        reply = None
        with pytest.raises(RuntimeError):
            caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert reply is None


def test_echo_tells_what_the_hub_computed_and_gives_no_data(world: World, caller: Caller) -> None:
    before = entries()
    reply = caller.replies([caller.arrival("", "echo", {})])[0]
    assert reply.body["key"] == {"keyid": "CAB-relief/system-1", "status": "VALID"}
    assert '"@method": POST' in reply.body["signature_base"]
    assert entries() == before


def test_an_echo_names_the_first_line_that_differs_from_the_callers_own(world: World, caller: Caller) -> None:
    base = caller.replies([caller.arrival("", "echo", {})])[0].body["signature_base"].split("\n")
    told = caller.replies([caller.arrival("", "echo", {"signature_base": "\n".join(['"@method": GET', *base[1:]])})])[0]
    assert told.body["first_difference"] == {"line": 1, "yours": '"@method": GET', "hub": base[0]}


def test_a_key_that_is_refused_all_the_time_does_not_grow_the_log(world: World, caller: Caller) -> None:
    before = entries()
    arrivals = [
        caller.arrival(
            world.agreement.agreement_id, "query", {**COMMON, "salt": fresh_nonce(), "purpose": "x", "subject": resident(number)}
        )
        for number in range(100, 180)
    ]
    replies: list[Reply] = caller.replies(arrivals)
    assert [reply.status for reply in replies] == [403] * 60 + [429] * 20
    assert entries() == before + 61
    assert refusal_rate.RATE.due(2**62)[0][2].total() == 20


def test_a_batch_answers_each_subject_in_order(world: World, caller: Caller) -> None:
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, methods=["BATCH"])
    batch = agree(request, world.people, parties)
    assert part_of(request).state == "APPROVED"
    wanted: list[Any] = [SUBJECTS[0], {"subject": UNKNOWN_SUBJECT, "case": "C-9"}, {"kind": "person", "id": SUBJECTS[1]}]
    reply = caller.call(batch.agreement_id, "batch", subjects=wanted)
    assert [line["state"] for line in reply.body["answers"]] == ["FOUND", "NO_RECORD", "FOUND"]
    assert [line["subject"] for line in reply.body["answers"]] == [SUBJECTS[0], UNKNOWN_SUBJECT, wanted[2]]
    assert reply.route["count"] == 3


def test_a_batch_of_facts_does_not_tell_who_has_a_record(world: World, caller: Caller) -> None:
    """A yes/no question gets yes, no or unknown and nothing else, also a thousand at a time."""
    reply = caller.call(world.agreement.agreement_id, "batch", subjects=[SUBJECTS[0], UNKNOWN_SUBJECT], facts=[VALID])
    assert [line.keys() for line in reply.body["answers"]] == [{"subject", "state", "facts"}] * 2
    assert {line["state"] for line in reply.body["answers"]} == {"ANSWERED"}
