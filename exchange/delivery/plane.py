"""The ASGI front of the data path: gathers what is waiting into batches, which one thread of the process delivers.

It stands before Django's own handler and before DRF, which together cost more than the exchange itself.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connection, connections

from exchange.delivery.arriving import Receive, Scope, Send, arrival_of, raw_path
from exchange.delivery.changes import door as changes
from exchange.delivery.door import Arrival
from exchange.delivery.errands.waiting import waited
from exchange.delivery.exports import door as exports
from exchange.delivery.handling import collected, handle, unavailable
from exchange.delivery.responding import Response, Waiting

logger = logging.getLogger(__name__)

PREFIX = "/exchange/"
MOST_IN_BATCH = 256
MOST_WAITING = 4096
GATHER_S = 0.001
# After the answers are out: their callers' next calls come together into one batch, and on SQLite other writers get in
# (without it their worst wait was seconds).
PAUSE_S = 0.001
# How many threads deliver. A second one could verify the next batch while this one is recorded; but each time the arithmetic
# of a signature lets the interpreter go, the other thread takes it: a call then costs half as much again, and fewer are
# answered (docs/decisions/0092). A hub grows by processes.
LANES = 1
ACCEPTED = 202


class Plane:
    """One queue, one delivering thread. `__call__` is the ASGI application for everything under /exchange/."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Arrival, asyncio.Future[Response]]] = []
        self.lanes = 0
        self.running: set[asyncio.Task[None]] = set()
        self.threads = ThreadPoolExecutor(max_workers=LANES, thread_name_prefix="deliver")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if exports.is_export(raw_path(scope)):
            await exports.serve(scope, receive, send)
            return
        if changes.is_changes(raw_path(scope)):
            await changes.serve(scope, receive, send)
            return
        arrival = await arrival_of(scope, receive)
        response = await self._waited(arrival, await self._answer(arrival), receive)
        await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
        await send({"type": "http.response.body", "body": response.body})

    async def _answer(self, arrival: Arrival) -> Response:
        if len(self.waiting) >= MOST_WAITING:
            return unavailable("BUSY", "too many calls are waiting; try again in a second")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Response] = loop.create_future()
        self.waiting.append((arrival, future))
        if self.lanes < LANES:
            self.lanes += 1
            loop.call_later(GATHER_S if len(self.waiting) > 1 else 0, self._start)
        return await future

    async def _waited(self, arrival: Arrival, response: Response, receive: Receive) -> Response:
        """The answer of a remote store, if it comes in the time for which the caller waits; else the 202 that it has."""
        if response.waiting is None:
            return response
        if not await waited(response.waiting.errand, arrival.headers, receive):
            return response
        loop = asyncio.get_running_loop()
        collected = await loop.run_in_executor(self.threads, _collect, response.waiting)
        return response if collected.status == ACCEPTED else collected

    def _start(self) -> None:
        lane = asyncio.get_running_loop().create_task(self._run())
        self.running.add(lane)  # the loop itself holds its tasks only weakly
        lane.add_done_callback(self.running.discard)

    async def _run(self) -> None:
        """Deliver batch after batch while anything waits."""
        loop = asyncio.get_running_loop()
        while self.waiting:
            batch, self.waiting = self.waiting[:MOST_IN_BATCH], self.waiting[MOST_IN_BATCH:]
            responses = await loop.run_in_executor(self.threads, _deliver, [arrival for arrival, _ in batch])
            for (_, future), response in zip(batch, responses, strict=True):
                if not future.done():
                    future.set_result(response)
            if len(batch) > 1 or connection.vendor == "sqlite":
                await asyncio.sleep(PAUSE_S)
        self.lanes -= 1


def _deliver(arrivals: Sequence[Arrival]) -> list[Response]:
    """In the delivering thread: one batch. Whatever fails, every caller gets an answer, and no data go out unrecorded."""
    try:
        return handle(arrivals)
    except Exception as error:  # noqa: BLE001 - whatever it is, every caller gets an answer
        # The type and the places alone: a message, and the traceback that ends with it, could carry a value.
        logger.error("a batch of %d calls failed: %s at %s", len(arrivals), type(error).__name__, _places(error))
        for each in connections.all(initialized_only=True):
            each.close()
        if len(arrivals) > 1 and not isinstance(error, DatabaseError):
            # One call that nobody foresaw must not cost the others theirs; a broken database would cost each its time-out.
            return [response for arrival in arrivals for response in _deliver([arrival])]
        return [unavailable("UNAVAILABLE", "the hub could not record this exchange; nothing was given") for _ in arrivals]


def _collect(waiting: Waiting) -> Response:
    """In the delivering thread: the result that was waited for."""
    try:
        return collected(waiting.parsed, waiting.wanted)
    except Exception as error:  # noqa: BLE001 - as above
        logger.error("a result could not be collected: %s at %s", type(error).__name__, _places(error))
        for each in connections.all(initialized_only=True):
            each.close()
        return unavailable("UNAVAILABLE", "the result could not be read; collect it again")


def _places(error: Exception) -> str:
    """Where it happened, innermost first: files, lines and functions, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames[-12:]))
