"""The front of the data path: one batch after another, whoever comes meanwhile in the next, nobody's answer to another."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from exchange.delivery import deliver as delivering
from exchange.delivery import plane, recording
from exchange.delivery.door import Arrival
from exchange.delivery.responding import Response

PATIENCE_S = 60


def arrival(number: int) -> Arrival:
    return Arrival("POST", "/exchange/v1/echo", False, [], str(number).encode(), "127.0.0.1")


def echoed(arrivals: Sequence[Arrival]) -> list[Response]:
    return [Response(200, [], item.body) for item in arrivals]


def ask(numbers: range) -> list[bytes]:
    """What each caller gets when all ask at once."""

    async def all_of_them() -> list[Response]:
        front = plane.Plane()
        return await asyncio.wait_for(asyncio.gather(*(front._answer(arrival(number)) for number in numbers)), PATIENCE_S)

    return [response.body for response in asyncio.run(all_of_them())]


def test_each_of_a_thousand_callers_gets_their_own_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plane, "handle", echoed)
    assert ask(range(1_000)) == [str(number).encode() for number in range(1_000)]


def test_whoever_comes_while_a_batch_is_delivered_is_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    others = range(2, 42)
    are_there = threading.Event()
    batches: list[int] = []

    def held(arrivals: Sequence[Arrival]) -> list[Response]:
        batches.append(len(arrivals))
        assert are_there.wait(PATIENCE_S)
        return echoed(arrivals)

    async def one_and_then_many() -> list[Response]:
        front = plane.Plane()
        first = asyncio.ensure_future(front._answer(arrival(1)))
        while not batches:
            await asyncio.sleep(0)
        rest = [asyncio.ensure_future(front._answer(arrival(number))) for number in others]
        while len(front.waiting) < len(others):
            await asyncio.sleep(0)
        are_there.set()
        return list(await asyncio.wait_for(asyncio.gather(first, *rest), PATIENCE_S))

    monkeypatch.setattr(plane, "handle", held)
    assert [response.body for response in asyncio.run(one_and_then_many())] == [str(number).encode() for number in (1, *others)]
    assert batches == [1, len(others)]


def test_a_batch_that_fails_leaves_its_lane_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(arrivals: Sequence[Arrival]) -> list[Response]:
        if any(item.body == b"7" for item in arrivals):
            raise ValueError("not this one")
        return echoed(arrivals)

    monkeypatch.setattr(plane, "handle", failing)
    answers = ask(range(20))
    assert [number for number, body in enumerate(answers) if body != str(number).encode()] == [7]
    assert b"UNAVAILABLE" in answers[7]


@pytest.mark.parametrize("door", ["deliver", "record"])
def test_a_process_decides_and_records_one_batch_at_a_time(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process remembers of its own counting is for one: two at once could both find room for the last call.

    Lists and exports have doors of their own, and record by the same function.
    """
    inside: list[int] = []
    most: list[int] = []

    def alone(*_anything: object) -> tuple[list[object], int]:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.002)  # without the lock the others come in meanwhile
        inside.pop()
        return [], 0

    def once(_number: int) -> None:
        if door == "deliver":
            delivering.deliver([])
        else:
            recording.record([], head=(0, ""), at_ms=0, keys={})

    monkeypatch.setattr(delivering, "_recorded", alone)
    monkeypatch.setattr(delivering, "_release", lambda works, at_ms: [])
    monkeypatch.setattr(recording, "_record_noted", alone)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(once, range(40)))
    assert len(most) == 40
    assert max(most) == 1
