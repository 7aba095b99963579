"""The supervisor, on stand-ins: it starts, keeps, and ends everything that it started."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.starting.stand_ins import FAIL, SLEEP, Hub, processes_about, wait_for

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for left processes in /proc")
Start = Callable[..., Hub]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Hub] = []

    def _start(**changes: str) -> Hub:
        started.append(Hub(tmp_path / "home", **changes))
        return started[-1]

    yield _start
    for hub in started:
        hub.end()


def _groups(hub: Hub) -> dict[str, int]:
    groups: dict[str, int] = json.loads((hub.home / "processes.json").read_text("utf-8"))
    return groups


def test_last_line_says_where_the_hub_is(start: Start) -> None:
    hub = start()
    hub.until_printed("Ready:")
    assert hub.text().splitlines()[-1] == f"Ready: http://127.0.0.1:{hub.port}"
    with urllib.request.urlopen(f"http://127.0.0.1:{hub.port}/healthz/ready") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_leaves_no_process(start: Start, asked: signal.Signals) -> None:
    hub = start()
    hub.until_printed("Ready:")
    hub.process.send_signal(asked)
    assert hub.process.wait(10) == 0
    assert processes_about(hub.home) == []


def test_asked_to_stop_while_it_prepares_it_leaves_no_process(start: Start) -> None:
    hub = start(preparation=SLEEP)
    hub.until_printed("Home:")
    wait_for(lambda: len(processes_about(hub.home)) >= 3)
    hub.process.send_signal(signal.SIGINT)
    assert hub.process.wait(10) == 130
    assert processes_about(hub.home) == []


def test_killed_supervisor_leaves_no_process(start: Start) -> None:
    hub = start()
    hub.until_printed("Ready:")
    hub.process.kill()
    hub.process.wait()
    wait_for(lambda: processes_about(hub.home) == [])


def test_child_that_is_killed_comes_back(start: Start) -> None:
    hub = start()
    hub.until_printed("Ready:")
    before = _groups(hub)["web"]
    os.killpg(before, signal.SIGKILL)
    wait_for(lambda: _groups(hub)["web"] != before)
    hub.until_printed("web ended (code -9); starting it again.")


def test_child_that_ends_before_ready_is_shown_with_its_last_words(start: Start) -> None:
    hub = start(web=FAIL)
    assert hub.process.wait(20) == 1
    assert "web ended with code 3 before the hub was ready" in hub.text()
    assert "the reason stands here" in hub.text()
    assert processes_about(hub.home) == []


def test_failed_preparation_stops_the_start(start: Start) -> None:
    hub = start(preparation="import sys; sys.exit(1)")
    assert hub.process.wait(20) == 1
    assert "failed (code 1)" in hub.text()


def test_second_hub_on_the_same_home_is_refused_and_told_by_whom(start: Start) -> None:
    first = start()
    first.until_printed("Ready:")
    second = Hub(first.home)
    assert second.process.wait(20) == 1
    assert f"process {first.process.pid}, http://127.0.0.1:{first.port}" in second.text()


def test_home_is_free_again_after_its_hub_was_killed(start: Start) -> None:
    first = start()
    first.until_printed("Ready:")
    first.process.kill()
    first.process.wait()
    start().until_printed("Ready:")
