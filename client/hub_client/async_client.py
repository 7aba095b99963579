"""The same library for asyncio. The event loop never waits: each call runs in a thread of a pool of its own.

The standard library has no HTTP for asyncio; threads with kept connections do the same for the few calls that one system has
at a time, and signing and verifying would have to leave the loop anyway.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from hub_client.answers import Batch, Changes, Found, Purpose, Subject, Verified
from hub_client.client import Client, Fact, Settings
from hub_client.configuration import Configuration

T = TypeVar("T")
AT_ONCE = 16


class AsyncClient:
    """As `Client`, with `await`. At most `at_once` calls run together; further ones wait their turn.

    Cancelling stops the waiting and not the call: it ends in its thread, and its receipt is filed.
    """

    def __init__(self, client: Client, *, at_once: int = AT_ONCE) -> None:
        """Usually made by `AsyncClient.open`."""
        self.client = client
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="hub-client")

    @classmethod
    def open(cls, config: Path | Configuration | None = None, settings: Settings | None = None, *, at_once: int = AT_ONCE) -> Self:
        """As `Client.open`."""
        return cls(Client.open(config, settings), at_once=at_once)

    async def __aenter__(self) -> Self:
        """Use it in an `async with`."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Wait for calls under way and close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Wait for calls under way and close the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        self.client.close()

    async def verify(self, agreement: str, subject: Subject, facts: Sequence[Fact], purpose: Purpose, *, key: str = "") -> Verified:
        """As `Client.verify`."""
        return await self._run(partial(self.client.verify, agreement, subject, facts, purpose, key=key))

    async def query(self, agreement: str, subject: Subject, purpose: Purpose, *, key: str = "") -> Found:
        """As `Client.query`."""
        return await self._run(partial(self.client.query, agreement, subject, purpose, key=key))

    async def batch(self, agreement: str, subjects: Sequence[Any], purpose: Purpose, *, facts: Sequence[Fact] = ()) -> Batch:
        """As `Client.batch`."""
        return await self._run(partial(self.client.batch, agreement, subjects, purpose, facts=facts))

    async def changes(self, agreement: str, purpose: Purpose, *, cursor: str = "", most: int = 1_000) -> Changes:
        """As `Client.changes`."""
        return await self._run(partial(self.client.changes, agreement, purpose, cursor=cursor, most=most))

    async def pull(self, agreement: str, purpose: Purpose, out: Path, *, form: str = "csv", columns: Sequence[str] = ()) -> dict[str, Any]:
        """As `Client.pull`."""
        return await self._run(partial(self.client.pull, agreement, purpose, out, form=form, columns=columns))

    async def result(self, agreement: str, intent: str) -> Verified | Found | Batch:
        """As `Client.result`."""
        return await self._run(partial(self.client.result, agreement, intent))

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)
