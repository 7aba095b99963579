"""Somebody between a client and the hub who changes what he likes: an HTTP proxy at the hub's second public address."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.journeys.hub_process import RunningHub

Changing = Callable[[str, bytes], bytes]
_DROPPED = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


class Between:
    """Hands everything on; `changing` gets path and body of each answer and gives the body that goes on. `pages`: its own, by path."""

    def __init__(self, hub: RunningHub) -> None:
        """Listen at the second address of this hub."""
        self.url = hub.between_url
        self.changing: Changing = honest
        self.pages: dict[str, tuple[str, bytes]] = {}
        self._server = ThreadingHTTPServer(hub.between.getsockname(), _handler(self, hub), bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = hub.between.dup()
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @contextlib.contextmanager
    def lying(self, changing: Changing) -> Iterator[Between]:
        """Change answers while the block lasts."""
        self.changing = changing
        try:
            yield self
        finally:
            self.changing = honest

    def end(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def between(hub: RunningHub) -> Iterator[Between]:
    """Somebody between, while the block lasts; one at a time."""
    made = Between(hub)
    try:
        yield made
    finally:
        made.end()


def change(old: bytes, new: bytes, within: str) -> Changing:
    """Changes `old` into `new` in the answers of addresses that hold `within`; it must be there."""

    def changing(path: str, body: bytes) -> bytes:
        if within not in path:
            return body
        assert old in body
        return body.replace(old, new, 1)

    return changing


def honest(_path: str, body: bytes) -> bytes:
    """Every answer as it is."""
    return body


def _handler(between_: Between, hub: RunningHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _hand_on(self) -> None:
            if self.path in between_.pages:
                self._send(200, [("content-type", between_.pages[self.path][0])], between_.pages[self.path][1])
                return
            asked = self.rfile.read(int(self.headers.get("content-length", 0)))
            kept = {name: value for name, value in self.headers.items() if name.lower() not in {*_DROPPED, "host"}}
            with contextlib.closing(hub.connect()) as connection:
                connection.request(self.command, self.path, body=asked or None, headers=kept)
                answer = connection.getresponse()
                self._send(answer.status, answer.getheaders(), between_.changing(self.path, answer.read()))

        do_GET = do_POST = _hand_on  # noqa: N815  (the standard library's names)

        def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in _DROPPED:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    return Handler
