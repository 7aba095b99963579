"""A department's own service is asked over HTTP: it must sign what it says, and whatever else it does costs its own errand alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import ceremony, signers
from audit.proof.keys import Use
from catalog import actions as catalog_actions
from catalog.models import Key
from exchange.delivery.deliver import current_policies
from exchange.delivery.errands import asking, leasing
from exchange.delivery.models import Errand
from exchange.sharing.models import Agreement
from tests.delivery import providers
from tests.delivery.errands_world import agreed_about, publish_remote
from tests.delivery.providers import Behaviour, Provider
from tests.delivery.wire_caller import Caller, Reply
from tests.world import World
from tests.world_data import SUBJECTS, resident

ITEMS = ["person", "type", "grade", "valid_until"]


@pytest.fixture
def provider(world: World, settings: Any) -> Iterator[Provider]:
    """The department's service, with a key that it has certified."""
    settings.EGRESS_ALLOW_LOOPBACK = True
    signer = ceremony.make_key("DPF/answer-1")
    catalog_actions.certify_answer_key(world.owner, name="answer-1", public_key=signer.public_key, acting_user=world.person("owner_admin"))
    others = ceremony.make_key("HSG/answer-1")
    with providers.running(signer, others, lambda: signers.hub_signer(Use.HUB_ANSWER).public_key) as running:
        yield running


@pytest.fixture
def caller() -> Caller:
    return Caller("CAB-relief")


def register(world: World, provider: Provider, code: str = "R16", **store: Any) -> Agreement:
    """The service's register. Nobody who answers is too slow, however busy the machine is."""
    dataset = publish_remote(world, provider.store(**{"timeout_ms": 120_000, **store}), code=code, answer_key="DPF/answer-1")
    return agreed_about(world, dataset, items=ITEMS)


def rounds(*, later_s: tuple[int, ...] = (0, 30, 60)) -> None:
    """Ask until the attempts are used up."""
    now = timezone.now()
    for seconds in later_s:
        asking.ask_due(now + timedelta(seconds=seconds))


def intent_of(reply: Reply) -> str:
    return str(reply.body["receipt"]["leaf"])


def read(caller: Caller, agreement: Agreement, table: dict[str, tuple[Behaviour, str]], provider: Provider) -> dict[str, str]:
    """What a caller reads of each behaviour: one subject, one question, one errand each; all asked at the same time."""
    subjects = {name: resident(100 + place) for place, name in enumerate(table)}
    provider.behaviours = {subjects[name]: behaviour for name, (behaviour, _) in table.items()}
    intents = {name: intent_of(caller.query(agreement.agreement_id, subject)) for name, subject in subjects.items()}
    rounds()
    answers = {name: caller.collect(agreement.agreement_id, intent) for name, intent in intents.items()}
    assert {answer.code for answer in answers.values() if answer.status != 200} <= {"PROVIDER_DOWN"}
    return {name: str(answer.body.get("reason", answer.route["outcome"])) for name, answer in answers.items()}


def test_a_service_is_asked_for_what_the_call_needs_and_its_answer_is_given(world: World, provider: Provider, caller: Caller) -> None:
    agreement = register(world, provider)
    waiting = caller.query(agreement.agreement_id, SUBJECTS[0])
    rounds(later_s=(0,))
    (question,) = provider.asked
    assert question.keys() == {"v", "hub", "errand", "dataset", "version", "subjects", "items"}
    assert question["subjects"] == [{"kind": "person", "id": SUBJECTS[0]}]
    assert question["errand"] == Errand.objects.get().pk
    answer = caller.collect(agreement.agreement_id, intent_of(waiting))
    assert answer.body["answer"]["records"] == [{"person": SUBJECTS[0], "type": "visual", "grade": 2, "valid_until": "2031-12-31"}]


def test_a_batch_is_one_question(world: World, provider: Provider, caller: Caller) -> None:
    agreement = register(world, provider)
    waiting = caller.call(agreement.agreement_id, "batch", subjects=SUBJECTS[:5])
    rounds(later_s=(0,))
    assert len(provider.asked) == 1
    answer = caller.collect(agreement.agreement_id, intent_of(waiting))
    assert {line["state"] for line in answer.body["answers"]} == {"FOUND"}


def test_whatever_a_service_answers_the_caller_reads_why_and_the_hub_is_well(world: World, provider: Provider, caller: Caller) -> None:
    agreement = register(world, provider)
    assert read(caller, agreement, providers.QUICK, provider) == {name: expected for name, (_, expected) in providers.QUICK.items()}
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).status == 200
    provider.behaviours = {}
    waiting = caller.query(agreement.agreement_id, SUBJECTS[0])
    rounds(later_s=(0,))
    assert caller.collect(agreement.agreement_id, intent_of(waiting)).status == 200


def test_a_service_that_takes_its_time_has_one_deadline_for_everything(world: World, provider: Provider, caller: Caller) -> None:
    agreement = register(world, provider, timeout_ms=300)
    assert read(caller, agreement, providers.SLOW, provider) == {name: expected for name, (_, expected) in providers.SLOW.items()}
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).status == 200


def test_the_answer_to_an_earlier_question_answers_no_other(world: World, provider: Provider, caller: Caller) -> None:
    agreement = register(world, provider)
    provider.behaviours[SUBJECTS[0]] = providers.replays()
    told = []
    for _ in range(2):
        waiting = caller.query(agreement.agreement_id, SUBJECTS[0])
        rounds(later_s=(0,))
        told.append(caller.collect(agreement.agreement_id, intent_of(waiting)).body.get("reason", "ANSWERED"))
    assert told == ["ANSWERED", "BAD_SIGNATURE"]


def test_a_key_that_was_revoked_signs_no_answer(world: World, provider: Provider, caller: Caller) -> None:
    agreement = register(world, provider)
    waiting = caller.query(agreement.agreement_id, SUBJECTS[0])
    catalog_actions.revoke_key(Key.objects.get(keyid="DPF/answer-1"), reason="Lost.", acting_user=world.person("owner_admin"))
    rounds(later_s=(0,))
    assert caller.collect(agreement.agreement_id, intent_of(waiting)).body["reason"] == "BAD_SIGNATURE"


def test_a_key_revoked_while_the_service_was_asked_drops_its_answer(world: World, provider: Provider, caller: Caller) -> None:
    agreement = register(world, provider)
    waiting = caller.query(agreement.agreement_id, SUBJECTS[0])
    (taken,) = leasing.take("DPF", timezone.now(), current_policies(), most=1)
    came = asyncio.run(asking.ask(asking.prepared(taken)))
    catalog_actions.revoke_key(Key.objects.get(keyid="DPF/answer-1"), reason="Lost.", acting_user=world.person("owner_admin"))
    asking.settle([(taken, came)], timezone.now())
    answer = caller.collect(agreement.agreement_id, intent_of(waiting))
    assert (answer.code, answer.body["reason"]) == ("PROVIDER_DOWN", "BAD_SIGNATURE")


def test_this_machine_is_not_called_unless_a_setting_says_so(world: World, provider: Provider, caller: Caller, settings: Any) -> None:
    agreement = register(world, provider)
    settings.EGRESS_ALLOW_LOOPBACK = False
    waiting = caller.query(agreement.agreement_id, SUBJECTS[0])
    rounds(later_s=(0,))
    assert provider.asked == []
    assert caller.collect(agreement.agreement_id, intent_of(waiting)).body["reason"] == "EGRESS_DENIED"
