"""A caller that waits gets the answer in its own connection; one that does not, or has gone, leaves it to be collected."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from exchange.delivery import plane
from exchange.delivery.calls import VerifiedCaller
from exchange.delivery.errands import board, waiting
from exchange.delivery.plane import Plane
from exchange.delivery.responding import Response, Waiting, Wanted

INTENT = "ab" * 32
ANSWER = Response(200, [], b"answer")


def accepted() -> Response:
    caller = VerifiedCaller("CAB-relief", "CAB", "", "", "", "", 0)
    return Response(202, [], b"waiting", Waiting(INTENT, Wanted(caller, "a" * 32, bytes.fromhex(INTENT)), None))  # type: ignore[arg-type]


class Connection:
    """One request over ASGI, and what was sent back."""

    def __init__(self, *headers: tuple[bytes, bytes]) -> None:
        self.scope: MutableMapping[str, Any] = {"method": "POST", "path": "/exchange/v1/x/query", "headers": headers}
        self.events: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self.events.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self.sent: list[MutableMapping[str, Any]] = []
        self.looked: list[Wanted] = []

    async def send(self, event: MutableMapping[str, Any]) -> None:
        self.sent.append(event)

    def gone(self) -> None:
        self.events.put_nowait({"type": "http.disconnect"})

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])


async def served(connection: Connection, first: Response, then: Response) -> None:
    """Let a plane of its own serve the connection: `first` from the batch, `then` when it looks again."""
    own = Plane()

    def look(_parsed: Any, wanted: Wanted) -> Response:
        connection.looked.append(wanted)
        return then

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plane, "handle", lambda arrivals: [first for _ in arrivals])
        patch.setattr(plane, "collected", look)
        patch.setattr(plane, "PAUSE_S", 0)
        await own(connection.scope, connection.events.get, connection.send)
    own.threads.shutdown()


async def until_somebody_waits() -> None:
    async with asyncio.timeout(60):
        while INTENT not in board._WAITING:
            await asyncio.sleep(0)


def test_an_answer_that_comes_in_time_is_the_answer() -> None:
    async def run() -> None:
        connection = Connection((b"prefer", b"wait=20"))
        serving = asyncio.ensure_future(served(connection, accepted(), ANSWER))
        await until_somebody_waits()
        board.announce(INTENT)
        await serving
        assert (connection.status, len(connection.looked)) == (200, 1)

    asyncio.run(run())


def test_after_the_time_the_result_is_looked_for_once_and_202_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        connection = Connection((b"prefer", b"wait=5"))
        await served(connection, accepted(), accepted())
        assert (connection.status, len(connection.looked)) == (202, 1)

    monkeypatch.setattr(waiting, "wait_of", lambda _headers: 0.01)
    asyncio.run(run())


def test_a_caller_that_does_not_wait_gets_202_at_once() -> None:
    async def run() -> None:
        connection = Connection((b"prefer", b"wait=0"))
        await served(connection, accepted(), ANSWER)
        assert (connection.status, connection.looked) == (202, [])

    asyncio.run(run())


def test_nothing_is_taken_out_for_a_caller_who_has_gone() -> None:
    async def run() -> None:
        connection = Connection((b"prefer", b"wait=20"))
        serving = asyncio.ensure_future(served(connection, accepted(), ANSWER))
        await until_somebody_waits()
        connection.gone()
        await serving
        assert connection.looked == []
        async with asyncio.timeout(60):
            while board._WAITING:
                await asyncio.sleep(0)

    asyncio.run(run())


def test_a_hosted_answer_waits_for_nothing() -> None:
    async def run() -> None:
        connection = Connection((b"prefer", b"wait=20"))
        await served(connection, ANSWER, accepted())
        assert (connection.status, connection.looked) == (200, [])

    asyncio.run(run())
