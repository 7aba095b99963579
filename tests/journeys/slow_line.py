"""The department's own `hub`, run as a program over a slow line: after the first pieces of the rows it reads on only when a file says so.

`python -m tests.journeys.slow_line HELD GO hub-words…` writes HELD when it stands still, and goes on once GO is there.
"""

from __future__ import annotations

import http.client
import socket
import sys
import time
from pathlib import Path

from exchange.starting.environment import ROOT

sys.path.insert(0, str(ROOT / "client"))

from hub_client.command import main

PIECE, ENOUGH = 16 * 1024, 64 * 1024
PATIENCE_S = 120.0

_read = http.client.HTTPResponse.read


def slowly(self: http.client.HTTPResponse, most: int) -> bytes:
    """Read in small pieces, and stand still for a while where there was enough; a body that is cut short ends early."""
    taken = bytearray()
    while len(taken) < most and (piece := _read(self, min(PIECE, most - len(taken)))):
        taken += piece
        if len(taken) >= ENOUGH and not Path(GO).exists():
            stand_still()
    return bytes(taken)


def narrow(address: tuple[str, int], timeout: float, source_address: object = None) -> socket.socket:
    """A connection that takes no more than a little in advance: else the kernel's buffers would hold the whole export already."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
    connection.settimeout(timeout)
    connection.connect(address)
    return connection


def stand_still() -> None:
    """Say so, and wait until somebody lets it go on."""
    Path(HELD).touch()
    deadline = time.monotonic() + PATIENCE_S
    while not Path(GO).exists() and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    HELD, GO, *words = sys.argv[1:]
    socket.create_connection = narrow  # type: ignore[assignment]
    http.client.HTTPResponse.read = slowly  # type: ignore[method-assign, assignment]
    sys.exit(main(words))
