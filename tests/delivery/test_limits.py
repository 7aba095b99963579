"""Limits by officer and by subject: what was signed is counted for all hosts together, and what is left is said."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Pending
from audit.proof.canonical import fresh_nonce
from exchange.delivery import counting
from exchange.delivery.calls import Call, NamedSubject, VerifiedCaller, Work
from exchange.delivery.counting import Floors
from exchange.delivery.limits import closer, windows
from exchange.delivery.models import CloseUse
from exchange.sharing.models import Agreement
from exchange.sharing.policy import Method, Policy
from tests.delivery.wire_caller import COMMON, Caller, Reply
from tests.world import World, agree, ask
from tests.world_data import SUBJECTS

NOW_MS = 1_795_000_000_000


def agreed(world: World, **terms: Any) -> str:
    """An agreement in force with these terms."""
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, **terms)
    return agree(request, world.people, parties).agreement_id


@pytest.fixture
def caller() -> Caller:
    return Caller("CAB-relief")


@pytest.fixture
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute and no day ends in the middle of the test."""
    now = windows.day_and_minute(time.time_ns() // 1_000_000)
    for room in (counting, closer):
        monkeypatch.setattr(room, "day_and_minute", lambda _now_ms: now)


@pytest.fixture
def another_host(monkeypatch: pytest.MonkeyPatch) -> Any:
    """From its call on, everything is asked of a second web host: same database, a memory of its own."""

    def move() -> None:
        fresh = Floors()
        fresh.started_s = counting.FLOORS.started_s
        monkeypatch.setattr(counting, "FLOORS", fresh)

    return move


def limits_of(reply: Reply) -> dict[str, dict[str, str]]:
    """`RateLimit` and its policy by name: parameters as written."""
    told: dict[str, dict[str, str]] = {}
    for header in ("ratelimit-policy", "ratelimit"):
        for one in reply.headers.get(header, "").split(", "):
            name, *parameters = one.split(";")
            told.setdefault(name.strip('"'), {}).update(parameter.split("=") for parameter in parameters)
    return told


class TestByOfficer:
    def test_the_agreed_number_of_subjects_is_the_last_for_one_officer_on_any_host(
        self, world: World, caller: Caller, another_host: Any, one_window: None
    ) -> None:
        name = agreed(world, per_officer_day=2)
        assert caller.query(name, SUBJECTS[0], officer="E-1").status == 200
        another_host()
        assert caller.query(name, SUBJECTS[1], officer=" e-1").status == 200
        refused = caller.query(name, SUBJECTS[0], officer="E-1")
        assert (refused.status, refused.code, refused.body["limit"]) == (429, "QUOTA", "officer")
        assert refused.route["reason"] == "QUOTA"
        assert "E-1" not in str(refused.body)
        assert caller.query(name, SUBJECTS[0], officer="E-2").status == 200

    def test_automatic_calls_of_a_system_are_one_officer_and_leaving_it_out_is_no_way_around(
        self, world: World, caller: Caller, one_window: None
    ) -> None:
        name = agreed(world, per_officer_day=1)
        assert caller.query(name, SUBJECTS[0], officer="automatic").status == 200
        assert caller.query(name, SUBJECTS[0], officer="AUTOMATIC").body["limit"] == "officer"

    def test_a_batch_counts_each_subject_and_one_that_goes_over_counts_none(self, world: World, caller: Caller, one_window: None) -> None:
        name = agreed(world, per_officer_day=3)
        assert caller.call(name, "batch", subjects=SUBJECTS[:2]).status == 200
        assert caller.call(name, "batch", subjects=SUBJECTS[:2]).body["limit"] == "officer"
        assert caller.query(name, SUBJECTS[0]).status == 200

    def test_a_counter_that_was_turned_back_opens_nothing(self, world: World, caller: Caller, one_window: None) -> None:
        name = agreed(world, per_officer_day=1)
        assert caller.query(name, SUBJECTS[0]).status == 200
        CloseUse.objects.all().delete()
        assert caller.query(name, SUBJECTS[0]).code == "QUOTA"


class TestBySubject:
    def test_one_subject_is_asked_about_as_often_as_agreed_whoever_asks(
        self, world: World, caller: Caller, another_host: Any, one_window: None
    ) -> None:
        name = agreed(world, per_subject=2, per_subject_days=30)
        assert caller.query(name, SUBJECTS[0], officer="E-1").status == 200
        another_host()
        assert caller.query(name, SUBJECTS[0], officer="E-2").status == 200
        refused = caller.query(name, SUBJECTS[0], officer="E-3")
        assert (refused.status, refused.body["limit"]) == (429, "subject")
        assert SUBJECTS[0] not in str(refused.body)
        assert int(refused.headers["retry-after"]) >= 1
        assert caller.query(name, SUBJECTS[1]).status == 200

    def test_a_batch_with_one_subject_too_often_is_refused_whole_and_says_of_nobody(
        self, world: World, caller: Caller, one_window: None
    ) -> None:
        name = agreed(world, per_subject=1, per_subject_days=7)
        assert caller.query(name, SUBJECTS[0]).status == 200
        refused = caller.call(name, "batch", subjects=SUBJECTS[:2])
        assert (refused.status, refused.body["limit"]) == (429, "subject")
        assert not any(subject in str(refused.body) for subject in SUBJECTS)
        assert caller.query(name, SUBJECTS[1]).status == 200

    def test_neither_officer_nor_subject_stands_in_the_counters(self, world: World, caller: Caller) -> None:
        name = agreed(world, per_officer_day=5, per_subject=5, per_subject_days=30)
        assert caller.query(name, SUBJECTS[0], officer="E-1").status == 200
        rows = {kind: bytes(who) for kind, who in CloseUse.objects.values_list("kind", "who")}
        assert rows.keys() == {"officer", "subject"}
        assert all(len(who) == 32 and b"E-1" not in who for who in rows.values())


class TestHeaders:
    def test_every_answer_says_what_is_left(self, world: World, caller: Caller, one_window: None) -> None:
        name = agreed(world, per_day=10, per_minute=5, per_officer_day=4, per_subject=3, per_subject_days=30)
        told = limits_of(caller.call(name, "batch", subjects=SUBJECTS[:2]))
        assert {limit: (one["q"], one["r"]) for limit, one in told.items()} == {
            "day": ("10", "8"),
            "minute": ("5", "3"),
            "officer": ("4", "2"),
            "subject": ("3", "2"),
        }
        assert (told["minute"]["w"], told["minute"]["qu"]) == ("60", '"subjects"')
        assert 0 < int(told["minute"]["t"]) <= 60

    def test_a_refusal_says_it_too_with_the_time_to_wait(self, world: World, caller: Caller, one_window: None) -> None:
        name = agreed(world, per_minute=1)
        caller.query(name, SUBJECTS[0])
        over = caller.query(name, SUBJECTS[0])
        assert (over.status, over.body["limit"], limits_of(over)["minute"]["r"]) == (429, "minute", "0")
        assert 1 <= int(over.headers["retry-after"]) <= 60
        elsewhere = caller.query(name, SUBJECTS[0], purpose="curiosity")
        assert (elsewhere.code, limits_of(elsewhere)["refusals"]["q"]) == ("PURPOSE_NOT_AGREED", "60")
        assert limits_of(elsewhere)["day"]["r"] == "9999"

    def test_a_stranger_is_told_nothing_of_an_agreement(self, world: World) -> None:
        told = limits_of(Caller("HSG-rental").query(world.agreement.agreement_id, SUBJECTS[0]))
        assert told.keys() == {"refusals"}


def test_an_agreement_without_closer_limits_costs_no_further_statement(world: World, caller: Caller) -> None:
    name = world.agreement.agreement_id
    caller.query(name, SUBJECTS[0])
    with CaptureQueriesContext(connection) as captured:
        assert caller.query(name, SUBJECTS[0]).status == 200
    assert not [query["sql"] for query in captured if "closeuse" in query["sql"] or query["sql"].startswith('SELECT "delivery_quotause"')]


def test_the_signed_text_holds_the_limits_and_a_change_begins_with_them(world: World) -> None:
    found = Agreement.objects.get(agreement_id=agreed(world, per_officer_day=7, per_subject=2, per_subject_days=9))
    assert found.document["quota"]["per_officer_day"] == 7
    assert found.document["quota"]["per_subject_days"] == {"n": 2, "days": 9}
    from exchange.sharing.actions import amend

    part = amend(found, acting_user=world.person("asker"), department=world.requester)
    assert (part.per_officer_day, part.per_subject, part.per_subject_days) == (7, 2, 9)


def test_refusals_over_a_closer_limit_do_not_grow_the_log(world: World, caller: Caller, one_window: None) -> None:
    name = agreed(world, per_officer_day=1)
    before = Pending.objects.count()
    body = {**COMMON, "subject": SUBJECTS[0]}
    arrivals = [caller.arrival(name, "query", {**body, "salt": fresh_nonce()}) for _ in range(70)]
    codes = [reply.code for reply in caller.replies(arrivals)]
    assert codes == [""] + ["QUOTA"] * 60 + ["TOO_MANY_REFUSALS"] * 9
    assert Pending.objects.count() - before == 62


@pytest.mark.django_db(transaction=True)
def test_two_hosts_that_count_at_once_let_through_what_was_agreed_and_no_more() -> None:
    policy: Any = _policy(per_officer_day=25)
    passed: list[int] = []

    def host() -> None:
        floors: dict[Any, int] = {}
        for _ in range(20):
            work = _work(policy)
            with transaction.atomic(), connection.cursor() as cursor:
                closer.spend(cursor, [work], NOW_MS, floors)
            closer.note([work], NOW_MS, floors)
            passed.append(1 if work.refusal is None else 0)
        connections.close_all()

    threads = [threading.Thread(target=host) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert (len(passed), sum(passed)) == (40, 25)


def _policy(**limits: Any) -> Any:
    """As much of a policy as the counters look at."""
    from types import SimpleNamespace

    usual = {"agreement": "a" * 32, "per_officer_day": None, "per_subject": None}
    return SimpleNamespace(**{**usual, **limits})


def _work(policy: Policy) -> Work:
    call = Call(VerifiedCaller("CAB-relief", "CAB", "CAB-relief/system-1", "", "", fresh_nonce(), 0), "a" * 32, Method.QUERY)
    return Work(call, policy=policy, subjects=(NamedSubject("person", "1", "1", None),))
