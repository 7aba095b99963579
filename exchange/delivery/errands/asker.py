"""The asking loop: a thread of its own with an event loop of its own, so that no provider ever stands in the way of a call.

Every web process has one (docs/decisions/0071), or `manage.py errands` on a host of its own. It leases what is due, asks under
each provider's bulkhead and breaker, and brings the answers back to `deliver`; what it drops when it is killed, another takes.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from audit.errors import HubError
from catalog.stores import Reply, Why
from exchange.delivery.deliver import current_policies
from exchange.delivery.errands import asking, completing, leasing
from exchange.delivery.errands.breaker import Breakers
from exchange.delivery.errands.leasing import Taken

logger = logging.getLogger(__name__)
SWEEP_S = 1.0
HOUSEKEEPING_S = 30.0
AFTER_A_FAULT_S = 5.0
MOST_FAILED_AT_ONCE = 50
T = TypeVar("T")


class Asker:
    """Asks until it is stopped. `breakers` are this process's own."""

    def __init__(self) -> None:
        self.breakers = Breakers()
        self.came: list[tuple[Taken, Reply | Why]] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="errands-database")
        self.thread: threading.Thread | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.awake = asyncio.Event()
        self.is_stopping = False
        self.kept_house_at = 0.0

    def start(self) -> None:
        """Begin in a thread that ends with the process; does nothing the second time."""
        if self.thread is None:
            self.thread = threading.Thread(target=self.run, name="errands", daemon=True)
            self.thread.start()

    def wake(self) -> None:
        """Look now, from any thread: an errand was committed, or an answer came."""
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.awake.set)

    def stop(self) -> None:
        """End after the round that is under way; what was leased is taken by another."""
        self.is_stopping = True
        self.wake()
        if self.thread is not None:
            self.thread.join()

    def run(self) -> None:
        """Ask in this thread until `stop`."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        self.loop = asyncio.get_running_loop()
        while not self.is_stopping:
            self.awake.clear()
            pause = SWEEP_S
            try:
                await self._round()
            except (HubError, DatabaseError) as error:  # the hub itself is not ready: nothing is lost, look again
                logger.warning("Errands wait: %s", type(error).__name__)
                pause = AFTER_A_FAULT_S
            except Exception as error:  # noqa: BLE001 - the loop outlives whatever one round brings
                logger.error("A round of errands broke: %s", type(error).__name__)
                pause = AFTER_A_FAULT_S
            if pause == SWEEP_S and self.came:
                continue
            await self._sleep(pause)
        for task in self.tasks:
            task.cancel()

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.awake.wait(), seconds)
        except TimeoutError:
            return

    async def _round(self) -> None:
        """Record what came, then ask whom there is room for."""
        came, self.came = self.came, []
        try:
            if came:
                await self._in_database(lambda: asking.settle(came, timezone.now()))
        except BaseException:
            self.came = [*came, *self.came]  # an errand that got its outcome meanwhile gets no second one
            raise
        await self._keep_house()
        full = self.breakers.full(time.monotonic())
        for provider in await self._in_database(lambda: leasing.waiting_providers(timezone.now(), without=full)):
            await self._ask_provider(provider)

    async def _ask_provider(self, provider: str) -> None:
        breaker, now = self.breakers.of(provider), time.monotonic()
        is_open = breaker.is_open(now)
        room = MOST_FAILED_AT_ONCE if is_open else breaker.room(now)
        if not room:
            return
        for errand in await self._in_database(lambda: _prepared(provider, room)):
            if is_open:
                self.came.append((errand.taken, Why.BREAKER_OPEN))
                continue
            breaker.began()
            task = asyncio.get_running_loop().create_task(self._ask(errand))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _ask(self, errand: asking.Errand) -> None:
        breaker = self.breakers.of(errand.taken.provider)
        came = await asking.ask(errand)
        if isinstance(came, Reply) or errand.taken.question is None:
            breaker.succeeded()
        else:
            breaker.failed(time.monotonic())
        self.came.append((errand.taken, came))
        self.awake.set()

    async def _keep_house(self) -> None:
        """Give up what is overdue and delete what nobody collected."""
        if time.monotonic() - self.kept_house_at < HOUSEKEEPING_S:
            return
        self.kept_house_at = time.monotonic()
        await self._in_database(lambda: completing.abandon_overdue(timezone.now()))
        await self._in_database(lambda: completing.forget_kept(timezone.now()))

    async def _in_database(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.database, _with_fresh_connections, work)


def _prepared(provider: str, most: int) -> list[asking.Errand]:
    return [asking.prepared(taken) for taken in leasing.take(provider, timezone.now(), current_policies(), most=most)]


def _with_fresh_connections(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return work()
    except DatabaseError:
        for each in connections.all(initialized_only=True):
            each.close()
        raise


ASKER = Asker()
