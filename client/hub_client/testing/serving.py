"""A fake hub over HTTP, on this machine alone: for programs that are not written in Python."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hub_client.connection import Transport


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hub: Transport


class _Handler(BaseHTTPRequestHandler):
    """Whatever comes goes to the hub, and what it says goes back."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Keys, proofs and results."""
        self._answer(None)

    def do_POST(self) -> None:
        """Signed calls."""
        self._answer(self.rfile.read(int(self.headers.get("content-length", "0"))))

    def _answer(self, body: bytes | None) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.hub.send(self.command, self.path, headers=headers, body=body)
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test reads `sent`."""


@contextmanager
def listening(hub: Transport, port: int) -> Iterator[str]:
    """Serve until the block is left; gives the address."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.hub = hub
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
