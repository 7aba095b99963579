"""The relay over a real socket: plain JSON in and out for programs of this machine, and for nobody else."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hub_client.relay import RelayServer

from tests.client.fake_hub import AGREEMENT, SYSTEM_KEYID, FakeHub, session

WIRE: dict[str, Any] = {"purpose": "old_age_allowance", "subject": "510104194001010011"}
JSON = {"Content-Type": "application/json"}
Relay = tuple[FakeHub, RelayServer, Path]


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    hub = FakeHub()
    folder = tmp_path / "receipts"
    server = RelayServer(session(hub, tmp_path), folder, port=0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield hub, server, folder
    server.shutdown()
    thread.join()
    server.server_close()


def talk(
    relay: Relay, path: str, body: Any = None, *, method: str = "POST", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", relay[1].server_port, timeout=60)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request(method, path, raw if method == "POST" else None, JSON if headers is None else headers)
    response = connection.getresponse()
    status, content = response.status, json.loads(response.read())
    connection.close()
    return status, content


def test_plain_json_goes_in_and_comes_out(relay: Relay) -> None:
    status, answer = talk(relay, f"/{AGREEMENT}/query", WIRE)
    assert status == 200
    assert answer["answer"]["records"] == [{"grade": 2}]
    assert "receipt" not in answer
    assert Path(answer["receipt_file"]).parent == relay[2]
    assert Path(answer["receipt_file"]).is_file()
    assert relay[0].sent[0][0].keyid == SYSTEM_KEYID


def test_it_listens_on_this_machine_alone(relay: Relay) -> None:
    assert relay[1].server_address[0] == "127.0.0.1"


def test_a_refusal_keeps_its_status_and_its_receipt(relay: Relay) -> None:
    relay[0].refusal = {"status": 403, "code": "REVOKED", "detail": "the agreement was revoked"}
    status, problem = talk(relay, f"/{AGREEMENT}/query", WIRE)
    assert (status, problem["code"]) == (403, "REVOKED")
    assert Path(problem["receipt_file"]).is_file()


def test_a_refusal_at_the_door_and_a_dead_hub_are_told_apart(relay: Relay) -> None:
    relay[0].door = (401, "KEY_UNKNOWN")
    assert talk(relay, f"/{AGREEMENT}/query", WIRE)[0] == 401
    relay[0].unreachable = 1
    assert talk(relay, f"/{AGREEMENT}/query", WIRE)[0] == 504


def test_an_answer_that_does_not_verify_is_never_handed_on(relay: Relay) -> None:
    relay[0].lie_body = lambda body: {**body, "answer": {"state": "NO_RECORD"}}
    status, problem = talk(relay, f"/{AGREEMENT}/query", WIRE)
    assert (status, problem["code"]) == (502, "BAD_RECEIPT")
    assert "NO_RECORD" not in json.dumps(problem)


@pytest.mark.parametrize(
    "host", ["hub.example", "evil.example:8077", "127.0.0.1.evil.example", "10.0.0.5:8077", "localhost.evil", "[::2]:80", ""]
)
def test_a_name_that_was_rebound_to_this_machine_is_refused(relay: Relay, host: str) -> None:
    status, problem = talk(relay, f"/{AGREEMENT}/query", WIRE, headers={**JSON, "Host": host})
    assert (status, problem["code"]) == (403, "NOT_LOCAL")
    assert not relay[0].sent


@pytest.mark.parametrize("host", ["localhost", "localhost:8077", "127.0.0.1:1", "[::1]:8077", "[::1]"])
def test_the_names_of_this_machine_are_accepted(relay: Relay, host: str) -> None:
    assert talk(relay, f"/{AGREEMENT}/query", WIRE, headers={**JSON, "Host": host})[0] == 200


@pytest.mark.parametrize(
    "header",
    [
        {"Origin": "http://localhost:8077"},
        {"Origin": "null"},
        {"Referer": "http://127.0.0.1/"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_browser_is_refused(relay: Relay, header: dict[str, str]) -> None:
    status, problem = talk(relay, f"/{AGREEMENT}/query", WIRE, headers={**JSON, **header})
    assert (status, problem["code"]) == (403, "BROWSER")
    assert talk(relay, "/healthz", method="GET", headers=header)[0] == 403
    assert not relay[0].sent


@pytest.mark.parametrize(
    ("status", "path", "body", "headers"),
    [
        (404, "/", WIRE, JSON),
        (404, f"/{AGREEMENT}/exports", WIRE, JSON),
        (404, f"/{AGREEMENT}/query/x", WIRE, JSON),
        (404, f"/{AGREEMENT}/query?x=1", WIRE, JSON),
        (404, "/../query", WIRE, JSON),
        (415, f"/{AGREEMENT}/query", WIRE, {"Content-Type": "text/plain"}),
        (415, f"/{AGREEMENT}/query", WIRE, {"Content-Type": "application/x-www-form-urlencoded"}),
        (400, f"/{AGREEMENT}/query", b"{", JSON),
        (400, f"/{AGREEMENT}/query", b"[]", JSON),
        (400, f"/{AGREEMENT}/query", b'{"purpose":"p","subject":1.5}', JSON),
        (400, f"/{AGREEMENT}/query", b'{"a":1,"a":2}', JSON),
        (400, f"/{AGREEMENT}/query", {**WIRE, "salt": "A" * 22}, JSON),
        (400, f"/{AGREEMENT}/query", WIRE, {**JSON, "Content-Encoding": "gzip"}),
        (413, f"/{AGREEMENT}/query", b" " * 1_048_577, JSON),
    ],
)
def test_what_is_no_call_is_refused_here(relay: Relay, status: int, path: str, body: Any, headers: dict[str, str]) -> None:
    assert talk(relay, path, body, headers=headers)[0] == status
    assert not relay[0].sent


def test_health_tells_the_system_and_nothing_else(relay: Relay) -> None:
    assert talk(relay, "/healthz", method="GET") == (200, {"status": "running", "keyid": SYSTEM_KEYID})
    assert talk(relay, "/receipts", method="GET")[0] == 404


@pytest.mark.parametrize(
    ("status", "lines"),
    [
        (411, [b"Host: localhost"]),
        (411, [b"Host: localhost", b"Content-Length: x"]),
        (411, [b"Host: localhost", b"Content-Length: -1"]),
        (411, [b"Host: localhost", b"Content-Length: 2", b"Content-Length: 3"]),
        (400, [b"Host: localhost", b"Transfer-Encoding: chunked"]),
        (403, [b"Host: localhost", b"Host: localhost", b"Content-Length: 2"]),
        (403, [b"Content-Length: 2"]),
    ],
)
def test_a_request_that_two_readers_could_read_differently_is_refused(relay: Relay, status: int, lines: list[bytes]) -> None:
    head = [f"POST /{AGREEMENT}/query HTTP/1.1".encode(), b"Content-Type: application/json", *lines]
    with socket.create_connection(("127.0.0.1", relay[1].server_port), timeout=60) as connection:
        connection.sendall(b"\r\n".join(head) + b"\r\n\r\n{}")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"Connection: close" in answer
    assert not relay[0].sent
