"""A caller may wait a little for a remote store's answer (`Prefer: wait=n`), without holding up anything but its own connection."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Any

from exchange.delivery.arriving import Receive
from exchange.delivery.errands import board
from exchange.delivery.errands.asker import ASKER

USUAL_WAIT_S, LONGEST_WAIT_S = 2, 20
_ENDING: set[asyncio.Future[Any]] = set()  # an event loop holds its tasks only weakly
_WAIT = re.compile(rb"(?:^|[,;\s])wait=([0-9]{1,4})(?:$|[,;\s])")


def wait_of(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """For how many seconds the caller waits: `Prefer: wait=n` (RFC 7240), 2 without it, at most 20. It changes no answer."""
    for name, value in headers:
        if name.lower() == b"prefer" and (found := _WAIT.search(value)):
            return min(int(found[1]), LONGEST_WAIT_S)
    return USUAL_WAIT_S


async def waited(intent: str, headers: Iterable[tuple[bytes, bytes]], receive: Receive) -> bool:
    """Wait for an outcome; whether it is worth while to look. Never for a caller who has gone: the result stays to be collected.

    True also when nothing was announced here: another process may have asked.
    """
    seconds = wait_of(headers)
    if not seconds:
        ASKER.wake()
        return False
    outcome = asyncio.ensure_future(board.wait(intent, seconds))
    gone = asyncio.ensure_future(receive())
    await asyncio.sleep(0)  # so that the place on the board is taken before anybody is woken
    ASKER.wake()
    done, pending = await asyncio.wait({outcome, gone}, return_when=asyncio.FIRST_COMPLETED)
    for each in pending:
        each.cancel()  # not waited for: a server's own `receive` may end only with its connection
        _ENDING.add(each)
        each.add_done_callback(_ENDING.discard)
    return gone not in done
