"""What an attacker found, each as the attack that must fail."""

from __future__ import annotations

import base64
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from audit import trail
from audit.models import Blob, Pending
from audit.proof.canonical import fresh_nonce, loads
from catalog import actions as catalog_actions
from catalog.models import Key
from exchange.delivery import counting, deliver, door, plane, refusal_rate
from exchange.sharing.policy import Policies
from tests.delivery.wire_caller import COMMON, Caller
from tests.world import World, agree, ask
from tests.world_data import SUBJECTS


@pytest.fixture(autouse=True)
def a_fresh_web_process() -> None:
    counting.FLOORS.quotas.clear()
    counting.FLOORS.facts.clear()
    counting.FLOORS.seen.clear()
    refusal_rate.RATE.counts.clear()
    refusal_rate.RATE.reasons.clear()
    deliver.forget_policies()


@pytest.fixture
def caller() -> Caller:
    return Caller("CAB-relief")


def test_an_identifier_sent_as_a_parameter_never_stands_in_the_clear_part_of_the_log(world: World, caller: Caller) -> None:
    smuggled = {"fact": "grade_in", "with": {"grades": [int(SUBJECTS[3][:15])]}}
    reply = caller.verify(world.agreement.agreement_id, SUBJECTS[0], smuggled)
    assert reply.code == "FACT_PARAMETER"
    assert reply.route["facts"] == [{"fact": "grade_in", "with": {}}]
    written = [base64.urlsafe_b64decode(text + "==") for text in loads(bytes(Blob.objects.latest("pk").body))[0]["disclosures"]]
    assert not any(SUBJECTS[3][:15].encode() in text for text in written)


def test_a_key_revoked_while_its_batch_was_on_its_way_gets_no_data(world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    real, done = deliver._prepare, []

    def revoke_in_between(*arguments: Any) -> Any:
        works = real(*arguments)
        if not done:
            done.append(True)
            key = Key.objects.get(keyid="CAB-relief/system-1")
            catalog_actions.revoke_key(key, reason="it was copied", acting_user=world.person("requester_admin"))
        return works

    monkeypatch.setattr(deliver, "_prepare", revoke_in_between)
    body = {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[0]}
    reply = caller.replies([caller.arrival(world.agreement.agreement_id, "query", body)])[0]
    assert (reply.status, reply.code) == (401, "KEY_REVOKED")
    assert "answer" not in reply.body


def test_a_dataset_whose_version_is_suspended_refuses_its_own_callers_only(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its description is then unknown; a question about its facts must not bring down the batch of everybody else."""
    policies = deliver.current_policies()
    broken = _without_version(policies, world.agreement.agreement_id)
    monkeypatch.setattr(deliver, "current_policies", lambda *_standing: broken)
    reply = caller.verify(world.agreement.agreement_id, SUBJECTS[0], {"fact": "valid"})
    assert reply.code == "VERSION_CHANGED"


def _without_version(policies: Policies, agreement: str) -> Policies:
    policy = replace(policies.by_agreement[agreement], version="", document={}, version_fits=False, facts={}, subject_kinds=(), items=())
    return replace(policies, by_agreement={agreement: policy})


def test_a_failed_record_does_not_close_an_agreement_for_the_day(world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(trail, "insert", fail)
        with pytest.raises(OSError, match="full"):
            caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).status == 200


def test_calls_over_their_quota_do_not_grow_the_log_either(world: World, caller: Caller) -> None:
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, per_day=1)
    agreement = agree(request, world.people, parties)
    before = Pending.objects.count()
    arrivals = [
        caller.arrival(agreement.agreement_id, "query", {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[0]}) for _ in range(80)
    ]
    replies = caller.replies(arrivals)
    assert [reply.code for reply in replies] == [""] + ["QUOTA"] * 60 + ["TOO_MANY_REFUSALS"] * 19
    assert Pending.objects.count() == before + 62


def test_a_flood_of_addresses_is_counted_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST_ADDRESSES", 3)
    strangers = door.Strangers()
    for number in range(10):
        strangers.note(f"192.0.2.{number}")
    for _ in range(door.STRANGERS_A_MINUTE):
        strangers.note("192.0.2.1")
    assert len(strangers.counts) == 3
    assert strangers.are_too_many("192.0.2.1")


def test_a_flooded_address_shuts_out_strangers_and_nobody_who_signs(world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "STRANGERS", door.Strangers())
    monkeypatch.setattr(door, "_minute", lambda: 7)  # the minute does not end in the middle
    nowhere = replace(caller.arrival("", "echo", {}), path="/exchange/v1/nowhere")
    codes = [reply.code for reply in caller.replies([nowhere] * 122)]
    assert codes == ["NO_SUCH_CALL"] * 120 + ["TOO_MANY_ATTEMPTS"] * 2
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).status == 200
    forged = caller.arrival(world.agreement.agreement_id, "query", {"subject": SUBJECTS[0]})
    assert caller.replies([replace(forged, body=b"{}")])[0].code == "TOO_MANY_ATTEMPTS"


def test_one_call_that_breaks_costs_nobody_else_an_answer_and_logs_no_value(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def handle(arrivals: list[str]) -> list[str]:
        if "broken" in arrivals:
            raise ValueError(SUBJECTS[0])
        return [f"answer to {arrival}" for arrival in arrivals]

    monkeypatch.setattr(plane, "handle", handle)
    monkeypatch.setattr(plane, "connections", SimpleNamespace(all=lambda **_: []))
    monkeypatch.setattr(plane, "unavailable", lambda code, _detail: code)
    arrivals: Any = ["first", "broken", "last"]
    answers: list[Any] = list(plane._deliver(arrivals))
    assert answers == ["answer to first", "UNAVAILABLE", "answer to last"]
    assert "ValueError" in caplog.text
    assert SUBJECTS[0] not in caplog.text
