"""The local relay: any program of the department posts plain JSON here; the relay signs, sends, verifies and files.

It listens on this machine alone. Browsers are kept out: a page that somebody visits must not ask for anybody's data.
"""

import re
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from audit.proof.canonical import CanonicalError, dumps, loads
from hub_client import results
from hub_client.errors import DataError, NetworkError, RefusedError, UsageError
from hub_client.filing import file_answer
from hub_client.session import Answered, Session, ask

PORT = 8077
LOOPBACK = "127.0.0.1"
MAX_BODY = 1_048_576
METHODS = frozenset({"verify", "query", "batch"})
_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_RESULT = re.compile(r"/([a-z2-7]{32})/results/([0-9a-f]{64})")
_READ_TIMEOUT_S = 30
_MOST_DISCARDED = 16 * MAX_BODY


class RelayServer(ThreadingHTTPServer):
    """One thread a call; ends without waiting for slow callers."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, session: Session, folder: Path, port: int = PORT) -> None:
        """Bind to the loopback address and nothing else. Port 0 takes a free one."""
        self.session, self.folder = session, folder
        super().__init__((LOOPBACK, port), _Handler)


class _Refused(Exception):
    """The relay itself refuses; nothing is sent to the hub."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code = status, code


class _Handler(BaseHTTPRequestHandler):
    """Plain JSON in, plain JSON out."""

    server: RelayServer
    protocol_version = "HTTP/1.1"
    server_version = "hub-relay"
    sys_version = ""
    timeout = _READ_TIMEOUT_S

    def do_POST(self) -> None:
        """POST /{agreement}/{verify|query|batch}."""
        try:
            require_local_program(self.headers)
            agreement, method = _route(self.path)
            status, answer = relayed(self.server.session, self.server.folder, agreement, method, self._body())
        except _Refused as error:
            # What was not read of the body would be taken for the next request.
            self.close_connection = True
            status, answer = error.status, _problem(error.status, error.code, str(error))
        self._reply(status, answer)

    def do_GET(self) -> None:
        """GET /healthz: whether the relay runs, and for which system; GET /{agreement}/results/{intent}: what a call has come to."""
        try:
            require_local_program(self.headers, with_body=False)
            if found := _RESULT.fullmatch(self.path):
                status, answer = collected(self.server.session, self.server.folder, found[1], found[2])
            elif self.path == "/healthz":
                status, answer = 200, {"status": "running", "keyid": self.server.session.signer.keyid}
            else:
                raise _Refused(404, "NO_SUCH_CALL", "POST to /{agreement}/verify, query or batch")
        except _Refused as error:
            status, answer = error.status, _problem(error.status, error.code, str(error))
        self._reply(status, answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a path holds no secret, but a habit of logging calls would grow."""

    def _body(self) -> dict[str, Any]:
        if "transfer-encoding" in self.headers or "content-encoding" in self.headers:
            raise _Refused(400, "ENCODING", "send a plain body with Content-Length")
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or len(self.headers.get_all("content-length", [])) != 1:
            raise _Refused(411, "LENGTH", "send Content-Length")
        if int(length) > MAX_BODY:
            self._discard(int(length))
            raise _Refused(413, "TOO_LARGE", f"send at most {MAX_BODY} bytes")
        return _wire(self.rfile.read(int(length)))

    def _discard(self, length: int) -> None:
        """Read away a body that is too long, within reason: many programs read no answer before theirs is sent."""
        left = min(length, _MOST_DISCARDED)
        while left > 0 and (chunk := self.rfile.read(min(left, 65536))):
            left -= len(chunk)

    def _reply(self, status: int, answer: Mapping[str, Any]) -> None:
        raw = dumps(dict(answer))
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status == 202:
            self.send_header("Location", str(answer["result"]))
            self.send_header("Retry-After", "1")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw)


def require_local_program(headers: Any, *, with_body: bool = True) -> None:
    """Refuse what a browser sends, and any Host that is not this machine (a name that was rebound to it)."""
    hosts = headers.get_all("host", [])
    host = hosts[0].rpartition(":")[0] or hosts[0] if len(hosts) == 1 else ""
    if host not in _HOSTS and (len(hosts) != 1 or hosts[0] not in _HOSTS):
        raise _Refused(403, "NOT_LOCAL", "call the relay as 127.0.0.1 or localhost")
    if "origin" in headers or "referer" in headers or headers.get("sec-fetch-site", "none") != "none":
        raise _Refused(403, "BROWSER", "the relay serves programs on this machine, not pages in a browser")
    if with_body and headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _Refused(415, "NOT_JSON", "send Content-Type: application/json")


def relayed(session: Session, folder: Path, agreement: str, method: str, wire: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Ask the hub and file the receipt; the status and the JSON for the local program.

    A refusal keeps the hub's status and problem; 202 says in `result` and Location where to ask later. What cannot be
    verified is 502, an unreachable hub 504.
    """
    return _local(session, folder, lambda: ask(session, agreement, method, wire))


def collected(session: Session, folder: Path, agreement: str, intent: str) -> tuple[int, dict[str, Any]]:
    """What a call that waited has come to, in the same form; 202 while it still waits."""
    return _local(session, folder, lambda: results.collect(session, agreement, intent))


def _local(session: Session, folder: Path, call: Callable[[], Answered]) -> tuple[int, dict[str, Any]]:
    try:
        answered = call()
        receipt_file = file_answer(folder, answered, session)
    except RefusedError as error:
        return error.status, {**error.problem, "status": error.status}
    except NetworkError as error:
        return 504, _problem(504, error.code, str(error))
    except UsageError as error:
        return 500, _problem(500, error.code, str(error))
    except DataError as error:
        return 502, _problem(502, error.code, str(error))
    plain = {name: value for name, value in answered.body.items() if name != "receipt"}
    if answered.is_waiting:
        named = results.told_later(answered)
        plain["result"] = f"/{named['agreement']}/results/{named['intent']}"
    return answered.status, {**plain, "receipt_file": receipt_file}


def _route(path: str) -> tuple[str, str]:
    parts = urlsplit(path)
    steps = parts.path.split("/")
    if parts.query or len(steps) != 3 or steps[2] not in METHODS or not steps[1].isalnum():
        raise _Refused(404, "NO_SUCH_CALL", "POST to /{agreement}/verify, query or batch")
    return steps[1], steps[2]


def _wire(raw: bytes) -> dict[str, Any]:
    try:
        document = loads(raw)
    except CanonicalError as error:
        raise _Refused(400, "BAD_JSON", f"send strict JSON: {error}") from None
    if not isinstance(document, dict):
        raise _Refused(400, "BAD_JSON", "send a JSON object")
    if "salt" in document:
        raise _Refused(400, "SALT", "leave salt out: the relay makes a fresh one for each request")
    return document


def _problem(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"urn:mianzheng:relay:{code.lower()}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": detail,
    }
