"""A load of prepared HTTP/1.1 requests over kept-alive connections; standard library only, loopback only, bounded.

Run as a process of its own so that it does not share the server's interpreter. Reads a pickled list of request bytes,
writes one JSON line: how many were answered with which status, how long it took, and percentiles in milliseconds. Nothing
is signed or verified meanwhile: requests are signed before (and are fresh for a minute), answers are counted and their leaf
kept. That takes about 25 µs of a processor an answer; what it took stands in the line (`processor_s`).
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
import time
from pathlib import Path


class Connection(asyncio.Protocol):
    """One connection that sends the next request as soon as the last is answered."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.buffer = b""
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = self.load.take()
        if request is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        lower = self.buffer[:head].lower()
        start = lower.index(b"content-length:") + 15
        length = int(lower[start : (lower.find(b"\r\n", start) + len(lower) + 1) % (len(lower) + 1) or len(lower)])
        if len(self.buffer) < head + 4 + length:
            return
        self.load.answered(self.buffer[9:12].decode(), time.perf_counter() - self.sent, self.buffer[head + 4 :])
        self.buffer = b""
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        self.load.lost()


class Load:
    """The shared state of all connections: what is left to send, what came back."""

    def __init__(self, requests: list[bytes], seconds: float, connections: int) -> None:
        self.requests = iter(requests)
        self.deadline = time.perf_counter() + seconds
        self.open = connections
        self.statuses: dict[str, int] = {}
        self.times: list[float] = []
        self.leaves: list[str] = []
        self.finished = asyncio.get_running_loop().create_future()

    def take(self) -> bytes | None:
        """The next request, or None when the time is up or nothing is left."""
        return None if time.perf_counter() > self.deadline else next(self.requests, None)

    def answered(self, status: str, seconds: float, body: bytes) -> None:
        """Count one answer, and keep its leaf hash: the parent looks each one up in the log."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.times.append(seconds)
        place = body.find(b'"leaf":"sha256:')
        if place >= 0:
            self.leaves.append(body[place + 15 : place + 79].decode())

    def lost(self) -> None:
        """One connection is closed; the last one ends the run."""
        self.open -= 1
        if self.open == 0 and not self.finished.done():
            self.finished.set_result(None)


async def run(requests: list[bytes], port: int, connections: int, seconds: float) -> dict[str, object]:
    """Send until the time is up; percentiles in ms."""
    load = Load(requests, seconds, connections)
    begin, used = time.perf_counter(), time.process_time()
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(load), "127.0.0.1", port)
    await asyncio.wait_for(load.finished, seconds + 30)
    took = time.perf_counter() - begin
    ordered = sorted(load.times) or [0.0]
    return {
        "answered": len(load.times),
        "statuses": load.statuses,
        "seconds": took,
        "processor_s": time.process_time() - used,
        "p50_ms": ordered[len(ordered) // 2] * 1000,
        "p95_ms": ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)] * 1000,
        "p99_ms": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000,
        "leaves": load.leaves,
    }


def main() -> None:
    """`load.py FILE PORT CONNECTIONS SECONDS`"""
    file, port, connections, seconds = sys.argv[1:5]
    requests = pickle.loads(Path(file).read_bytes())  # noqa: S301 - its own parent wrote it
    print(json.dumps(asyncio.run(run(requests, int(port), int(connections), float(seconds)))))


if __name__ == "__main__":
    main()
