"""The ASGI face of exports: whole answers, streams in pieces, and an end before the promised length when a stream is stopped."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any

import pytest

from exchange.delivery.door import Arrival
from exchange.delivery.exports import collecting, door
from exchange.delivery.exports.door import is_export, serve
from tests.delivery.export_caller import Exporter, made_here, the_delivery
from tests.delivery.test_exports import INSIDE, agreed, rows_of
from tests.delivery.test_exports_stopped import revoke
from tests.world import World


class MainThread:
    """Work for the test's own thread, which alone sees the test's transaction, while the event loop runs in another."""

    def __init__(self) -> None:
        self.jobs: queue.Queue[Any] = queue.Queue()

    async def do(self, function: Any, *arguments: Any) -> Any:
        """What `door._in_thread` does, by the test's thread."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self.jobs.put((loop, future, function, arguments))
        return await future

    def run(self, coroutine: Any) -> None:
        """Run a coroutine to its end; raises what it raised."""
        outcome: list[BaseException] = []
        thread = threading.Thread(target=self._loop, args=(coroutine, outcome))
        thread.start()
        while (job := self.jobs.get(timeout=60)) is not None:
            loop, future, function, arguments = job
            try:
                result = function(*arguments)
            except Exception as error:  # noqa: BLE001 - handed to whoever waits for it
                loop.call_soon_threadsafe(future.set_exception, error)
            else:
                loop.call_soon_threadsafe(future.set_result, result)
        thread.join()
        if outcome:
            raise outcome[0]

    def _loop(self, coroutine: Any, outcome: list[BaseException]) -> None:
        try:
            asyncio.run(coroutine)
        except BaseException as error:  # noqa: BLE001 - raised again in the test's thread
            outcome.append(error)
        finally:
            self.jobs.put(None)


MAIN = MainThread()


class Connection:
    """One connection as a server would hold it. `after` is called when so many pieces of the body have been taken."""

    def __init__(self, arrival: Arrival, *, after: Callable[[int], None] = lambda pieces: None) -> None:
        self.arrival, self.after = arrival, after
        self.status, self.headers, self.pieces = 0, dict[str, str](), list[bytes]()
        self.is_whole = False
        self.has_left = False
        self.asked = False

    async def receive(self) -> dict[str, Any]:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": self.arrival.body, "more_body": False}
        while not self.has_left:
            await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    async def send(self, event: Any) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self.headers = {name.decode(): value.decode() for name, value in event["headers"]}
            return
        self.pieces.append(event["body"])
        self.is_whole = not event.get("more_body", False)
        await MAIN.do(self.after, len(self.pieces))
        if self.has_left:
            await asyncio.sleep(0.05)  # several turns of the loop: the waiting receive hears it

    def serve(self) -> None:
        scope = {"type": "http", "method": self.arrival.method, "path": self.arrival.path, "headers": list(self.arrival.headers)}
        MAIN.run(serve(scope, self.receive, self.send))


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Exporter:
    """Whose pieces are small."""
    made_here(monkeypatch)
    monkeypatch.setattr(door, "_in_thread", MAIN.do)
    monkeypatch.setattr(collecting, "STEP", 100)
    return Exporter("CAB-relief")


def test_the_addresses_of_exports_are_told_from_others() -> None:
    agreement = "a" * 32
    assert is_export(f"/exchange/v1/{agreement}/exports")
    assert is_export(f"/exchange/v1/{agreement}/exports/x/data")
    assert not is_export(f"/exchange/v1/{agreement}/query")
    assert not is_export(f"/exchange/v1/{agreement}/exportsx")


def test_a_whole_stream_has_its_promised_length(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    connection = Connection(exporter.signed("GET", export["addresses"]["data"]))
    connection.serve()
    body = b"".join(connection.pieces)
    assert (connection.status, connection.is_whole, connection.headers["content-length"]) == (200, True, str(len(body)))
    assert len(rows_of(body)) == len(INSIDE)
    assert max(len(piece) for piece in connection.pieces) <= 100


def test_after_a_revocation_no_piece_follows_and_the_answer_ends_short(world: World, exporter: Exporter) -> None:
    agreement = agreed(world)
    export = exporter.prepared(agreement.agreement_id)

    def after(pieces: int) -> None:
        if pieces == 3:
            revoke(world, agreement)

    connection = Connection(exporter.signed("GET", export["addresses"]["data"]), after=after)
    connection.serve()
    assert (len(connection.pieces), connection.is_whole) == (3, False)
    assert sum(map(len, connection.pieces)) < int(connection.headers["content-length"])
    assert (the_delivery(export["id"]).state, the_delivery(export["id"]).sent) == ("STOPPED", 300)


def test_who_goes_away_gets_nothing_more_and_may_come_back(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)

    def after(pieces: int) -> None:
        connection.has_left = pieces == 2

    connection = Connection(exporter.signed("GET", export["addresses"]["data"]), after=after)
    connection.serve()
    assert (len(connection.pieces), connection.is_whole) == (2, False)
    assert the_delivery(export["id"]).state == "COLLECTING"
    assert exporter.pull(export["addresses"]["data"]).status == 200


def test_an_export_is_opened_over_asgi(world: World, exporter: Exporter) -> None:
    connection = Connection(exporter.signed("POST", f"/exchange/v1/{agreed(world).agreement_id}/exports", b"no json"))
    connection.serve()
    assert (connection.status, connection.is_whole) == (400, True)
    assert b"MALFORMED" in connection.pieces[0]


def test_a_stranger_is_answered_without_an_entry(world: World, exporter: Exporter) -> None:
    connection = Connection(Arrival("GET", f"/exchange/v1/{'a' * 32}/exports/{'0' * 32}/data", False, [], b"", "127.0.0.1"))
    connection.serve()
    assert connection.status == 401
