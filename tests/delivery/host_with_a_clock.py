"""The web process of a hub, with a clock that a test may put forward: what granian serves for test_bites_everywhere.

CLOCK_AHEAD names a file with a number of seconds. It is read before each call is passed on, so that whoever writes it knows
that every call begun afterwards is met by the new time.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import time_machine

from exchange.asgi import application as hub

_ahead = Path(os.environ["CLOCK_AHEAD"])
_moved: list[time_machine.travel] = []


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The hub's own application, at the time that the test says."""
    if not _moved and _ahead.exists():
        _moved.append(time_machine.travel(time.time() + float(_ahead.read_text("utf-8")), tick=True))
        _moved[0].start()
    await hub(scope, receive, send)
