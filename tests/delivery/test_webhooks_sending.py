"""Hostile receivers of webhooks hurt nobody: each costs one try, within one deadline, and nothing that they send is read."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from exchange.delivery.webhooks import sending
from exchange.delivery.webhooks.sending import Outcome, post

LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.EGRESS_ALLOW_LOOPBACK = True


@contextmanager
def receiver(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A receiver on this machine that does what `answer` does with each connection; its address, and what it was sent."""
    listening, requests = socket.create_server(("127.0.0.1", 0)), list[bytes]()

    def serve() -> None:
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(30)
                try:
                    requests.append(connection.recv(65_536))
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/in", requests
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(30)


def sent(url: str, networks: list[str] = LOOPBACK) -> Outcome:
    return post(url, networks=networks, ports=[sending.port_of(url)], headers={"webhook-id": "msg_1"}, body=b'{"type":"x"}')


def says(status: str, *headers: str, body: bytes = b"") -> Callable[[socket.socket], None]:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "", ""])
    return lambda connection: connection.sendall(head.encode() + body)


def test_what_is_sent_is_the_message_with_its_headers() -> None:
    with receiver(says("204 No Content")) as (url, requests):
        assert sent(url) == Outcome(204)
    assert requests[0].startswith(b"POST /in HTTP/1.1\r\n")
    assert b"webhook-id: msg_1\r\n" in requests[0]
    assert f"host: {url.split('/')[2]}".encode() in requests[0].lower()


@pytest.mark.parametrize("status", ["200 OK", "301 Moved", "404 Not Found", "410 Gone", "429 Too Many", "500 Wrong"])
def test_the_status_is_what_came_of_it(status: str) -> None:
    with receiver(says(status)) as (url, _requests):
        assert sent(url).status == int(status[:3])


def test_a_redirect_is_followed_nowhere() -> None:
    with receiver(says("200 OK")) as (inner, inner_requests), receiver(says("302 Found", f"location: {inner}")) as (url, _requests):
        assert sent(url) == Outcome(302)
    assert inner_requests == []


def test_a_huge_answer_is_not_read() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n")
        while True:
            connection.sendall(b"a" * 65_536)

    with receiver(flood) as (url, _requests):
        assert sent(url) == Outcome(200)


def test_endless_headers_are_no_answer() -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"x-more: " + b"a" * 60_000 + b"\r\n")

    with receiver(flood) as (url, _requests):
        assert sent(url).status is None


def test_a_receiver_that_says_nothing_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LIMIT_S", 0.3)
    released = threading.Event()
    with receiver(lambda connection: released.wait(60) and None) as (url, _requests):
        assert sent(url).reason in ("TIMEOUT", "CONNECT")
        released.set()


def test_a_receiver_that_answers_drop_by_drop_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LIMIT_S", 0.5)
    released = threading.Event()

    def drip(connection: socket.socket) -> None:
        while not released.wait(0.05):
            connection.sendall(b"H")

    with receiver(drip) as (url, _requests):
        assert sent(url).status is None
        released.set()


@pytest.mark.parametrize(
    ("url", "networks"),
    [
        ("https://169.254.169.254/latest", ["169.254.0.0/16"]),
        ("https://[::ffff:10.0.0.1]/", ["::ffff:0:0/96"]),
        ("https://10.9.0.1/", ["10.20.0.0/16"]),
        ("https://0.0.0.0/", ["0.0.0.0/0"]),
    ],
)
def test_an_address_that_is_never_called_is_not_called(url: str, networks: list[str]) -> None:
    assert sent(url, networks) == Outcome(None, "EGRESS_DENIED")


def test_this_machine_is_called_only_where_tests_allow_it(settings: Any) -> None:
    with receiver(says("200 OK")) as (url, requests):
        settings.EGRESS_ALLOW_LOOPBACK = False
        assert sent(url) == Outcome(None, "EGRESS_DENIED")
        assert sent(url.replace("http:", "https:")) == Outcome(None, "EGRESS_DENIED")
    assert requests == []


def test_another_port_than_those_that_were_confirmed_is_not_called() -> None:
    with receiver(says("200 OK")) as (url, requests):
        assert post(url, networks=LOOPBACK, ports=[443], headers={}, body=b"") == Outcome(None, "EGRESS_DENIED")
    assert requests == []


def test_nobody_there_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert sent(f"http://127.0.0.1:{port}/") == Outcome(None, "CONNECT")
