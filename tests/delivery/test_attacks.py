"""What an attacker found, each as the attack that must fail."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from audit.models import Blob
from audit.proof.canonical import fresh_nonce, loads
from catalog import actions as catalog_actions
from catalog.models import Key
from exchange.delivery import counting, deliver, refusal_rate
from exchange.sharing.policy import Policies
from tests.delivery.wire_caller import COMMON, Caller
from tests.world import World
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
    monkeypatch.setattr(deliver, "current_policies", lambda: broken)
    reply = caller.verify(world.agreement.agreement_id, SUBJECTS[0], {"fact": "valid"})
    assert reply.code == "VERSION_CHANGED"


def _without_version(policies: Policies, agreement: str) -> Policies:
    policy = replace(policies.by_agreement[agreement], version="", document={}, version_fits=False, facts={}, subject_kinds=(), items=())
    return replace(policies, by_agreement={agreement: policy})
