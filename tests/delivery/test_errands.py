"""Calls to remote stores: an intent first, then the question, then an outcome that is decided anew; collected once."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from audit.models import Blob, Pending, SubjectKey
from audit.subjects import blind_of
from catalog import actions as catalog_actions
from catalog.stores import ProviderFailed, Why
from exchange.delivery.deliver import current_policies
from exchange.delivery.errands import asking, completing, leasing
from exchange.delivery.models import Errand, QuotaUse
from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import Agreement
from tests.delivery.errands_world import SQL_STORE, ScriptedStore, agreed_about, asked_round, publish_remote, record, stores
from tests.delivery.wire_caller import COMMON, Caller, Reply
from tests.world import World
from tests.world_data import SUBJECTS, UNKNOWN_SUBJECT

ONCE = "a-key-that-is-fresh-1"


@pytest.fixture
def caller() -> Caller:
    return Caller("CAB-relief")


@pytest.fixture
def remote(world: World) -> Agreement:
    """An agreement about a register that a database of its department answers."""
    return agreed_about(world, publish_remote(world, SQL_STORE))


def intent_of(reply: Reply) -> str:
    return str(reply.body["receipt"]["leaf"])


def revoke(world: World, agreement: Agreement) -> None:
    officer = world.person("owner_officer")
    sharing_actions.revoke(agreement, reason="Over.", ground="PURPOSE_ENDED", acting_user=officer, department=world.owner)


def test_a_call_to_a_remote_store_is_an_intent_and_asks_nobody_by_itself(remote: Agreement, caller: Caller) -> None:
    reply = caller.query(remote.agreement_id, SUBJECTS[0])
    assert reply.status == 202
    assert reply.body.keys() == {"state", "salt", "receipt"}
    assert reply.body["state"] == "WAITING"
    assert (reply.route["type"], reply.route["outcome"]) == ("intent", "WAITING")
    assert Errand.objects.get().state == "WAITING"


def test_the_answer_is_an_outcome_of_its_own_and_is_collected_once(remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    assert caller.collect(remote.agreement_id, intent_of(waiting)).body["state"] == "WAITING"
    assert asked_round(ScriptedStore()) == 1
    answer = caller.collect(remote.agreement_id, intent_of(waiting))
    assert answer.status == 200
    assert answer.body["answer"]["records"] == [{"grade": 1, "valid_until": "2031-12-31"}]
    assert answer.body["answer"]["as_of"] == "2026-11-01T00:00:00Z"
    assert (answer.route["type"], answer.route["outcome"], answer.route["intent"]) == ("outcome", "ANSWERED", intent_of(waiting))
    again = caller.collect(remote.agreement_id, intent_of(waiting))
    assert (again.status, again.code) == (410, "RESULT_GONE")


def test_facts_about_a_remote_register_are_answered_like_others(remote: Agreement, caller: Caller) -> None:
    facts = ({"fact": "valid"}, {"fact": "grade_in", "with": {"grades": [2]}})
    waiting = caller.verify(remote.agreement_id, SUBJECTS[0], *facts)
    store = ScriptedStore()
    asked_round(store)
    assert store.asked[0].items == ("grade", "valid_until")
    answer = caller.collect(remote.agreement_id, intent_of(waiting))
    assert [line["answer"] for line in answer.body["answers"]] == ["YES", "NO"]


def test_a_batch_is_one_question_about_all_its_subjects(remote: Agreement, caller: Caller) -> None:
    waiting = caller.call(remote.agreement_id, "batch", subjects=[SUBJECTS[0], UNKNOWN_SUBJECT])
    store = ScriptedStore()
    asked_round(store)
    assert len(store.asked) == 1
    answer = caller.collect(remote.agreement_id, intent_of(waiting))
    assert [line["state"] for line in answer.body["answers"]] == ["FOUND", "NO_RECORD"]


def test_nobody_but_the_system_that_asked_collects(world: World, remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    asked_round(ScriptedStore())
    stranger = Caller("HSG-rental").collect(remote.agreement_id, intent_of(waiting))
    elsewhere = caller.collect(world.agreement.agreement_id, intent_of(waiting))
    assert [(reply.status, reply.code) for reply in (stranger, elsewhere)] == [(404, "RESULT_UNKNOWN")] * 2
    assert caller.collect(remote.agreement_id, intent_of(waiting)).status == 200


def test_the_same_key_again_is_the_same_question(remote: Agreement, caller: Caller) -> None:
    first = caller.query(remote.agreement_id, SUBJECTS[0], idempotency_key=ONCE)
    again = caller.query(remote.agreement_id, SUBJECTS[0], idempotency_key=ONCE)
    assert intent_of(again) == intent_of(first)
    assert Errand.objects.count() == 1
    asked_round(store := ScriptedStore())
    assert caller.query(remote.agreement_id, SUBJECTS[0], idempotency_key=ONCE).status == 200
    assert caller.query(remote.agreement_id, SUBJECTS[0], idempotency_key=ONCE).code == "RESULT_GONE"
    assert len(store.asked) == 1
    assert sum(QuotaUse.objects.filter(period__contains="T").values_list("used", flat=True)) <= 1


def test_the_same_key_twice_in_one_batch_is_one_question(remote: Agreement, caller: Caller) -> None:
    bodies = [{**COMMON, "salt": f"salt-of-twenty-two-characters-{number}", "subject": SUBJECTS[0]} for number in range(3)]
    arrivals = [caller.arrival(remote.agreement_id, "query", {**body, "idempotency_key": ONCE}) for body in bodies]
    replies = caller.replies(arrivals)
    assert {reply.status for reply in replies} == {202}
    assert len({intent_of(reply) for reply in replies}) == 1
    assert Errand.objects.count() == 1


def test_a_key_stands_for_one_question_only(world: World, remote: Agreement, caller: Caller) -> None:
    caller.query(remote.agreement_id, SUBJECTS[0], idempotency_key=ONCE)
    other = caller.query(remote.agreement_id, SUBJECTS[1], idempotency_key=ONCE)
    assert (other.status, other.code) == (409, "IDEMPOTENCY_KEY_USED")
    hosted = caller.query(world.agreement.agreement_id, SUBJECTS[0], idempotency_key=ONCE)
    assert (hosted.status, hosted.code) == (400, "NOT_A_REMOTE_STORE")


def test_an_agreement_revoked_meanwhile_drops_what_the_provider_said(world: World, remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    policies = current_policies()
    (taken,) = leasing.take("DPF", timezone.now(), policies, most=9)
    revoke(world, remote)
    reply = ScriptedStore()
    with stores(reply):
        came = asking.prepared(taken)
        asking.settle([(taken, asyncio.run(asking.ask(came)))], timezone.now())
    assert len(reply.asked) == 1
    answer = caller.collect(remote.agreement_id, intent_of(waiting))
    assert (answer.status, answer.code) == (403, "REVOKED")
    assert (answer.route["type"], answer.route["outcome"]) == ("outcome", "REFUSED")


def test_an_agreement_revoked_before_the_question_asks_nobody(world: World, remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    revoke(world, remote)
    assert asked_round(store := ScriptedStore()) == 1
    assert store.asked == []
    assert caller.collect(remote.agreement_id, intent_of(waiting)).code == "REVOKED"


def test_an_agreement_revoked_before_collecting_gives_nothing(world: World, remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    asked_round(ScriptedStore())
    revoke(world, remote)
    before = Pending.objects.count()
    answer = caller.collect(remote.agreement_id, intent_of(waiting))
    assert (answer.status, answer.code, answer.route["type"]) == (403, "REVOKED", "refusal")
    assert Pending.objects.count() == before + 1
    assert Errand.objects.get().result is None


def test_an_item_restricted_before_collecting_is_not_given(world: World, remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    asked_round(ScriptedStore())
    from catalog.models import Dataset

    catalog_actions.restrict_item(Dataset.objects.get(code="R15"), item="grade", reason="Review", acting_user=world.person("publisher"))
    assert caller.collect(remote.agreement_id, intent_of(waiting)).code == "DESCRIPTION_CHANGED"


def test_a_description_that_changed_meanwhile_is_asked_anew(world: World, remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    (taken,) = leasing.take("DPF", timezone.now(), current_policies(), most=9)
    publish_remote(world, SQL_STORE)
    asking.settle([(taken, Why.TIMEOUT)], timezone.now())
    asked_round(ScriptedStore(), later_s=30)
    assert caller.collect(remote.agreement_id, intent_of(waiting)).status == 200


def test_a_provider_that_fails_is_an_outcome_with_its_reason(remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    assert asked_round(ScriptedStore(raises=ProviderFailed(Why.WRONG_TYPE))) == 1
    answer = caller.collect(remote.agreement_id, intent_of(waiting))
    assert (answer.status, answer.code, answer.body["reason"]) == (503, "PROVIDER_DOWN", "WRONG_TYPE")
    assert (answer.route["outcome"], answer.route["why"]) == ("FAILED", "WRONG_TYPE")


def test_a_silent_provider_is_asked_again_and_then_no_more(remote: Agreement, caller: Caller) -> None:
    caller.query(remote.agreement_id, SUBJECTS[0])
    silent = ScriptedStore(raises=ProviderFailed(Why.TIMEOUT))
    recorded = [asked_round(silent, later_s=30 * round_) for round_ in range(4)]
    assert recorded == [0, 0, 1, 0]
    assert len(silent.asked) == 3
    assert (Errand.objects.get().state, Errand.objects.get().reason) == ("FAILED", "TIMEOUT")


def test_who_was_killed_while_asking_is_followed_by_another_with_one_outcome(remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    now, policies = timezone.now(), current_policies()
    (first,) = leasing.take("DPF", now, policies, most=9)
    assert leasing.take("DPF", now, policies, most=9) == []
    assert asked_round(ScriptedStore(), later_s=60) == 1
    entries = Pending.objects.count()
    late = asking.settle([(first, Why.WRONG_SHAPE)], now)
    assert (late, Pending.objects.count()) == (0, entries)
    assert caller.collect(remote.agreement_id, intent_of(waiting)).status == 200


def test_what_nobody_answered_in_time_is_given_up(remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    assert completing.abandon_overdue(timezone.now()) == 0
    assert completing.abandon_overdue(timezone.now() + timedelta(hours=1)) == 1
    answer = caller.collect(remote.agreement_id, intent_of(waiting))
    assert (answer.status, answer.code, answer.route["outcome"]) == (504, "ABANDONED", "ABANDONED")


def test_a_result_that_nobody_collects_is_deleted_after_a_day(remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    asked_round(ScriptedStore())
    assert completing.forget_kept(timezone.now() + timedelta(hours=23)) == 0
    assert completing.forget_kept(timezone.now() + timedelta(hours=25)) == 1
    assert caller.collect(remote.agreement_id, intent_of(waiting)).code == "RESULT_GONE"


def test_a_destroyed_key_makes_question_and_result_unreadable(remote: Agreement, caller: Caller) -> None:
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    SubjectKey.objects.filter(blind=blind_of("person", SUBJECTS[0])).delete()
    assert asked_round(store := ScriptedStore()) == 1
    assert store.asked == []
    assert Errand.objects.get().state == "ABANDONED"
    assert caller.collect(remote.agreement_id, intent_of(waiting)).code == "RESULT_GONE"


@pytest.mark.parametrize("column", ["system", "agreement", "result", "question", "blinds"])
def test_whoever_changes_a_row_gives_nobody_its_result(world: World, remote: Agreement, caller: Caller, column: str) -> None:
    """A database administrator may lose a result for its caller, never hand it to another."""
    other = Caller("HSG-rental")
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    caller.query(remote.agreement_id, SUBJECTS[1])
    asked_round(ScriptedStore({subject: [record(place)] for place, subject in enumerate(SUBJECTS[:2])}))
    mine = Errand.objects.get(intent=bytes.fromhex(intent_of(waiting).removeprefix("sha256:")))
    theirs = Errand.objects.exclude(pk=mine.pk).get()
    changed = {"system": "HSG-rental", "agreement": world.agreement.agreement_id}.get(column, getattr(theirs, column))
    Errand.objects.filter(pk=mine.pk).update(**{column: changed})
    for reply in (
        caller.collect(remote.agreement_id, intent_of(waiting)),
        caller.collect(world.agreement.agreement_id, intent_of(waiting)),
        other.collect(remote.agreement_id, intent_of(waiting)),
    ):
        assert reply.code in {"RESULT_GONE", "RESULT_UNKNOWN"}


def test_a_changed_question_is_given_up_and_holds_up_no_other(remote: Agreement, caller: Caller) -> None:
    caller.query(remote.agreement_id, SUBJECTS[0])
    Errand.objects.update(question=b"\x01" + bytes(60))
    waiting = caller.query(remote.agreement_id, SUBJECTS[0])
    assert asked_round(ScriptedStore()) == 2
    assert sorted(Errand.objects.values_list("state", flat=True)) == ["ABANDONED", "ANSWERED"]
    assert caller.collect(remote.agreement_id, intent_of(waiting)).status == 200


def test_an_intent_counts_against_the_quota_and_its_outcome_does_not(world: World, caller: Caller) -> None:
    agreement = agreed_about(world, publish_remote(world, SQL_STORE), fact_answers=1)
    waiting = caller.verify(agreement.agreement_id, SUBJECTS[0], {"fact": "valid"})
    asked_round(ScriptedStore())
    assert caller.collect(agreement.agreement_id, intent_of(waiting)).status == 200
    assert caller.verify(agreement.agreement_id, SUBJECTS[0], {"fact": "valid"}).code == "FACT_LIMIT"


def test_a_register_that_is_offline_or_overloaded_is_not_asked(
    world: World, remote: Agreement, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from catalog.models import Dataset
    from exchange.delivery.errands import intents

    monkeypatch.setattr(intents, "MOST_OPEN", 1)
    assert caller.query(remote.agreement_id, SUBJECTS[0]).status == 202
    over = caller.query(remote.agreement_id, SUBJECTS[1])
    assert (over.status, over.code, over.body["reason"]) == (503, "PROVIDER_DOWN", "OVERLOADED")
    catalog_actions.take_offline(Dataset.objects.get(code="R15"), acting_user=world.person("publisher"), reason="maintenance")
    assert caller.query(remote.agreement_id, SUBJECTS[0]).code == "PROVIDER_DOWN"


def test_no_identifier_and_no_value_stands_in_clear_in_any_table(remote: Agreement, caller: Caller) -> None:
    caller.query(remote.agreement_id, SUBJECTS[0], idempotency_key=f"key-of-{SUBJECTS[0]}")
    caller.call(remote.agreement_id, "batch", subjects=SUBJECTS[:3])
    secrets = [*SUBJECTS[:3], "2031-12-31"]
    assert not _found(secrets)
    asked_round(ScriptedStore({subject: [record(place)] for place, subject in enumerate(SUBJECTS[:3])}))
    assert set(Errand.objects.values_list("state", flat=True)) == {"ANSWERED"}
    assert not _found(secrets)


def _found(secrets: list[str]) -> list[str]:
    """Tables of the data path and of the log that hold one of the texts."""
    found = []
    for alias in ("default", "keystore"):
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                if table.startswith(("delivery_", "audit_")):
                    cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - a table of ours
                    if any(secret in _text(value) for row in cursor.fetchall() for value in row for secret in secrets):
                        found.append(table)
    return found


def _text(value: Any) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else json.dumps(value, default=str)


def test_intent_and_outcome_name_the_person_under_the_same_key(remote: Agreement, caller: Caller) -> None:
    caller.query(remote.agreement_id, SUBJECTS[0])
    asked_round(ScriptedStore())
    blinds = [part["blind"] for body in Blob.objects.order_by("-pk")[:2] for one in json.loads(bytes(body.body)) for part in one["persons"]]
    assert len(blinds) == 2
    assert len(set(blinds)) == 1
