"""A batch on its way, and acts that come in between: what leaves is what the newest act allows, in every order of the two.

Every schedule of up to three attempts is tried: in each attempt an act may come after the policies were taken, after the data
were read, or after the entries were built. Then real threads, where an act has to wait for a transaction that has begun.
"""

from __future__ import annotations

import itertools
import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections

from audit import acts
from audit.models import Pending
from audit.proof.canonical import fresh_nonce
from catalog import actions as catalog_actions
from exchange.delivery import deliver, recording, refusal_rate
from exchange.sharing import actions
from exchange.sharing.models import Agreement
from tests.delivery.wire_caller import COMMON, Caller, Reply
from tests.world import World
from tests.world_data import SUBJECTS

POINTS = ("current_policies", "_prepare", "_name_and_build")
WHY = {"reason": "Checked by hand.", "ground": "MISUSE_SUSPECTED"}
TOGGLES = int(os.environ.get("RACE_TOGGLES", "25"))


@dataclass
class Owner:
    """Suspends and resumes, restricts and gives free again; knows what is allowed now."""

    world: World
    is_suspended: bool = False
    is_restricted: bool = False

    @property
    def item(self) -> str:
        """The item that is restricted."""
        return str(self.world.agreement.document["items"][0])

    def suspend_or_resume(self) -> None:
        """One act of the owner about the agreement."""
        found = Agreement.objects.get(pk=self.world.agreement.pk)
        acting: dict[str, Any] = {"acting_user": self.world.person("approver"), "department": self.world.owner}
        if self.is_suspended:
            actions.resume(found, reason="Settled.", **acting)
        else:
            actions.suspend(found, **WHY, **acting)
        self.is_suspended = not self.is_suspended

    def restrict_or_free(self) -> None:
        """One act of the owner about an item."""
        act = catalog_actions.unrestrict_item if self.is_restricted else catalog_actions.restrict_item
        act(self.world.conditional, item=self.item, reason="Wrong since May.", acting_user=self.world.person("publisher"))
        self.is_restricted = not self.is_restricted

    def require(self, reply: Reply) -> None:
        """What left is what the newest act allows."""
        if self.is_suspended:
            assert (reply.status, reply.code) == (403, "SUSPENDED")
            return
        assert reply.status == 200
        (record,) = reply.body["answer"]["records"]
        items = set(self.world.agreement.document["items"])
        assert record.keys() == (items - {self.item} if self.is_restricted else items)


@dataclass
class Schedule:
    """Which act comes where, attempt by attempt: (point, act) or None."""

    steps: list[tuple[str, Callable[[], None]] | None]
    attempt: int = 0
    done: list[str] = field(default_factory=list)

    def passed(self, point: str) -> None:
        """Called behind each point of the batch."""
        if point == POINTS[0]:
            self.attempt += 1
        step = self.steps[self.attempt - 1] if self.attempt <= len(self.steps) else None
        if step is not None and step[0] == point:
            step[1]()
            self.done.append(point)


@contextmanager
def between(patch: pytest.MonkeyPatch, schedule: Schedule) -> Iterator[None]:
    """Let the acts of a schedule come in between the steps of the next batch."""
    with patch.context() as here:
        for point in POINTS:
            here.setattr(deliver, point, _behind(getattr(deliver, point), point, schedule))
        yield


def _behind(step: Callable[..., Any], point: str, schedule: Schedule) -> Callable[..., Any]:
    def wrapped(*values: Any, **named: Any) -> Any:
        result = step(*values, **named)
        schedule.passed(point)
        return result

    return wrapped


def test_whatever_comes_between_the_steps_of_a_batch_counts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "ATTEMPTS", 4)  # three acts, and an attempt in peace
    owner, caller = Owner(world), Caller("CAB-relief")
    acts_of = {"suspend": owner.suspend_or_resume, "restrict": owner.restrict_or_free}
    choices = [None, *itertools.product(POINTS, acts_of.values())]
    for steps in itertools.product(choices, repeat=3):
        schedule = Schedule(list(steps))
        refusal_rate.RATE.counts.clear()  # a key that is refused all the time is told so, which is not the question here
        with between(monkeypatch, schedule):
            reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
        owner.require(reply)
        assert len(schedule.done) == len(list(itertools.takewhile(lambda step: step is not None, steps)))


def test_acts_without_end_give_no_answer_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, caller = Owner(world), Caller("CAB-relief")
    before = Pending.objects.count()
    schedule = Schedule([(POINTS[1], owner.suspend_or_resume)] * deliver.ATTEMPTS)
    with between(monkeypatch, schedule):
        reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert (reply.status, reply.code) == (503, "BUSY")
    assert Pending.objects.count() == before + 2 * deliver.ATTEMPTS  # each act's own entry and that of its move; none of an exchange


@pytest.mark.parametrize("point", POINTS)
def test_a_key_revoked_on_the_way_is_refused(world: World, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    from catalog.models import Key

    def revoke() -> None:
        key = Key.objects.get(keyid="CAB-relief/system-1")
        catalog_actions.revoke_key(key, reason="The key was copied.", acting_user=world.person("requester_admin"))

    with between(monkeypatch, Schedule([(point, revoke)])):
        reply = Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0])
    assert reply.code == "KEY_REVOKED"


def test_without_the_look_under_the_lock_an_old_decision_would_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests above can fail: with the rule switched off, a suspended agreement answers."""
    owner, caller = Owner(world), Caller("CAB-relief")
    schedule = Schedule([(POINTS[2], owner.suspend_or_resume)])
    with between(monkeypatch, schedule), monkeypatch.context() as off:
        off.setattr(recording.acts, "version", lambda: deliver._Compiled.policies.head)  # type: ignore[union-attr]
        reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert reply.status == 200
    with pytest.raises(AssertionError):
        owner.require(reply)


@pytest.mark.django_db(transaction=True, databases=["default", "keystore"])
def test_a_suspension_that_is_acknowledged_is_obeyed_by_every_thread(world: World) -> None:
    chance = random.Random(20)
    ending, faults, answered = threading.Event(), [], []
    obeyed = threading.Lock()
    state = {"suspended": 0}  # raised after the acknowledgement, lowered before the resumption begins

    def ask_all_the_time() -> None:
        caller = Caller("CAB-relief")
        try:
            while not ending.is_set():
                with obeyed:
                    suspended_before = state["suspended"]
                body = {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[0]}
                arrivals = [caller.arrival(world.agreement.agreement_id, "query", body) for _ in range(chance.randint(1, 4))]
                statuses = [reply.status for reply in caller.replies(arrivals)]
                with obeyed:
                    if suspended_before and state["suspended"] == suspended_before and 200 in statuses:
                        faults.append(statuses)
                answered.extend(statuses)
        except Exception as error:  # noqa: BLE001 - told to the test
            faults.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask_all_the_time) for _ in range(2)]
    for thread in threads:
        thread.start()
    owner = Owner(world)
    try:
        for number in range(1, TOGGLES + 1):
            owner.suspend_or_resume()
            with obeyed:
                state["suspended"] = number
            ending.wait(chance.uniform(0, 0.03))
            with obeyed:
                state["suspended"] = 0
            owner.suspend_or_resume()
            ending.wait(chance.uniform(0, 0.03))
    finally:
        ending.set()
        for thread in threads:
            thread.join()
    assert faults == []
    assert {200, 403} <= set(answered)
    assert acts.standing().agreements[world.agreement.agreement_id].state.value == "IN_FORCE"
