"""Answers that come later, at the command line and through the relay: waited for, or named and fetched once."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hub_client import command
from hub_client.configuration import write
from hub_client.relay import RelayServer
from hub_client.testing import AGREEMENT, FakeHub

PERSON = "510104194001010011"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub on this machine, and a hub.toml for it in the folder where the command is typed."""
    found = FakeHub(records={PERSON: [{"grade": 2}]})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hub_client.results._PAUSES_S", (0,))
    with found.served():
        write(tmp_path / "hub.toml", found.configuration(tmp_path))
        yield found


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = command.main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_wait_waits_and_both_receipts_are_filed(hub: FakeHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub.wait(3)
    code, shown = run(capsys, "query", "--subject", PERSON, "--wait", "60")
    assert (code, shown["answer"]["records"]) == (0, [{"grade": 2}])
    assert len(list((tmp_path / "receipts").glob("2*.json"))) == 2


def test_without_wait_the_command_says_how_to_fetch_it_and_result_does_it_once(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.wait(2)
    assert command.main(["query", "--subject", PERSON, "--idempotency-key", "k" * 16]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "hub result" in line]
    words = line.partition("hub result ")[2].split()
    assert hub.sent[0][1]["idempotency_key"] == "k" * 16
    code, shown = run(capsys, "result", *words[:2])
    assert (code, shown["state"]) == (0, "WAITING")
    code, shown = run(capsys, "result", *words)
    assert (code, shown["answer"]["records"]) == (0, [{"grade": 2}])
    code, shown = run(capsys, "result", *words)
    assert (code, shown["error"]["code"]) == (3, "RESULT_UNKNOWN")


def test_a_result_is_named_rightly_or_not_asked_for(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = run(capsys, "result", AGREEMENT, "../keys")
    assert (code, shown["error"]["code"]) == (2, "BAD_INTENT")


def test_the_relay_passes_a_202_on_with_a_path_of_its_own(hub: FakeHub, tmp_path: Path) -> None:
    hub.wait(2)
    server = RelayServer(hub.session(tmp_path), tmp_path / "kept", port=0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        asked = json.dumps({"purpose": "testing", "subject": PERSON}).encode()
        status, place, told = talk(server, "POST", f"/{AGREEMENT}/query", asked)
        assert (status, told["state"], told["result"]) == (202, "WAITING", place)
        assert [talk(server, "GET", place)[0] for _ in range(2)] == [202, 200]
        assert talk(server, "GET", place)[0] == 404
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def talk(server: RelayServer, method: str, path: str, body: bytes | None = None) -> tuple[int, str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.request(method, path, body, {"content-type": "application/json"})
    with connection.getresponse() as response:
        found = response.status, response.headers.get("location", ""), json.loads(response.read())
    connection.close()
    return found
