"""Who in this process waits for which errand: told at once when its outcome has been recorded here."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import defaultdict

_WAITING: dict[str, list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = defaultdict(list)
_LOCK = threading.Lock()


async def wait(intent: str, seconds: float) -> bool:
    """Wait for an outcome, at most so long; whether one was announced. Another process announces nothing here: look anyway."""
    place = (asyncio.get_running_loop(), asyncio.Event())
    with _LOCK:
        _WAITING[intent].append(place)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(place[1].wait(), seconds)
        return place[1].is_set()
    finally:
        _take_down(intent, place)


def announce(intent: str) -> None:
    """Wake whoever waits for this intent (hexadecimal), from any thread."""
    with _LOCK:
        places = list(_WAITING.get(intent, ()))
    for loop, event in places:
        with contextlib.suppress(RuntimeError):  # its loop is closed: nobody waits any more
            loop.call_soon_threadsafe(event.set)


def _take_down(intent: str, place: tuple[asyncio.AbstractEventLoop, asyncio.Event]) -> None:
    with _LOCK:
        _WAITING[intent].remove(place)
        if not _WAITING[intent]:
            del _WAITING[intent]
