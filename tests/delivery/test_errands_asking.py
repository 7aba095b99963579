"""Whoever is slow or broken delays nobody else: bulkhead, breaker, and the loop that asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from catalog.stores import ProviderFailed, Question, Reply, Why
from exchange.delivery.calls import Call, Completion, VerifiedCaller
from exchange.delivery.errands import asker, asking, board, completing, leasing
from exchange.delivery.errands.asker import Asker
from exchange.delivery.errands.breaker import FAILURES_IN_A_ROW, LONGEST_OPEN_S, MOST_AT_ONCE, OPEN_FOR_S, Breaker
from exchange.delivery.errands.leasing import Taken
from exchange.delivery.errands.waiting import wait_of
from exchange.sharing.policy import Method


def failed_times(breaker: Breaker, times: int, now: float) -> None:
    for _ in range(times):
        breaker.began()
        breaker.failed(now)


def test_a_provider_has_so_many_questions_at_once_and_no_more() -> None:
    breaker = Breaker()
    for _ in range(MOST_AT_ONCE):
        breaker.began()
    assert breaker.room(0) == 0
    breaker.succeeded()
    assert breaker.room(0) == 1


def test_a_provider_that_fails_again_and_again_is_left_alone_and_then_probed() -> None:
    breaker = Breaker()
    failed_times(breaker, FAILURES_IN_A_ROW - 1, now=0)
    assert not breaker.is_open(0)
    failed_times(breaker, 1, now=0)
    assert breaker.is_open(OPEN_FOR_S - 1)
    assert breaker.room(OPEN_FOR_S - 1) == 0
    assert breaker.room(OPEN_FOR_S) == 1
    breaker.began()
    assert breaker.room(OPEN_FOR_S) == 0
    breaker.succeeded()
    assert breaker.room(OPEN_FOR_S) == MOST_AT_ONCE


def test_a_probe_that_fails_opens_for_longer_but_not_for_ever() -> None:
    breaker, now, waits = Breaker(), 0.0, []
    failed_times(breaker, FAILURES_IN_A_ROW, now)
    for _ in range(8):
        waits.append(breaker.open_until - now)
        now = breaker.open_until
        failed_times(breaker, 1, now)
    assert waits == sorted(waits)
    assert waits[:2] == [OPEN_FOR_S, 2 * OPEN_FOR_S]
    assert waits[-1] == LONGEST_OPEN_S


def test_one_success_in_between_begins_the_count_anew() -> None:
    breaker = Breaker()
    failed_times(breaker, FAILURES_IN_A_ROW - 1, now=0)
    breaker.began()
    breaker.succeeded()
    failed_times(breaker, FAILURES_IN_A_ROW - 1, now=0)
    assert not breaker.is_open(0)


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [(b"wait=5", 5), (b"wait=0", 0), (b"respond-async, wait=7", 7), (b"wait=999", 20), (b"wait=-1", 2), (b"wait=x", 2), (b"", 2)],
)
def test_a_caller_says_how_long_it_waits(prefer: bytes, seconds: int) -> None:
    assert wait_of([(b"host", b"wait=9"), (b"Prefer", prefer)]) == seconds


def test_whoever_waits_is_told_from_any_thread() -> None:
    async def waiting() -> bool:
        asyncio.get_running_loop().call_later(0, lambda: asyncio.get_running_loop().run_in_executor(None, board.announce, "1f"))
        return await board.wait("1f", 60)

    assert asyncio.run(waiting())
    assert not board._WAITING


def taken(number: int, provider: str) -> Taken:
    caller = VerifiedCaller("CAB-relief", "CAB", "", "", "", "", 0)
    completion = Completion(str(number), bytes([number]), Call(caller, "a" * 32, Method.QUERY), "")
    return Taken(str(number), provider, 1, Question(str(number), "R1", {}, (), (), 1000.0), completion)


@dataclass
class City:
    """Providers with their questions, in the place of the tables; stores that answer, fail or stay silent."""

    waiting: dict[str, list[Taken]]
    settled: list[tuple[str, str, Any]] = field(default_factory=list)
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    running: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)

    def providers(self, _now: Any, *, without: Iterable[str] = ()) -> list[str]:
        return sorted(name for name, left in self.waiting.items() if left and name not in without)

    def prepared(self, provider: str, most: int) -> list[asking.Errand]:
        given, self.waiting[provider] = self.waiting[provider][:most], self.waiting[provider][most:]
        return [asking.Errand(one, _Store(self, provider)) for one in given]

    def settle(self, came: Sequence[tuple[Taken, Reply | Why]], _now: Any) -> int:
        self.settled += [(one.provider, one.errand, "REPLY" if isinstance(reply, Reply) else reply) for one, reply in came]
        return len(came)


@dataclass
class _Store:
    city: City
    provider: str

    async def ask(self, question: Question) -> Reply:
        city = self.city
        city.running[self.provider] = city.running.get(self.provider, 0) + 1
        city.most[self.provider] = max(city.most.get(self.provider, 0), city.running[self.provider])
        try:
            if self.provider == "SILENT":
                await city.silent.wait()
            if self.provider == "BROKEN":
                raise ProviderFailed(Why.HTTP_STATUS)
            if self.provider == "RAISING":
                raise RuntimeError("51010119900101123X")
            await asyncio.sleep(0)
            return Reply({}, "")
        finally:
            city.running[self.provider] -= 1


def asked_until(city: City, is_enough: Callable[[], bool], monkeypatch: pytest.MonkeyPatch) -> Asker:
    """Let the loop run over the city until there is enough."""
    asking_loop = Asker()

    async def at_once(work: Callable[[], Any]) -> Any:
        return work()

    async def run() -> None:
        running = asyncio.ensure_future(asking_loop._run())
        async with asyncio.timeout(60):
            while not is_enough():
                await asyncio.sleep(0)
        asking_loop.is_stopping = True
        asking_loop.awake.set()
        await running
        await asyncio.gather(*asking_loop.tasks, return_exceptions=True)

    monkeypatch.setattr(asking_loop, "_in_database", at_once)
    monkeypatch.setattr(leasing, "waiting_providers", city.providers)
    monkeypatch.setattr(asker, "_prepared", city.prepared)
    monkeypatch.setattr(asking, "settle", city.settle)
    monkeypatch.setattr(completing, "abandon_overdue", lambda _now: 0)
    monkeypatch.setattr(completing, "forget_kept", lambda _now: 0)
    asyncio.run(run())
    return asking_loop


def test_a_silent_provider_holds_its_own_places_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    city = City({"SILENT": [taken(number, "SILENT") for number in range(50)], "WELL": [taken(number, "WELL") for number in range(50, 150)]})
    asked_until(city, lambda: len(city.settled) == 100, monkeypatch)
    assert {provider for provider, _, _ in city.settled} == {"WELL"}
    assert city.most["SILENT"] == MOST_AT_ONCE
    assert len(city.waiting["SILENT"]) == 50 - MOST_AT_ONCE


def test_a_broken_provider_is_left_alone_and_its_questions_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    city = City({"BROKEN": [taken(number, "BROKEN") for number in range(60)], "WELL": [taken(number, "WELL") for number in range(60, 80)]})
    asked_until(city, lambda: len(city.settled) == 80, monkeypatch)
    told = [why for provider, _, why in city.settled if provider == "BROKEN"]
    assert told.count(Why.HTTP_STATUS) < FAILURES_IN_A_ROW + MOST_AT_ONCE
    assert told.count(Why.BREAKER_OPEN) == 60 - told.count(Why.HTTP_STATUS)
    assert [why for provider, _, why in city.settled if provider == "WELL"] == ["REPLY"] * 20


def test_a_store_that_raises_fails_its_errand_and_its_message_is_not_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    city = City({"RAISING": [taken(1, "RAISING")]})
    asked_until(city, lambda: len(city.settled) == 1, monkeypatch)
    assert city.settled == [("RAISING", "1", Why.WRONG_SHAPE)]
    assert "RuntimeError" in caplog.text
    assert "51010119900101123X" not in caplog.text
