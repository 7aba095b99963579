"""What somebody meets who is new to the hub, or careless, or malicious: each is told what to do, and nobody else is disturbed."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from audit.proof.canonical import fresh_nonce
from audit.proof.message import content_digest
from tests.journeys.calling import Department, Heard, Machine, Signed, question, send
from tests.journeys.hub_process import HOST, RunningHub, free_port

REPLAYS = 100
NOBODY = "a" * 32


@pytest.fixture
def machine(hub: RunningHub) -> Machine:
    """A system of its own, so that refusals here count against nobody else."""
    return Machine(hub, "HSG-rental")


@pytest.fixture
def path(hub: RunningHub) -> str:
    """Where this system may ask."""
    return f"/exchange/v1/{hub.agreement('HSG-rental', 'R13')['id']}/query"


@pytest.fixture
def signed(hub: RunningHub, machine: Machine, path: str) -> Signed:
    """A call that is in order."""
    return machine.sign(path, question(hub.agreement("HSG-rental", "R13")))


def refused(heard: Heard, status: int, code: str) -> str:
    """The sentence of a refusal with this status and code; it is a problem of RFC 9457."""
    assert (heard.status, heard.code) == (status, code), heard.body
    assert heard.headers["content-type"] == "application/problem+json"
    assert heard.document["status"] == status
    return str(heard.document["detail"])


def test_a_hub_that_is_not_there(department: Department) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    ended = department.hub("query", "--dataset", "R14", "--subject", "1", "--retries", "1", "--base-url", address)
    assert ended.code == 4
    assert address.removeprefix("http://") in ended.err
    assert "Traceback" not in ended.err


def test_a_call_that_was_signed_for_another_address_is_told_ours(hub: RunningHub, machine: Machine, path: str) -> None:
    heard = machine.call(path, {"purpose": "x"}, target=f"http://127.0.0.1:{hub.port + 1}{path}")
    assert hub.url + path in refused(heard, 401, "SIGNATURE_WRONG")


def test_another_systems_key_opens_nothing(hub: RunningHub, path: str) -> None:
    refused(Machine(hub, "HSG-rental", key_of="CAB-relief").call(path, {"purpose": "x"}), 401, "SIGNATURE_WRONG")


def test_a_call_without_signature_is_told_which_headers_to_send(hub: RunningHub, path: str) -> None:
    headers = {"content-type": "application/json"}
    assert "Content-Digest" in refused(send(hub, Signed(path, headers, b"{}")), 401, "DIGEST_MISSING")
    headers["content-digest"] = content_digest(b"{}")
    assert "Signature-Input" in refused(send(hub, Signed(path, headers, b"{}")), 401, "SIGNATURE_MISSING")


@pytest.mark.parametrize("body", [b"", b"not json", b"[1, 2", b'{"purpose": "x", "purpose": "y"}', b"\xff\xfe", b"[" * 5000])
def test_a_body_that_is_no_json_is_refused_with_a_receipt(machine: Machine, path: str, body: bytes) -> None:
    heard = machine.call(path, body)
    assert heard.status == 400, heard.body
    assert heard.document["receipt"]["leaf"].startswith("sha256:")


def test_a_member_that_is_not_known_is_named(machine: Machine, path: str) -> None:
    heard = machine.call(path, {"purpose": "public_rental_housing", "subject": "510102198804120265", "colour": "red"})
    assert heard.status == 400
    assert "colour" in heard.document["detail"]


def test_a_body_of_two_megabytes_is_too_large(machine: Machine, path: str) -> None:
    refused(machine.call(path, b" " * (2 << 20)), 413, "TOO_LARGE")


def test_an_agreement_that_nobody_signed_is_refused_with_a_receipt(machine: Machine) -> None:
    heard = machine.call(f"/exchange/v1/{NOBODY}/query", {"purpose": "x", "subject": "510102198804120265"})
    refused(heard, 404, "NO_AGREEMENT")
    assert "receipt" in heard.document


def test_an_address_that_is_none_is_told_the_right_ones(machine: Machine) -> None:
    assert "/exchange/v1/" in refused(machine.call("/exchange/v1/my-agreement/query", {}), 404, "NO_SUCH_CALL")


def test_a_query_string_is_refused(hub: RunningHub, signed: Signed) -> None:
    refused(send(hub, Signed(f"{signed.path}?subject=1", signed.headers, signed.body)), 400, "QUERY_STRING")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_asks(hub: RunningHub, signed: Signed, method: str) -> None:
    refused(send(hub, signed, method=method), 405, "METHOD_NOT_ALLOWED")


def test_a_body_in_chunks_is_the_same_body(hub: RunningHub, signed: Signed) -> None:
    with contextlib.closing(hub.connect()) as connection:
        connection.request("POST", signed.path, body=pieces(signed.body), headers=signed.headers, encode_chunked=True)
        with connection.getresponse() as answer:
            assert answer.status == 200, answer.read()
            assert b'"receipt"' in answer.read()


def test_one_connection_serves_call_after_call(hub: RunningHub, machine: Machine, path: str) -> None:
    agreement = hub.agreement("HSG-rental", "R13")
    with contextlib.closing(hub.connect()) as connection:
        for number in range(3):
            call = machine.sign(path, question(agreement, number))
            connection.request("POST", call.path, body=call.body, headers=call.headers)
            with connection.getresponse() as answer:
                assert answer.status == 200, answer.read()
                assert b'"receipt"' in answer.read()


def test_one_that_asks_first_whether_to_send_the_body_is_told_to_go_on(hub: RunningHub, signed: Signed) -> None:
    polite = Signed(signed.path, {**signed.headers, "expect": "100-continue"}, signed.body)
    with begun(hub, polite, 0) as connection:
        assert connection.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(polite.body)
        assert connection.recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"


def pieces(body: bytes) -> Iterator[bytes]:
    """The body, seven bytes at a time."""
    yield from (body[start : start + 7] for start in range(0, len(body), 7))


def test_one_that_sends_slowly_keeps_nobody_waiting(hub: RunningHub, machine: Machine, signed: Signed) -> None:
    half = len(signed.body) // 2
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(begun(hub, signed, half)) for _ in range(20)]
        agreement = hub.agreement("HSG-rental", "R13")
        for number in range(5):
            assert machine.call(signed.path, question(agreement, number)).status == 200
        slow[0].sendall(signed.body[half:])
        assert slow[0].recv(12, socket.MSG_WAITALL) == b"HTTP/1.1 200"


@contextlib.contextmanager
def begun(hub: RunningHub, signed: Signed, size: int) -> Iterator[socket.socket]:
    """A connection over which the head and `size` bytes of the body have gone."""
    lines = [f"POST {signed.path} HTTP/1.1", f"Host: {HOST}:{hub.port}", f"Content-Length: {len(signed.body)}"]
    lines += [f"{name}: {value}" for name, value in signed.headers.items()]
    with socket.create_connection((HOST, hub.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + signed.body[:size])
        yield connection


def test_one_that_leaves_in_the_middle_disturbs_nobody(hub: RunningHub, machine: Machine, signed: Signed) -> None:
    for _ in range(10):
        with begun(hub, signed, len(signed.body) // 2):
            time.sleep(0.01)
    assert machine.call(signed.path, question(hub.agreement("HSG-rental", "R13"))).status == 200


def test_of_a_hundred_simultaneous_replays_one_is_answered(hub: RunningHub, signed: Signed) -> None:
    gate = threading.Barrier(REPLAYS)

    def replay(_number: int) -> Heard:
        with contextlib.closing(hub.connect(60)) as connection:
            connection.connect()
            gate.wait(60)
            connection.request("POST", signed.path, body=signed.body, headers=signed.headers)
            with connection.getresponse() as answer:
                return Heard(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    with ThreadPoolExecutor(REPLAYS) as pool:
        heard = list(pool.map(replay, range(REPLAYS)))
    assert Counter(one.status for one in heard) == {200: 1, 409: REPLAYS - 1}
    assert {one.code for one in heard if one.status == 409} == {"REPLAYED"}
    assert sum("receipt" in one.document for one in heard) == 1


def test_a_salt_is_required_and_long(machine: Machine, path: str) -> None:
    heard = machine.call(path, {"purpose": "public_rental_housing", "subject": "510102198804120265", "salt": fresh_nonce()[:8]})
    assert heard.status == 400
    assert "salt" in heard.document["detail"]
