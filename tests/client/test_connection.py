"""The bare HTTP below a call: what a broken, slow or curious server does is named, and nothing is followed."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hub_client.connection import Connection
from hub_client.errors import ClientError, DataError, NetworkError


@contextmanager
def answering(raw: bytes | None) -> Iterator[str]:
    """A server that gives one fixed answer, or none at all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                if raw is None:
                    over.wait(10)
                else:
                    connection.sendall(raw)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def sent(raw: bytes | None, *, timeout_s: float = 5) -> str:
    with answering(raw) as address, pytest.raises(ClientError) as caught:
        Connection(address, timeout_s=timeout_s).send("GET", "/", headers={}, body=None)
    return caught.value.code


def test_a_whole_answer_comes_back_as_it_is() -> None:
    with answering(b"HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 2\r\n\r\nhi") as address:
        reply = Connection(address).send("GET", "/", headers={}, body=None)
    assert (reply.status, reply.body) == (302, b"hi")  # and the redirect is not followed
    assert reply.headers["location"] == "http://evil.example/"


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("UNREACHABLE", b""),
        ("UNREACHABLE", b"nonsense\r\n\r\n"),
        ("CUT_SHORT", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"),
        ("BAD_ANSWER", b"HTTP/1.1 200 OK\r\nSignature: a\r\nSignature: b\r\nContent-Length: 0\r\n\r\n"),
        ("BAD_ANSWER", b"HTTP/1.1 200 OK\r\nContent-Digest: a\r\ncontent-digest: b\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_a_broken_answer_is_named(code: str, raw: bytes) -> None:
    assert sent(raw) == code


def test_silence_ends_after_the_time_out() -> None:
    assert sent(None, timeout_s=0.1) == "TIMEOUT"


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_client.connection.MAX_ANSWER", 3)
    assert sent(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlong") == "TOO_LARGE"


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as address:
        assert Connection(address).send("GET", "/", headers={}, body=None).status == 200


def test_a_server_that_speaks_no_tls_is_named() -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as address, pytest.raises(NetworkError) as caught:
        Connection(address.replace("http:", "https:")).send("GET", "/", headers={}, body=None)
    assert caught.value.code == "TLS"
    assert not isinstance(caught.value, DataError)
