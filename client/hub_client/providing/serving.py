"""How an endpoint is reached: a threading server of the standard library, or as a WSGI or ASGI application behind the department's own.

TLS ends where the department ends it: in front of these, or by an `ssl.SSLContext` given to `serve`.
"""

import asyncio
import logging
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from hub_client.providing.endpoint import MOST_QUESTION, Endpoint, Failure, Handed, problem

MOST_AT_ONCE = 32
READ_S = 30
_PIECE = 65_536
_LOG = logging.getLogger("hub_client.providing")

Event = MutableMapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class ProviderServer(ThreadingHTTPServer):
    """One thread a question, at most 32 at once; who comes then is told so at once. Close it with `shutdown` and `server_close`."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, endpoint: Endpoint, address: tuple[str, int], tls: ssl.SSLContext | None = None) -> None:
        """Bind; port 0 takes a free one."""
        self.endpoint, self.path = endpoint, urlsplit(endpoint.url).path or "/"
        self.room = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(address, _Handler)
        if tls is not None:  # the handshake happens in the connection's own thread, under its own time-out
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is said in one line; nothing that it sent is."""
        _LOG.info("a connection broke off")


class _Handler(BaseHTTPRequestHandler):
    """POST to the endpoint's own path; everything else is refused."""

    server: ProviderServer
    protocol_version = "HTTP/1.1"
    server_version = "hub-provide"
    sys_version = ""
    timeout = READ_S

    def do_POST(self) -> None:
        """One question. The connection ends after it: what was not read can be taken for nothing."""
        self.close_connection = True
        if not self.server.room.acquire(blocking=False):
            self._reply(problem(Failure(503, "BUSY", "too many questions at once")))
            return
        try:
            self._reply(self._handed())
        finally:
            self.server.room.release()

    def _handed(self) -> Handed:
        if self.path != self.server.path:
            return problem(Failure(404, "NO_SUCH_CALL", "the hub asks at the published address"))
        try:
            body = self._body()
        except Failure as failure:
            _LOG.warning("refused: %s %s (%s)", failure.status, failure.code, failure)
            return problem(failure)
        pairs = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in self.headers.items()]
        return self.server.endpoint.handle(pairs, body)

    def _body(self) -> bytes:
        length = _length(self.headers.get_all("content-length", []), has_other="transfer-encoding" in self.headers)
        parts, left, until = [], length, time.monotonic() + READ_S
        while left:
            part = self.rfile.read1(min(left, _PIECE)) if time.monotonic() < until else b""
            if not part:
                raise Failure(408, "CUT_SHORT", "the question did not come in time, or not whole")
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def _reply(self, handed: Handed) -> None:
        self.send_response_only(handed.status)
        for name, value in handed.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(handed.body)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(handed.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the endpoint logs errands and never addresses."""


def _length(given: list[str], *, has_other: bool) -> int:
    """The body's length. Raises Failure where none, or more than one, or too large a one is told."""
    if has_other or len(given) != 1 or not given[0].isascii() or not given[0].isdecimal():
        raise Failure(411, "LENGTH", "a question has one Content-Length and no Transfer-Encoding")
    if len(given[0]) > 9 or int(given[0]) > MOST_QUESTION:
        raise Failure(413, "TOO_LARGE", f"a question has at most {MOST_QUESTION} bytes")
    return int(given[0])


def serve(endpoint: Endpoint, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> None:
    """Serve until interrupted."""
    with ProviderServer(endpoint, (host, port), tls) as server:
        server.serve_forever()


def wsgi_application(endpoint: Endpoint) -> Callable[[Mapping[str, Any], StartResponse], Iterable[bytes]]:
    """The endpoint as a WSGI application (PEP 3333), mounted wherever the department's server likes."""

    def application(environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        handed = _of_wsgi(endpoint, environ)
        told = [*handed.headers.items(), ("content-length", str(len(handed.body)))]
        start_response(f"{handed.status} {'OK' if handed.status == 200 else 'Refused'}", told)
        return [handed.body]

    return application


def _of_wsgi(endpoint: Endpoint, environ: Mapping[str, Any]) -> Handed:
    try:
        _require_post(str(environ["REQUEST_METHOD"]))
        length = _length([environ.get("CONTENT_LENGTH") or ""], has_other="HTTP_TRANSFER_ENCODING" in environ)
    except Failure as failure:
        return problem(failure)
    names = {name: name[5:].replace("_", "-").lower() for name in environ if name.startswith("HTTP_")}
    pairs = [(told.encode(), str(environ[name]).encode("latin-1", "replace")) for name, told in names.items() if told != "content-type"]
    pairs.append((b"content-type", str(environ.get("CONTENT_TYPE", "")).encode("latin-1", "replace")))
    return endpoint.handle(pairs, environ["wsgi.input"].read(length))


def _require_post(method: str) -> None:
    if method != "POST":
        raise Failure(405, "NOT_POST", "the hub asks by POST")


class AsgiApplication:
    """The endpoint as an ASGI 3 application. The department's function runs in a thread of its own pool, so the loop goes on."""

    def __init__(self, endpoint: Endpoint, *, threads: int = 8) -> None:
        """`threads`: how many questions are answered at the same time."""
        self._endpoint = endpoint
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="hub-provide")

    async def __call__(self, scope: Event, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]) -> None:
        """Answer one HTTP request; the lifespan of the server needs nothing from us."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise ValueError("this application answers HTTP only")
        handed = await self._handed(scope, receive)
        headers = [(name.encode(), value.encode("latin-1")) for name, value in handed.headers.items()]
        headers.append((b"content-length", str(len(handed.body)).encode()))
        await send({"type": "http.response.start", "status": handed.status, "headers": headers})
        await send({"type": "http.response.body", "body": handed.body})

    async def _handed(self, scope: Event, receive: Callable[[], Awaitable[Event]]) -> Handed:
        try:
            _require_post(scope["method"])
            async with asyncio.timeout(READ_S):
                body = await _whole(receive)
        except Failure as failure:
            return problem(failure)
        except TimeoutError:
            return problem(Failure(408, "CUT_SHORT", "the question did not come in time"))
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._endpoint.handle, list(scope["headers"]), body)


async def _whole(receive: Callable[[], Awaitable[Event]]) -> bytes:
    parts, size, more = [], 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Failure(408, "CUT_SHORT", "the caller has gone")
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if size > MOST_QUESTION:
            raise Failure(413, "TOO_LARGE", f"a question has at most {MOST_QUESTION} bytes")
        more = event.get("more_body", False)
    return b"".join(parts)


async def _lifespan(receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
