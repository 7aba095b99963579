"""One HTTP request to the hub: no redirects, no proxy from the environment, no decompression, bounded answers."""

import http.client
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from audit.proof.message import MessageError, single_headers
from hub_client.errors import DataError, NetworkError

TIMEOUT_S = 30.0
MAX_ANSWER = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: headers with lower-case names, the body's raw bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Carries one request to the hub."""

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """Send to a path that begins with a slash; raise NetworkError or DataError."""


class Connection:
    """The hub over HTTP or HTTPS. A connection of its own for each request, so threads share nothing."""

    def __init__(self, address: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """`address` is scheme, host and port, with no slash at its end."""
        self._parts = urlsplit(address)
        self._timeout_s = timeout_s

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """Send one request; raise NetworkError where there is no whole answer."""
        connection = self._open()
        with self._told():
            try:
                return self._exchanged(connection, method, path, headers, body)
            finally:
                connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever goes wrong on the way, as an error that says so."""
        try:
            yield
        except TimeoutError:
            raise NetworkError("TIMEOUT", f"the hub did not answer within {self._timeout_s:g} s") from None
        except ssl.SSLError as error:
            raise NetworkError("TLS", f"no secure connection to {self._parts.netloc}: {error.reason}") from None
        except (OSError, http.client.HTTPException) as error:
            raise NetworkError("UNREACHABLE", f"the hub at {self._parts.netloc} cannot be reached: {error}") from None

    def _exchanged(
        self, connection: http.client.HTTPConnection, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Reply:
        """One request and its whole answer; what the sockets raise goes through."""
        connection.request(method, self._parts.path + path, body=body, headers={"accept-encoding": "identity", **headers})
        with connection.getresponse() as response:
            content = response.read(MAX_ANSWER + 1)
            pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.getheaders()]
            status, missing = response.status, response.length or 0
        if len(content) > MAX_ANSWER:
            raise DataError("TOO_LARGE", "the answer is larger than a client accepts")
        if missing:
            raise NetworkError("CUT_SHORT", "the connection ended in the middle of the answer")
        return Reply(status, _headers(pairs), content)

    def _open(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=self._timeout_s, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=self._timeout_s)


def _headers(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    try:
        return single_headers(pairs)
    except MessageError as error:
        raise DataError("BAD_ANSWER", f"the answer's headers: {error}") from None
