"""A harvest across keys and addresses is stopped and reported within a minute; a declared month is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from audit import follower, sequencer
from audit.models import EntryIndex, Pending
from audit.proof.canonical import fresh_nonce
from catalog import actions as catalog_actions
from exchange.accounts.errors import RoleNeeded
from exchange.accounts.models import Message
from exchange.delivery.limits import holds
from exchange.delivery.models import Hold
from exchange.oversight.errors import AlarmMoved, WordsMissing
from exchange.oversight.harvesting import alarms
from exchange.oversight.harvesting.thresholds import thresholds
from exchange.oversight.models import Alarm
from exchange.sharing.models.clocks import Reminder
from tests.delivery.wire_caller import COMMON, Caller, Reply
from tests.world import World, agree, ask
from tests.world_data import SUBJECTS, resident

KEYS = 5
ADDRESSES = 40
PERSONS = 15
LONGEST_S = 60


@pytest.fixture
def systems(world: World) -> list[str]:
    """Five systems of the requester, each with a key of its own."""
    codes = ["CAB-relief", *(f"CAB-sweep{number}" for number in range(1, KEYS))]
    for code in codes[1:]:
        catalog_actions.register_system(world.requester, code=code, name={"en": code, "zh": code}, acting_system="tests")
    return codes


@pytest.fixture
def agreement(world: World, systems: list[str]) -> str:
    """One agreement for all five, with a declared volume of 500 a month and a wide quota."""
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    request = ask(
        world.person("asker"), world.requester, world.purpose, world.conditional, systems=systems, per_day=100_000, per_minute=100_000
    )
    name = agree(request, world.people, parties).agreement_id
    follow()
    return name


def follow() -> None:
    """What sequencer and follower do all the time."""
    while sequencer.sequence_once().added:
        pass
    while follower.follow_once():
        pass


def sweep(agreement: str, systems: list[str], number: int) -> Reply:
    """One call of the harvest: its own persons, the next key, the next address."""
    caller = Caller(systems[number % len(systems)])
    persons = [resident(number * PERSONS + place) for place in range(PERSONS)]
    body = {**COMMON, "salt": fresh_nonce(), "subjects": persons}
    arrival = caller.arrival(agreement, "batch", body, address=f"192.0.2.{number + 1}")
    return caller.replies([arrival])[0]


def harvest(call: Callable[[int], Reply], look: Callable[[datetime], list[Alarm]]) -> tuple[int | None, list[Alarm]]:
    """Two calls a second, each from the next address; the hub follows and looks every ten seconds. When it was stopped, the alarms."""
    start, raised = int(time.time()) + 1, list[Alarm]()
    for second in range(LONGEST_S):
        with time_machine.travel(start + second, tick=False):
            holds.HELD.read_at = float("-inf")  # a second has passed
            if "HELD" in {call(2 * second).code, call(2 * second + 1).code}:
                return second, raised
            if second % 10 == 9:
                follow()
                raised += look(datetime.fromtimestamp(start + second, UTC))
    return None, raised


def test_a_harvest_over_five_keys_and_forty_addresses_is_stopped_and_reported_within_a_minute(
    world: World, systems: list[str], agreement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(now: datetime) -> list[Alarm]:
        with monkeypatch.context() as off:
            off.setattr(alarms, "thresholds", lambda: replace(thresholds(), rules=frozenset()))
            assert alarms.watch(now) == []  # without its rules nothing would be found
        return alarms.watch(now)

    stopped_after, raised = harvest(lambda number: sweep(agreement, systems, number), look)
    assert stopped_after == ADDRESSES // 2
    (alarm,) = raised
    assert (alarm.rule, alarm.department_id, alarm.system, alarm.stops) == ("BLIND", "CAB", "", True)
    assert (alarm.counted["systems"], alarm.counted["declared"]) == (KEYS, 500)
    assert alarm.counted["persons_now"] == alarm.counted["asked_now"] == ADDRESSES * PERSONS
    assert Message.objects.filter(template="alarm_raised", person=world.person("auditor")).count() == 1
    assert Reminder.objects.get(kind="ALARM_RAISED", settled_at=None).target == alarm.number
    with time_machine.travel(int(time.time()) + LONGEST_S + 1, tick=False):
        follow()
        assert EntryIndex.objects.filter(type="alarm", requester="CAB", count=ADDRESSES * PERSONS).count() == 1
        refused = Caller("CAB-relief").query(agreement, SUBJECTS[0])
        assert (refused.status, refused.code, refused.route["reason"]) == (403, "HELD", "HELD")
        assert "authority" in refused.body["detail"]
        assert Caller("HSG-rental").query(agreement, SUBJECTS[0]).code == "NO_AGREEMENT"


def test_a_month_inside_the_declared_volume_is_no_harvest_though_nobody_is_found(systems: list[str], agreement: str) -> None:
    with time_machine.travel(int(time.time()) + 1, tick=False):
        for number in range(500 // PERSONS):
            assert sweep(agreement, systems[:1], number).status == 200
        follow()
        assert alarms.watch(datetime.now(UTC)) == []
    assert not Alarm.objects.exists()


class Swept:
    """A department on hold."""

    def __init__(self, world: World, agreement: str) -> None:
        self.world, self.agreement, self.caller = world, agreement, Caller("CAB-relief")
        counted = {"asked_now": 1200, "persons_now": 1200}
        made = alarms._made(Alarm(rule="VOLUME", department_id="CAB", system="CAB-relief", counted=counted, stops=True), datetime.now(UTC))
        assert made is not None
        self.alarm = made

    def lift(self, person: str, reason: str = "The department showed its cases.") -> Alarm:
        return alarms.lift(self.alarm, reason=reason, acting_user=self.world.person(person))


@pytest.fixture
def swept(world: World) -> Swept:
    return Swept(world, world.agreement.agreement_id)


class TestHolds:
    def test_the_authority_lifts_a_hold_with_a_reason_and_an_entry(self, swept: Swept) -> None:
        assert swept.caller.query(swept.agreement, SUBJECTS[0]).code == "HELD"
        before = Pending.objects.count()
        assert swept.lift("reviewer").state == "LIFTED"
        assert Pending.objects.count() == before + 1
        assert swept.caller.query(swept.agreement, SUBJECTS[0]).status == 200
        assert not Reminder.objects.filter(kind="ALARM_RAISED", settled_at=None).exists()
        with pytest.raises(AlarmMoved):
            swept.lift("reviewer")

    def test_nobody_else_lifts_it_and_not_without_a_reason(self, swept: Swept) -> None:
        for person in ("asker", "approver", "auditor", "outsider"):
            with pytest.raises(RoleNeeded):
                swept.lift(person)
        with pytest.raises(WordsMissing):
            swept.lift("reviewer", reason="  ")
        assert swept.caller.query(swept.agreement, SUBJECTS[0]).code == "HELD"

    def test_a_hold_that_was_only_deleted_opens_nothing(self, swept: Swept) -> None:
        assert swept.caller.query(swept.agreement, SUBJECTS[0]).code == "HELD"
        Hold.objects.all().delete()
        holds.HELD.read_at = float("-inf")
        assert swept.caller.query(swept.agreement, SUBJECTS[0]).code == "HELD"

    def test_a_hold_names_the_persons_that_the_refused_call_asked_about(self, swept: Swept) -> None:
        refused = swept.caller.query(swept.agreement, SUBJECTS[0])
        assert (refused.code, refused.route["count"], "subject" in refused.route["parts"]) == ("HELD", 1, True)

    def test_a_hold_on_a_department_spares_its_citizens_cases(self, db: None) -> None:
        holds.place(department="CAB", system="", alarm="A-1", now=datetime.now(UTC))
        assert holds.is_held("CAB-relief", "CAB")
        assert not holds.is_held("CAB-affairs", "CAB")
        assert not holds.is_held("HSG-rental", "HSG")


def test_what_was_lifted_is_not_raised_again_for_the_same_calls(
    world: World, systems: list[str], agreement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    low: Any = replace(thresholds(), now_least=20, blind_least=20)
    monkeypatch.setattr(alarms, "thresholds", lambda: low)
    assert Caller("CAB-relief").query(agreement, SUBJECTS[0]).status == 200
    monkeypatch.setattr("exchange.oversight.harvesting.reading._declared", lambda _names: 10)
    assert sweep(agreement, systems, 0).status == 200
    assert sweep(agreement, systems, 5).status == 200
    follow()
    (alarm,) = alarms.watch(datetime.now(UTC))
    assert alarms.watch(datetime.now(UTC)) == []
    alarms.lift(alarm, reason="A drill.", acting_user=world.person("reviewer"))
    assert alarms.watch(datetime.now(UTC)) == []
